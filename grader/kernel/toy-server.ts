/**
 * Servers that know nothing of Raft, for the tests of the kernel: each does what a test's functions say.
 *
 * @module
 */
import type {
  AppendEntriesArgs,
  AppendEntriesReply,
  Env,
  LogEntry,
  ProposeResult,
  RaftConstructor,
  RaftServer,
  RequestVoteArgs,
  RequestVoteReply,
  ServerId,
  Snapshot,
  Status,
  TimeoutNowReply,
} from '#contract';
import {
  type Activity,
  type Costs,
  type LinkPolicy,
  type Observer,
  RunEnded,
  World,
  type WorldOptions,
} from './index.ts';

/** What a toy does; what is absent does nothing, or answers yes. Handlers may answer anything, also what is malformed. */
export interface Behaviour {
  readonly construct?: (env: Env) => void;
  readonly start?: (env: Env) => void | Promise<void>;
  readonly requestVote?: (args: RequestVoteArgs, env: Env) => unknown;
  readonly appendEntries?: (args: AppendEntriesArgs, env: Env) => unknown;
  readonly propose?: (command: string, env: Env) => unknown;
  readonly status?: (env: Env) => unknown;
}

/** A server whose code is a {@link Behaviour}. */
export class Toy implements RaftServer {
  readonly env: Env;
  readonly #behaviour: Behaviour;

  constructor(env: Env, behaviour: Behaviour) {
    this.env = env;
    this.#behaviour = behaviour;
    behaviour.construct?.(env);
  }

  start(): void | Promise<void> {
    return this.#behaviour.start?.(this.env);
  }

  onRequestVote(args: RequestVoteArgs): RequestVoteReply {
    const { requestVote } = this.#behaviour;
    return (requestVote === undefined ? granted(args.term) : requestVote(args, this.env)) as RequestVoteReply;
  }

  onAppendEntries(args: AppendEntriesArgs): AppendEntriesReply {
    const { appendEntries } = this.#behaviour;
    const reply = appendEntries === undefined ? { term: args.term, success: true } : appendEntries(args, this.env);
    return reply as AppendEntriesReply;
  }

  onInstallSnapshot(): undefined {}

  onTimeoutNow(): TimeoutNowReply {
    return { term: 1 };
  }

  propose(command: string): ProposeResult {
    const { propose } = this.#behaviour;
    return (propose === undefined ? { accepted: false } : propose(command, this.env)) as ProposeResult;
  }

  compact(): void {}

  changeMembership(): ProposeResult {
    return { accepted: false };
  }

  transferLeadership(): ProposeResult {
    return { accepted: false };
  }

  status(): Status {
    const { status } = this.#behaviour;
    return (status === undefined ? IDLE : status(this.env)) as Status;
  }
}

/** The status of a server to which nothing has happened. */
export const IDLE: Status = {
  role: 'follower',
  currentTerm: 0,
  commitIndex: 0,
  lastApplied: 0,
  lastLogIndex: 0,
  configuration: { voters: ['n1'], learners: [] },
};

/** A link that takes exactly 1 ms. */
export const EXACT: LinkPolicy = {
  latencyMsMin: 1,
  latencyMsMax: 1,
  requestLoss: 0,
  replyLoss: 0,
  duplication: 0,
  delay: 0,
  delayMsMax: 0,
};

/** Lets all microtasks finish. */
export const drain = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

/** Lets the event loop turn. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Something that a server's code threw. */
export interface Thrown {
  readonly server: ServerId;
  readonly error: unknown;
  readonly activity: Activity;
}

/** What a test may want otherwise. */
export interface ToyOptions extends Partial<Omit<WorldOptions, 'servers'>> {
  readonly costs?: Costs;
}

/** A world of toys, with the links of {@link EXACT} unless said otherwise, and what its servers threw. */
export class ToyWorld extends World {
  readonly thrown: Thrown[];

  /** Boots every server named. */
  constructor(behaviours: Readonly<Record<ServerId, Behaviour>>, { costs, observers, ...options }: ToyOptions = {}) {
    const thrown: Thrown[] = [];
    const note: Observer = { threw: (host, error, activity) => thrown.push({ server: host.id, error, activity }) };
    const ids = Object.keys(behaviours);
    super({
      seed: 1,
      drain,
      turn,
      link: EXACT,
      ...options,
      observers: [note, ...(observers ?? [])],
      servers: ids.map((id) => ({
        id,
        bootstrap: { voters: ids, learners: [] },
        load: () => toyClass(behaviours[id]!),
        ...(costs === undefined ? {} : { costs }),
      })),
    });
    this.thrown = thrown;
    for (const id of ids) this.boot(id);
  }

  /** Runs code of a server as an event of its own, now or at a time. */
  do(id: ServerId, code: (env: Env) => unknown, atMs = this.nowMs): void {
    this.at(atMs * 1_000, () => {
      this.invoke(id, 'toy', (server) => {
        code((server as Toy).env);
      });
    });
  }

  /** Does something to the world at a time. */
  atMs(ms: number, action: () => void): void {
    this.at(ms * 1_000, action);
  }

  /** Runs until code throws. @returns the reason for which the run ended, or `undefined` */
  async play(untilMs: number): Promise<unknown> {
    try {
      await this.run(untilMs);
    } catch (error) {
      if (error instanceof RunEnded) return error.reason;
      throw error;
    }
    return undefined;
  }
}

function toyClass(behaviour: Behaviour): RaftConstructor {
  return class extends Toy {
    constructor(env: Env) {
      super(env, behaviour);
    }
  };
}

/** @returns a grant */
export function granted(term: number): RequestVoteReply {
  return { term, voteGranted: true };
}

/** @returns a fresh request for a vote */
export function ballot(term = 1): RequestVoteArgs {
  return { term, candidateId: 'n1', lastLogIndex: 0, lastLogTerm: 0 };
}

/** @returns a fresh AppendEntries with entries from index 1 on */
export function appendArgs(count = 0, term = 1): AppendEntriesArgs {
  const entries = Array.from({ length: count }, (_, i) => command(i + 1, term));
  return { term, leaderId: 'n1', prevLogIndex: 0, prevLogTerm: 0, entries, leaderCommit: 0 };
}

/** @returns a fresh entry with a command */
export function command(index: number, term = 1, text = `c${index}`): LogEntry {
  return { index, term, kind: 'command', command: text };
}

/** @returns a fresh snapshot */
export function snapshotAt(index: number, term = 1): Snapshot {
  return {
    lastIncludedIndex: index,
    lastIncludedTerm: term,
    configuration: { voters: ['n1'], learners: [] },
    data: `s${index}`,
  };
}

/** Takes unhandled rejections away from the test runner while `body` runs, and gives them to `report`. */
export async function withRejections<T>(report: (reason: unknown) => void, body: () => Promise<T>): Promise<T> {
  const listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', report);
  try {
    return await body();
  } finally {
    await turn();
    process.removeAllListeners('unhandledRejection');
    for (const listener of listeners) process.on('unhandledRejection', listener);
  }
}

/**
 * Servers that ask each other for signs of life and know nothing of Raft, for the tests of the minimiser.
 *
 * @module
 */

import { UNLIMITED } from '#checkers';
import type { Env, ProposeResult, RaftServer, RequestVoteReply, Status } from '#contract';
import type { LinkPolicy } from '#kernel';
import {
  type Decisions,
  type Fault,
  Faults,
  type Play,
  type RunResult,
  runTest,
  type TestDefinition,
  workload,
} from '../index.ts';

/** What a toy minds. */
export interface Manners {
  /** Pings in a row without any answer after which it throws; absent: it never does. */
  readonly patience?: number;
  /** It does not ping at all. */
  readonly silent?: boolean;
  /** What it throws. */
  readonly complaint?: string;
  /** A command that it throws at, once it has lost patience. */
  readonly dislikes?: string;
}

const PING_MS = 50;

/** Pings everybody; throws when nobody answers for too long. */
class Pinger implements RaftServer {
  readonly #env: Env;
  readonly #manners: Manners;
  #unanswered = 0;

  constructor(env: Env, manners: Manners) {
    this.#env = env;
    this.#manners = manners;
  }

  start(): void {
    const { voters } = this.#env.bootstrap;
    if (this.#manners.silent !== true && voters.length > 1) this.#env.clock.setInterval(() => this.#ping(), PING_MS);
  }

  async #ping(): Promise<void> {
    const { id, bootstrap, rpc } = this.#env;
    const args = { term: 1, candidateId: id, lastLogIndex: 0, lastLogTerm: 0, preVote: true } as const;
    const others = bootstrap.voters.filter((each) => each !== id);
    const replies = await Promise.all(others.map((each) => rpc.requestVote(each, args)));
    this.#unanswered = replies.some((reply) => reply !== undefined) ? 0 : this.#unanswered + 1;
    if (this.#manners.dislikes === undefined) this.#complain();
  }

  #complain(): void {
    const { patience = Number.POSITIVE_INFINITY, complaint = 'nobody answers' } = this.#manners;
    if (this.#unanswered >= patience) throw new Error(complaint);
  }

  onRequestVote(): RequestVoteReply {
    return { term: 0, voteGranted: false };
  }

  onAppendEntries(): undefined {}

  onInstallSnapshot(): undefined {}

  onTimeoutNow(): undefined {}

  propose(command: string): ProposeResult {
    if (command === this.#manners.dislikes) this.#complain();
    return { accepted: false };
  }

  compact(): void {}

  changeMembership(): ProposeResult {
    return { accepted: false };
  }

  transferLeadership(): ProposeResult {
    return { accepted: false };
  }

  status(): Status {
    const { bootstrap } = this.#env;
    return {
      role: 'follower',
      currentTerm: 0,
      commitIndex: 0,
      lastApplied: 0,
      lastLogIndex: 0,
      configuration: bootstrap,
    };
  }
}

/** A test of toys. */
export interface ToyTest {
  readonly faults: readonly Fault[];
  readonly link?: LinkPolicy;
  readonly clients?: number;
}

export const LAB = {
  id: 'lab1',
  number: 1,
  title: 'Toys',
  points: 0,
  paper: '',
  budgets: UNLIMITED,
} as const;

/** @returns plays a test of toys, as a minimiser wants it */
export function player({ faults, link, clients = 0 }: ToyTest, manners: Manners): Play {
  const test: TestDefinition = {
    slug: 'toys',
    title: 'Somebody always answers',
    kind: 'adversary',
    points: 0,
    paper: '',
    sentence: 'Somebody always answers.',
    runs: 1,
    async run(context) {
      const disturbance = context.decisions.disturbance({ servers: 4, faults, forMs: 3_000 });
      const cluster = context.cluster({ size: disturbance.servers, ...(link === undefined ? {} : { link }) });
      new Faults(cluster).plan(disturbance.faults);
      workload({ clients, pauseMsMax: 100 })(cluster);
      await cluster.run(disturbance.forMs);
    },
  };
  const load = () =>
    class extends Pinger {
      constructor(env: Env) {
        super(env, manners);
      }
    };
  const drain = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));
  return (manner) => runTest({ load, drain }, { lab: LAB, test, seed: 7, ...manner });
}

/** @returns a run of toys with these decisions */
export function play(test: ToyTest, manners: Manners, decisions?: Decisions): Promise<RunResult> {
  return player(test, manners)({ keepDecisions: true, ...(decisions === undefined ? {} : { decisions }) });
}

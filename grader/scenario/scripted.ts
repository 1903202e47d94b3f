import {
  type AppendEntriesArgs,
  type Env,
  type InstallSnapshotArgs,
  type Membership,
  NotImplemented,
  type ProposeResult,
  type RaftConstructor,
  type RaftServer,
  type RequestVoteArgs,
  type ServerId,
  type Status,
  type TimeoutNowArgs,
} from '#contract';
import type { Args, Method, Reply, World } from '#kernel';
import { Cluster, type Patience, round } from './cluster.ts';
import { ExpectationFailed } from './expectation.ts';

/** A request of the real server that has reached a scripted peer. */
export interface Incoming<A extends Args = Args> {
  readonly peer: ServerId;
  readonly method: Method;
  readonly args: A;
  /** When it arrived, in virtual milliseconds. */
  readonly atMs: number;
  /** The step in which it arrived. */
  readonly step: number;
  /** Whether the test has answered it. */
  answered: boolean;
  /** Gives the answer to the kernel. */
  readonly settle: (reply: Reply | undefined) => void;
}

/** A request that the test sent to the real server through a peer. */
export interface Outgoing {
  readonly peer: ServerId;
  readonly method: Method;
  readonly args: Args;
  /** The answer; `none` when there will be no reply. */
  reply: Reply | 'none' | undefined;
}

/** Answers one kind of request at once; `undefined`: leave it to the test. */
export type AutoAnswer = (request: Incoming) => Reply | undefined;

type ArgsOf<M extends Method> = M extends 'RequestVote'
  ? RequestVoteArgs
  : M extends 'AppendEntries'
    ? AppendEntriesArgs
    : M extends 'InstallSnapshot'
      ? InstallSnapshotArgs
      : TimeoutNowArgs;

/**
 * One real server, `n1`, among peers whose messages a test writes by hand. Links take exactly 1 ms. A peer grants each
 * pre-vote, says the highest term that it was given, and leaves every other request to the test.
 */
export class ScriptedCluster extends Cluster {
  /** The real server. */
  readonly server = 'n1';
  /** The scripted ones. */
  readonly peers: readonly ServerId[];
  /** Requests of the real server, in order of arrival. */
  readonly incoming: Incoming[] = [];
  /** Consulted for each request before the test sees it. */
  auto: AutoAnswer | undefined;
  readonly #stage: Stage;

  constructor(world: World, stage: Stage) {
    super(world);
    this.#stage = stage;
    this.peers = this.ids.filter((id) => world.host(id).scripted);
    stage.cluster = this;
  }

  /** What the real server says of itself. */
  get state(): Status {
    const status = this.status(this.server);
    if (status === undefined) throw new ExpectationFailed('liveness', `${this.server} has not started`);
    return status;
  }

  /** Sends a request to the real server, now; it arrives 1 ms later. */
  send<M extends Method>(peer: ServerId, method: M, args: ArgsOf<M>): Outgoing {
    const outgoing: Outgoing = { peer, method, args, reply: undefined };
    this.world.invoke(peer, 'script', () => {
      const script = this.#stage.peers.get(peer)!;
      void script.send(this.server, method, args).then((reply) => {
        outgoing.reply = reply ?? 'none';
      });
    });
    return outgoing;
  }

  /** Sends a request to the real server and waits until it is answered or will not be. @returns the reply, or `undefined` */
  async ask<M extends Method>(peer: ServerId, method: M, args: ArgsOf<M>): Promise<Reply | undefined> {
    const outgoing = this.send(peer, method, args);
    await this.until(`an answer to ${method} of term ${args.term} from ${peer}`, () => outgoing.reply !== undefined, {
      within: 1_000,
    });
    return outgoing.reply === 'none' ? undefined : outgoing.reply;
  }

  /** Answers a request of the real server, now. */
  answer(request: Incoming, reply: Reply | undefined): void {
    if (request.answered) throw new Error(`the ${request.method} at step ${request.step} is answered already`);
    request.answered = true;
    this.world.invoke(request.peer, 'script', () => request.settle(reply));
  }

  /** Waits for a request of the real server that matches; one that is there already and not answered counts. */
  async request<M extends Method>(
    method: M,
    what: string,
    matches: (args: ArgsOf<M>, peer: ServerId) => boolean = () => true,
    patience?: Patience,
  ): Promise<Incoming<ArgsOf<M>>> {
    const find = (): Incoming | undefined =>
      this.incoming.find(
        (each) => !each.answered && each.method === method && matches(each.args as ArgsOf<M>, each.peer),
      );
    await this.until(what, () => find() !== undefined, patience);
    return find() as Incoming<ArgsOf<M>>;
  }

  /** Waits until the real server asks a peer for its real vote, in a term above `above`. @returns the first such request */
  async campaign(above: number, patience: Patience = {}): Promise<Incoming<RequestVoteArgs>> {
    return this.request(
      'RequestVote',
      `${this.server} to start an election in a term above ${above}`,
      (args) => args.preVote !== true && args.term > above,
      patience,
    );
  }

  /** Makes the real server leader: lets it campaign, and grants it every vote. @returns its term */
  async elect(): Promise<number> {
    const before = this.auto;
    this.auto = (request) =>
      request.method === 'RequestVote' ? { term: request.args.term, voteGranted: true } : before?.(request);
    for (const request of this.incoming) {
      if (!request.answered && request.method === 'RequestVote')
        this.answer(request, { term: request.args.term, voteGranted: true });
    }
    await this.until(
      `${this.server} to win an election in which every peer votes for it`,
      () => this.status(this.server)?.role === 'leader',
    );
    this.auto = before;
    return this.state.currentTerm;
  }

  /** How many requests of the real server arrived in a stretch of time, by a condition. */
  countIncoming(fromMs: number, toMs: number, matches: (request: Incoming) => boolean): number {
    return this.incoming.filter((each) => each.atMs >= fromMs && each.atMs < toMs && matches(each)).length;
  }
}

/** Where a test and its scripted peers find each other. */
export interface Stage {
  cluster?: ScriptedCluster;
  readonly peers: Map<ServerId, ScriptedPeer>;
}

/** A stand-in for a server: it does what the test says. */
export class ScriptedPeer implements RaftServer {
  readonly #env: Env;
  readonly #stage: Stage;

  constructor(env: Env, stage: Stage) {
    this.#env = env;
    this.#stage = stage;
    stage.peers.set(env.id, this);
  }

  start(): void {}

  /** Sends any request. */
  send(to: ServerId, method: Method, args: Args): Promise<Reply | undefined> {
    const { rpc } = this.#env;
    switch (method) {
      case 'RequestVote':
        return rpc.requestVote(to, args as RequestVoteArgs);
      case 'AppendEntries':
        return rpc.appendEntries(to, args as AppendEntriesArgs);
      case 'InstallSnapshot':
        return rpc.installSnapshot(to, args as InstallSnapshotArgs);
      case 'TimeoutNow':
        return rpc.timeoutNow(to, args as TimeoutNowArgs);
    }
  }

  onRequestVote(args: RequestVoteArgs): Promise<never> {
    return this.#receive('RequestVote', args);
  }

  onAppendEntries(args: AppendEntriesArgs): Promise<never> {
    return this.#receive('AppendEntries', args);
  }

  onInstallSnapshot(args: InstallSnapshotArgs): Promise<never> {
    return this.#receive('InstallSnapshot', args);
  }

  onTimeoutNow(args: TimeoutNowArgs): Promise<never> {
    return this.#receive('TimeoutNow', args);
  }

  propose(): ProposeResult {
    return { accepted: false };
  }

  compact(): void {}

  changeMembership(_target: Membership): ProposeResult {
    return { accepted: false };
  }

  transferLeadership(): ProposeResult {
    return { accepted: false };
  }

  /** Never asked: a scripted server's status is not judged. */
  status(): Status {
    throw new NotImplemented('a script');
  }

  #receive(method: Method, args: Args): Promise<never> {
    const { cluster } = this.#stage;
    if (cluster === undefined) return new Promise(() => {});
    return new Promise<Reply | undefined>((settle) => {
      if (method === 'RequestVote' && (args as RequestVoteArgs).preVote === true) {
        settle({ term: Math.max(0, args.term - 1), voteGranted: true });
        return;
      }
      const { nowMs: atMs, world } = cluster;
      const request: Incoming = {
        peer: this.#env.id,
        method,
        args,
        atMs: round(atMs),
        step: world.step,
        answered: false,
        settle,
      };
      cluster.incoming.push(request);
      const reply = cluster.auto?.(request);
      if (reply === undefined) return;
      request.answered = true;
      settle(reply);
    }) as Promise<never>;
  }
}

/** @returns the class of the peers on a stage */
export function scriptedClass(stage: Stage): RaftConstructor {
  return class extends ScriptedPeer {
    constructor(env: Env) {
      super(env, stage);
    }
  };
}

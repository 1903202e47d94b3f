import type { ProposeResult, RaftConstructor, ServerId, Status } from '#contract';
import type { Costs, CrashOptions, Hold, LinkPolicy, MessageFilter, World } from '#kernel';
import { DecisionBook } from './decisions.ts';
import { ExpectationFailed } from './expectation.ts';
import { Journal } from './journal.ts';

/** What a cluster of real servers is made of. */
export interface ClusterOptions {
  /** Servers, named `n1`, `n2`, … */
  readonly size: number;
  /** How links behave at the start. Default: reliable, 1 to 5 ms. */
  readonly link?: LinkPolicy;
  /** What servers' work costs. Default: nothing. */
  readonly costs?: Costs;
  /** Servers that are not started at the beginning. */
  readonly down?: readonly ServerId[];
  /**
   * Servers that the cluster does not begin with (lab 5): the others start as its voters; these, empty and with no voters
   * to start from. Those of them that are real stay down until they are started.
   */
  readonly joining?: readonly ServerId[];
  /** Numbers that a server's `random()` returns before its stream goes on. */
  readonly random?: Readonly<Record<ServerId, readonly number[]>>;
}

/** How long to wait for something, and what its absence means. */
export interface Patience {
  /** Virtual milliseconds. */
  readonly within?: number;
  readonly likelyCause?: string;
}

/** Words for playing with a cluster. Times are virtual milliseconds; nothing moves unless a method is awaited. */
export class Cluster {
  readonly world: World;
  readonly ids: readonly ServerId[];
  /** What servers have applied. */
  readonly journal = new Journal();
  /** Time that any right implementation needs at most for an election, once messages arrive: 100 maximum election timeouts. */
  readonly patienceMs: number;
  /** What is decided otherwise than chance would, and what was decided so far. */
  readonly decisions: DecisionBook;

  constructor(world: World, decisions: DecisionBook = new DecisionBook()) {
    this.world = world;
    this.decisions = decisions;
    this.ids = world.hosts.map(({ id }) => id);
    world.observers.add(this.journal);
    this.patienceMs = 100 * world.timing.electionTimeoutMsMax;
  }

  /** Virtual time since the start. */
  get nowMs(): number {
    return this.world.nowMs;
  }

  /** Servers that run. */
  get up(): readonly ServerId[] {
    return this.world.hosts.filter(({ up }) => up).map(({ id }) => id);
  }

  /** @returns what a server last said of itself; `undefined` while it is down or has not started */
  status(id: ServerId): Status | undefined {
    return this.world.host(id).status;
  }

  /** Has a client offer a command to a server, as an event to come. */
  offer(id: ServerId, command: string, done?: (result: ProposeResult) => void): void {
    this.world.invoke(id, 'propose', (server) => server.propose(command), command, done);
  }

  /** Lets time pass. */
  async run(ms: number): Promise<void> {
    await this.world.run(this.nowMs + ms);
  }

  /**
   * Lets time pass until a condition holds.
   *
   * @param what - what is awaited, to go on from "waited 3000 ms for "
   * @throws {@link ExpectationFailed} of kind `liveness` when the time is over
   */
  async until(
    what: string,
    condition: () => boolean,
    { within = this.patienceMs, likelyCause }: Patience = {},
  ): Promise<void> {
    const beganMs = this.nowMs;
    if (await this.world.run(beganMs + within, condition)) return;
    throw new ExpectationFailed(
      'liveness',
      `waited ${within} ms, from ${round(beganMs)} to ${round(this.nowMs)} ms, for ${what}: ${this.describe()}`,
      likelyCause === undefined ? {} : { likelyCause },
    );
  }

  /**
   * Waits for a leader that everybody knows of: in `among`, one server leads, and the others follow in its term.
   *
   * @param patience - how long; and `among`: servers that can all reach each other, by default all that run
   */
  async leader({
    among = this.up,
    ...patience
  }: Patience & { readonly among?: readonly ServerId[] } = {}): Promise<ServerId> {
    const who = among.length === this.ids.length ? '' : ` among ${among.join(' ')}`;
    await this.until(`a leader that all follow${who}`, () => this.agreedLeader(among) !== undefined, patience);
    return this.agreedLeader(among)!;
  }

  /**
   * Waits for a leader that stays. One that all follow may still be deposed: a server can come to its term by a request that it
   * refuses, and campaign before the first heartbeat reaches it.
   */
  async steadyLeader(among: readonly ServerId[] = this.up): Promise<ServerId> {
    const endMs = this.nowMs + this.patienceMs;
    while (this.nowMs < endMs) {
      const leader = await this.leader({ among });
      const term = this.status(leader)!.currentTerm;
      await this.run(4 * this.world.timing.heartbeatMs);
      if (this.agreedLeader(among) === leader && this.status(leader)!.currentTerm === term) return leader;
    }
    throw new ExpectationFailed('liveness', `no leader stays, with nothing to disturb it: ${this.describe()}`, {
      likelyCause: 'heartbeats are not sent in time, or do not reset the election timer',
    });
  }

  /** @returns the server that leads, when all others of `among` follow in its term */
  agreedLeader(among: readonly ServerId[] = this.up): ServerId | undefined {
    let leader: ServerId | undefined;
    let term: number | undefined;
    for (const id of among) {
      const status = this.status(id);
      if (status === undefined || status.role === 'candidate') return undefined;
      if (term !== undefined && status.currentTerm !== term) return undefined;
      term = status.currentTerm;
      if (status.role !== 'leader') continue;
      if (leader !== undefined) return undefined;
      leader = id;
    }
    return leader;
  }

  /** @returns the highest term that a running server has */
  highestTerm(): number {
    return Math.max(0, ...this.ids.map((id) => this.status(id)?.currentTerm ?? 0));
  }

  /** @returns the servers other than these */
  others(...ids: readonly ServerId[]): ServerId[] {
    return this.ids.filter((id) => !ids.includes(id));
  }

  /** Splits the network: servers of one group reach each other and nobody else. Servers in no group are alone. */
  partition(...groups: readonly (readonly ServerId[])[]): void {
    const groupOf = new Map(groups.flatMap((group, n) => group.map((id) => [id, n] as const)));
    for (const from of this.ids) {
      for (const to of this.ids) {
        if (from !== to) this.#cut(from, to, groupOf.get(from) === undefined || groupOf.get(from) !== groupOf.get(to));
      }
    }
    this.world.disturb(`partition: ${groups.map((group) => group.join(' ')).join(' | ')}`, groups.flat());
  }

  /** Cuts a server off, both ways. */
  isolate(id: ServerId): void {
    for (const other of this.others(id)) {
      this.#cut(id, other, true);
      this.#cut(other, id, true);
    }
    this.world.disturb(`${id} is cut off`, [id]);
  }

  /** Cuts one direction. */
  cut(from: ServerId, to: ServerId): void {
    this.#cut(from, to, true);
    this.world.disturb(`${from} no longer reaches ${to}`, [from, to]);
  }

  /** Mends one direction. */
  mend(from: ServerId, to: ServerId): void {
    this.#cut(from, to, false);
    this.world.disturb(`${from} reaches ${to} again`, [from, to]);
  }

  /** Mends all links, and releases or loses everything that is held up. */
  heal(): void {
    for (const from of this.ids) for (const to of this.ids) if (from !== to) this.#cut(from, to, false);
    this.world.network.settleDelayed();
    this.world.disturb('the network heals', this.ids);
  }

  /** Changes how all links behave from now on. */
  links(policy: LinkPolicy): void {
    const { hosts, network } = this.world;
    for (const from of hosts) for (const to of hosts) if (from !== to) network.setPolicy(from, to, policy);
  }

  /** Catches messages; see {@link Hold}. */
  hold(filter: MessageFilter): Hold {
    return this.world.network.hold(filter);
  }

  /** Ends a server's life. */
  crash(id: ServerId, options?: CrashOptions): void {
    this.world.crash(id, options);
  }

  /** Starts a server that is down, with a disk that works. */
  restart(id: ServerId): void {
    this.world.boot(id);
  }

  /** Makes each flush of a server take so many milliseconds from now on; 0: no time at all. */
  slowDisk(id: ServerId, flushMs: number): void {
    const host = this.world.host(id);
    host.costs = { ...host.costs, flushUs: flushMs * 1_000 };
    this.world.disturb(flushMs > 0 ? `each flush of ${id} takes ${flushMs} ms` : `${id}'s disk is fast again`, [id]);
  }

  /** Makes a server's disk fail for good, until the server restarts, after so many further writes. */
  failDisk(id: ServerId, afterWrites = 0): void {
    this.world.failDisk(id, afterWrites);
    this.world.disturb(`${id}'s disk will fail after ${afterWrites} more writes`, [id]);
  }

  /** The same, but the disk takes all writes, and fails in the next flush. */
  failFlush(id: ServerId): void {
    this.world.failDisk(id, 0, 'flush');
    this.world.disturb(`${id}'s disk will fail in its next flush`, [id]);
  }

  /** Stops a server without its noticing. */
  pause(id: ServerId): void {
    this.world.pause(id);
    this.world.disturb(`${id} is paused`, [id]);
  }

  /** Lets a paused server go on. */
  resume(id: ServerId): void {
    this.world.resume(id);
    this.world.disturb(`${id} goes on`, [id]);
  }

  #cut(from: ServerId, to: ServerId, cut: boolean): void {
    this.world.network.setCut(this.world.host(from), this.world.host(to), cut);
  }

  /** @returns what each server says of itself, for a message */
  describe(): string {
    return this.ids
      .filter((id) => !this.world.host(id).scripted)
      .map((id) => {
        const status = this.status(id);
        return status === undefined ? `${id} is down` : `${id} is ${status.role} in term ${status.currentTerm}`;
      })
      .join(', ');
  }
}

/** @returns a time in milliseconds, short enough for a message */
export function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}

/** @returns the ids of a cluster's servers: `n1`, `n2`, … */
export function serverIds(size: number): ServerId[] {
  return Array.from({ length: size }, (_, i) => `n${i + 1}`);
}

/** Where the class of a server's next incarnation comes from. */
export type Load = () => RaftConstructor;

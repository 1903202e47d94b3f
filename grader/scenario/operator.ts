import { describeConfiguration, newestConfiguration, sameConfiguration } from '#checkers';
import type { Membership, ProposeResult, ServerId } from '#contract';
import type { Cluster, Patience } from './cluster.ts';
import { ExpectationFailed } from './expectation.ts';

/** How long an operator waits for what it has asked for, and whom it asks. */
export interface OperatorPatience extends Patience {
  /** Servers that it can talk to; by default all that run. */
  readonly among?: readonly ServerId[];
}

/** How long an operator waits before it asks again. */
const RETRY_MS = 20;

/**
 * The operator of a cluster (lab 5): asks for other members, and for another leader. What it may rely on is that a change is
 * done when its target is committed without `next`; how the servers get there, and who leads meanwhile, is theirs.
 */
export class Operator {
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Asks one server for other members, once. @returns its answer; `undefined` when it is down or dies before it answers */
  async changeMembership(id: ServerId, target: Membership): Promise<ProposeResult | undefined> {
    return this.#ask(id, (done) => this.wish(id, target, done));
  }

  /** Asks one server to hand over, once. @returns its answer; `undefined` when it is down or dies before it answers */
  async transferLeadership(id: ServerId, to: ServerId): Promise<ProposeResult | undefined> {
    return this.#ask(id, (done) => this.handOver(id, to, done));
  }

  /** Asks one server to hand over, as an event to come. */
  handOver(id: ServerId, to: ServerId, done?: (result: ProposeResult) => void): void {
    const { world } = this.#cluster;
    world.invoke(id, 'transferLeadership', (server) => server.transferLeadership(to), undefined, done);
  }

  /** Asks one server for other members, as an event to come. */
  wish(id: ServerId, target: Membership, done?: (result: ProposeResult) => void): void {
    // Each server gets a copy of its own, as it would over a wire.
    const copy = { voters: [...target.voters], learners: [...target.learners] };
    this.#cluster.world.invoke(id, 'changeMembership', (server) => server.changeMembership(copy), undefined, done);
  }

  /**
   * Has members changed: asks whoever leads, again when that was refused or lost, until a server has the target committed.
   *
   * @returns the index of the target
   */
  async change(target: Membership, { among, within, likelyCause }: OperatorPatience = {}): Promise<number> {
    const cluster = this.#cluster;
    const waitMs = within ?? cluster.patienceMs;
    const endMs = cluster.nowMs + waitMs;
    let accepted: number | undefined;
    const done = (): number | undefined => (accepted === undefined ? undefined : this.committedAt(target, accepted));
    while (cluster.nowMs < endMs) {
      const index = done();
      if (index !== undefined) return index;
      const leader = cluster.agreedLeader(among ?? cluster.up) ?? this.newestLeader(among ?? cluster.up);
      const answer = leader === undefined ? undefined : await this.changeMembership(leader, target);
      // A refusal may mean that the change of an attempt before is under way, or that there is nothing to change.
      if (answer?.accepted === true) accepted = Math.min(accepted ?? answer.index, answer.index);
      else if (leader !== undefined) accepted ??= this.#committedBy(leader, target);
      await cluster.world.run(Math.min(endMs, cluster.nowMs + RETRY_MS), () => done() !== undefined);
    }
    throw new ExpectationFailed(
      'liveness',
      `waited ${waitMs} ms for the members to become ${describeMembership(target)}: ${cluster.describe()}, and ${this.describe()}`,
      likelyCause === undefined ? {} : { likelyCause },
    );
  }

  /**
   * @param from - the target stands at this index or behind it
   * @returns the index at which a running server has the target as its newest configuration, and has committed it
   */
  committedAt(target: Membership, from = 1): number | undefined {
    return this.#cluster.ids
      .map((id) => this.#committedBy(id, target))
      .find((index) => index !== undefined && index >= from);
  }

  /** Starts servers that are to join, adds them as learners, and waits until they have what the leader has committed. */
  async teach(members: Membership, newcomers: readonly ServerId[], patience: OperatorPatience = {}): Promise<void> {
    const cluster = this.#cluster;
    for (const id of newcomers) if (!cluster.up.includes(id)) cluster.restart(id);
    await this.change({ voters: members.voters, learners: [...members.learners, ...newcomers] }, patience);
    const lacking = (): ServerId[] => {
      const committed = Math.max(0, ...members.voters.map((id) => cluster.status(id)?.commitIndex ?? 0));
      return newcomers.filter((id) => (cluster.status(id)?.lastLogIndex ?? 0) < committed);
    };
    await cluster.until(`the learners ${newcomers.join(' ')} to catch up`, () => lacking().length === 0, {
      likelyCause: 'the leader sends nothing to learners, or not what they lack',
    });
  }

  /** Stops servers, for good, as an operator does with those that were removed. */
  stop(ids: readonly ServerId[]): void {
    for (const id of ids) this.#cluster.crash(id);
  }

  /** @returns who takes part, by each running server, for a message */
  describe(): string {
    return this.#cluster.up
      .flatMap((id) => {
        const configuration = this.#cluster.status(id)?.configuration;
        return configuration === undefined ? [] : [`${id} has ${describeConfiguration(configuration)}`];
      })
      .join('; ');
  }

  #committedBy(id: ServerId, { voters, learners }: Membership): number | undefined {
    const host = this.#cluster.world.host(id);
    if (host.status === undefined || host.scripted) return undefined;
    const { configuration, index } = newestConfiguration(host.disk.view, host);
    const isThere = index <= host.status.commitIndex && sameConfiguration(configuration, { voters, learners });
    return isThere ? index : undefined;
  }

  /** Whoever leads the highest term: while members change, not everybody need follow. */
  newestLeader(among: readonly ServerId[] = this.#cluster.up): ServerId | undefined {
    const term = (id: ServerId): number => this.#cluster.status(id)?.currentTerm ?? 0;
    return among
      .filter((id) => this.#cluster.status(id)?.role === 'leader')
      .toSorted((a, b) => term(b) - term(a))
      .at(0);
  }

  async #ask(id: ServerId, ask: (done: (result: ProposeResult) => void) => void): Promise<ProposeResult | undefined> {
    const { world, patienceMs } = this.#cluster;
    const host = world.host(id);
    const { life } = host;
    if (life === undefined) return undefined;
    let result: ProposeResult | undefined;
    ask((answer) => {
      result = answer;
    });
    await world.run(world.nowMs + patienceMs, () => result !== undefined || host.life !== life);
    return result;
  }
}

/** @returns members in a few words: `n1 n2 n3, learners n4` */
export function describeMembership({ voters, learners }: Membership): string {
  return describeConfiguration({ voters, learners });
}

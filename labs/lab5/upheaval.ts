import type fc from 'fast-check';
import { sameConfiguration } from '#checkers';
import type { Membership, ServerId } from '#contract';
import { type Costs, type LinkPolicy, RELIABLE } from '#kernel';
import { type Cluster, drawn, type Fault, Faults, Operator, type TestContext, type Work } from '#scenario';
import { amidCommands } from './amid-commands.ts';

/** The adversaries of lab 5: an operator changes members, or leaders, again and again, while faults strike. */

/** An operator who never rests. */
export interface UpheavalOptions {
  /** All servers, of which three are voters at the start; a list is gone through seed by seed. */
  readonly sizes: readonly number[];
  readonly link?: LinkPolicy;
  readonly costs?: Costs;
  readonly faults: (size: number) => fc.Arbitrary<readonly Fault[]>;
  /** How long the faults last, in virtual milliseconds. */
  readonly forMs: number;
  /** Time between two wishes of the operator, in virtual milliseconds. */
  readonly everyMs: number;
  /** How many of the wishes are for another leader: a share of 1. */
  readonly transfers: number;
  readonly work: (cluster: Cluster, test: TestContext) => Work;
}

/** The domain of draws about the operator. */
const OPERATOR = 21;
/** Wishes after which the operator gives a goal up. */
const PATIENCE = 10;

/**
 * Plays it: safety while faults strike and members change; then, with all servers up and the network whole, a last change
 * must be done, and its members must serve clients without the others.
 */
export function upheaval(options: UpheavalOptions): (test: TestContext) => Promise<void> {
  return async (test) => {
    const size = options.sizes[test.seed % options.sizes.length]!;
    const faultPlan = drawn(options.faults(size), test.seed);
    const {
      servers,
      faults: plan,
      forMs,
    } = test.decisions.disturbance({
      servers: size,
      faults: faultPlan,
      forMs: options.forMs,
    });
    const joining = Array.from({ length: Math.max(0, servers - 3) }, (_, i) => `n${i + 4}`);
    const { link, costs } = options;
    const cluster = test.cluster({ size: servers, joining, link, costs });
    const faults = new Faults(cluster);
    const restless = new RestlessOperator(cluster, test, options);
    faults.plan(plan);
    const work = options.work(cluster, test);
    await cluster.run(forMs);
    work.stop();
    restless.stop();
    faults.end();
    for (const id of cluster.ids) if (!cluster.up.includes(id)) cluster.restart(id);
    cluster.heal();
    cluster.links(RELIABLE);
    const members = await amidCommands(cluster, restless.operator, () => restless.lastChange());
    await cluster.steadyLeader(members);
    await work.settle(members);
  };
}

/** Asks for one set of voters after the other, each time for learners first. */
class RestlessOperator {
  readonly operator: Operator;
  readonly #cluster: Cluster;
  readonly #test: TestContext;
  readonly #options: UpheavalOptions;
  #wishes = 0;
  #goal: ServerId[] = [];
  #goalSince = 0;
  #stopped = false;

  constructor(cluster: Cluster, test: TestContext, options: UpheavalOptions) {
    this.#cluster = cluster;
    this.operator = new Operator(cluster);
    this.#test = test;
    this.#options = options;
    this.#choose();
    this.#later();
  }

  stop(): void {
    this.#stopped = true;
  }

  /** With nothing to disturb it: everybody learns, then some become the voters, and the others are stopped. @returns the voters */
  async lastChange(): Promise<readonly ServerId[]> {
    const { ids } = this.#cluster;
    await this.#cluster.until('a leader', () => this.operator.newestLeader() !== undefined);
    const { configuration } = this.#cluster.status(this.operator.newestLeader()!)!;
    const { voters } = configuration.next ?? configuration;
    const others = ids.filter((id) => !voters.includes(id));
    await this.operator.teach({ voters, learners: [] }, others, {
      likelyCause: 'a change that was begun among faults is never finished, or never given up',
    });
    this.#choose();
    const goal: Membership = { voters: this.#goal, learners: [] };
    await this.operator.change(goal, { likelyCause: 'with all servers up, a change is never committed' });
    this.operator.stop(ids.filter((id) => !this.#goal.includes(id)));
    return this.#goal;
  }

  #draw(what: number): number {
    return this.#cluster.world.chance.draw(OPERATOR, this.#wishes, what);
  }

  #choose(): void {
    const { ids } = this.#cluster;
    const ranked = ids.toSorted((a, b) => this.#draw(ids.indexOf(a)) - this.#draw(ids.indexOf(b)));
    this.#goal = ranked.slice(0, 1 + Math.floor(this.#draw(-1) * Math.min(5, ids.length))).toSorted();
    this.#goalSince = this.#wishes;
  }

  #later(): void {
    const { world } = this.#cluster;
    world.at(world.nowUs + this.#options.everyMs * 1_000, () => {
      if (this.#stopped) return;
      this.#wishes++;
      this.#wish();
      this.#later();
    });
  }

  #wish(): void {
    const cluster = this.#cluster;
    const leader = this.operator.newestLeader();
    if (this.#wishes - this.#goalSince > PATIENCE) this.#choose();
    const { configuration, commitIndex } = (leader === undefined ? undefined : cluster.status(leader)) ?? {};
    if (leader === undefined || configuration === undefined || commitIndex === undefined) return;
    if (this.#draw(100) < this.#options.transfers) {
      const to = configuration.voters[Math.floor(this.#draw(101) * configuration.voters.length)]!;
      this.operator.handOver(leader, to, ({ accepted }) => this.#test.reached('transfers', accepted ? 1 : 0));
      return;
    }
    const goal: Membership = { voters: this.#goal, learners: [] };
    if (sameConfiguration(configuration, goal)) {
      this.#reached(leader);
      return;
    }
    const newcomers = this.#goal.filter((id) => !configuration.voters.includes(id));
    for (const id of newcomers) if (!cluster.world.host(id).up) cluster.restart(id);
    const isReady = (id: ServerId): boolean =>
      configuration.learners.includes(id) && (cluster.status(id)?.lastLogIndex ?? 0) >= commitIndex;
    const target = newcomers.every(isReady) ? goal : { voters: configuration.voters, learners: newcomers };
    // While a change is under way this must be refused.
    this.operator.wish(leader, target, ({ accepted }) => this.#test.reached(accepted ? 'changes' : 'refused changes'));
  }

  /** Those who are out are stopped, once it is sure. */
  #reached(leader: ServerId): void {
    if (this.operator.committedAt({ voters: this.#goal, learners: [] }) === undefined) return;
    this.#test.reached('goals');
    this.operator.stop(this.#cluster.up.filter((id) => !this.#goal.includes(id) && id !== leader));
    this.#choose();
  }
}

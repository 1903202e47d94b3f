import type fc from 'fast-check';
import { type Costs, type LinkPolicy, RELIABLE } from '#kernel';
import type { Cluster } from './cluster.ts';
import type { TestContext } from './context.ts';
import { ExpectationFailed } from './expectation.ts';
import { drawn, type Fault, Faults } from './faults.ts';

/** An adversary: faults that chance draws, and what must hold behind them. */
export interface AdversaryOptions {
  /** Servers of the cluster; a list is gone through seed by seed. */
  readonly sizes: readonly number[];
  /** How links behave while the faults last. */
  readonly link?: LinkPolicy;
  /** What servers' work costs. Default: nothing. */
  readonly costs?: Costs;
  /** Draws the faults for a cluster of a size. */
  readonly faults: (size: number) => fc.Arbitrary<readonly Fault[]>;
  /** How long the faults last, in virtual milliseconds. */
  readonly forMs: number;
  /** Begins the clients' work, if there is any. */
  readonly work?: (cluster: Cluster, test: TestContext) => Work;
}

/** What clients do while an adversary is at work. */
export interface Work {
  /** No new commands from now on. */
  stop(): void;
  /** Checks, with a leader back and all faults gone, that there is progress. */
  settle(core: readonly string[]): Promise<void>;
}

/** The domain of draws about the core that heals. */
const CORE = 11;

/**
 * Plays an adversary in two phases: safety while faults strike, then liveness once a random core of servers, a majority of
 * all, can talk again; whoever is outside the core is cut off both ways.
 */
export function adversary(options: AdversaryOptions): (test: TestContext) => Promise<void> {
  return async (test) => {
    const size = options.sizes[test.seed % options.sizes.length]!;
    const { link, costs } = options;
    const plan = drawn(options.faults(size), test.seed);
    const disturbance = test.decisions.disturbance({ servers: size, faults: plan, forMs: options.forMs });
    const cluster = test.cluster({ size: disturbance.servers, link, costs });
    const faults = new Faults(cluster);
    faults.plan(disturbance.faults);
    const work = options.work?.(cluster, test);
    await cluster.run(disturbance.forMs);
    work?.stop();
    faults.end();
    const core = chooseCore(cluster);
    cluster.heal();
    cluster.links(RELIABLE);
    cluster.partition(core);
    await settle(cluster, core);
    await work?.settle(core);
  };
}

/** A core that holds a majority of all servers and, beyond that, whom chance puts into it. */
function chooseCore(cluster: Cluster): string[] {
  const { world, ids, up } = cluster;
  const ranked = up
    .map((id) => ({ id, rank: world.chance.draw(CORE, ids.indexOf(id)) }))
    .toSorted((a, b) => a.rank - b.rank);
  const least = Math.floor(ids.length / 2) + 1;
  const size = least + Math.floor(world.chance.draw(CORE, -1) * (ranked.length - least + 1));
  return ranked.slice(0, size).map(({ id }) => id);
}

/** A leader must come, and then, with nothing to disturb it, stay. */
async function settle(cluster: Cluster, core: readonly string[]): Promise<void> {
  await cluster.leader({ among: core });
  // Messages that were under way when the faults ended may still bring a higher term.
  await cluster.run(200);
  const leader = await cluster.leader({ among: core });
  const { currentTerm } = cluster.status(leader)!;
  await cluster.run(1_000);
  const now = cluster.agreedLeader(core);
  if (now !== undefined && cluster.status(now)!.currentTerm === currentTerm) return;
  throw new ExpectationFailed(
    'liveness',
    `${leader} led term ${currentTerm} with nothing to disturb it, but a second later the highest term is ${cluster.highestTerm()}`,
    {
      likelyCause: 'heartbeats are not sent in time, or do not reset the election timer',
      servers: [leader],
    },
  );
}

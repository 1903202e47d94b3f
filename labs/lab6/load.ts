import type { ServerId } from '#contract';
import {
  Client,
  type Cluster,
  ExpectationFailed,
  expect,
  type ScriptedCluster,
  type ScriptedFollower,
  type Submission,
  scriptFollowers,
  type TestContext,
  type Work,
  workload,
} from '#scenario';
import { CALM_MS, commits, lead } from '../lab2/messages.ts';
import { COSTS, LINK } from './lab.ts';

/** Words of lab 6: clusters in which work costs time, bursts of commands, and clients in closed loops. */

/** Starts a cluster of real servers whose work costs time. */
export function servers(test: TestContext, size: number, down: readonly ServerId[] = [], link = LINK): Cluster {
  return test.cluster({ size, down, link, costs: COSTS });
}

/** Starts one real server, `n1`, whose work costs time, among scripted peers. */
export function alone(test: TestContext, size: number, link = LINK): ScriptedCluster {
  const cluster = test.scripted({ size, link });
  cluster.world.host('n1').costs = COSTS;
  return cluster;
}

/** Starts one as {@link alone} does, waits until it leads and has committed a first command, and until all is calm. */
export async function leading(
  test: TestContext,
  size: number,
): Promise<{ readonly cluster: ScriptedCluster; readonly followers: readonly ScriptedFollower[] }> {
  const cluster = alone(test, size);
  const followers = scriptFollowers(cluster);
  await lead(cluster);
  await cluster.run(CALM_MS);
  const first = await new Client(cluster).proposeTo('n1', 'first');
  await commits(cluster, first.index, 'all followers answer', 'a single command waits for more to come');
  await cluster.run(CALM_MS);
  return { cluster, followers };
}

/** @returns names of commands: `a.1`, `a.2`, …, each with so many characters behind it */
export function batch(prefix: string, count: number, characters = 0): string[] {
  const ballast = '.'.repeat(characters);
  return Array.from({ length: count }, (_, i) => `${prefix}.${i + 1}${ballast}`);
}

/** Offers commands to a server in one instant, without waiting. @returns where accepted ones appear, as they are answered */
export function offerAll(cluster: Cluster, server: ServerId, commands: readonly string[]): Offered {
  const offered: Offered = { accepted: [], refused: [] };
  for (const command of commands) {
    cluster.offer(server, command, (result) => {
      if (result.accepted) {
        const { index, term } = result;
        offered.accepted.push({ command, server, index, term, atMs: cluster.nowMs });
      } else offered.refused.push(result.leader);
    });
  }
  return offered;
}

/** The answers to commands so far. */
export interface Offered {
  readonly accepted: Submission[];
  /** Whom each refusal named as leader. */
  readonly refused: (ServerId | undefined)[];
}

/** Offers commands to a leader in one instant; it must accept all. @returns where they stand */
export async function burst(cluster: Cluster, leader: ServerId, commands: readonly string[]): Promise<Submission[]> {
  const offered = offerAll(cluster, leader, commands);
  const answers = (): number => offered.accepted.length + offered.refused.length;
  await cluster.until(`${leader} to answer ${commands.length} clients`, () => answers() === commands.length, {
    within: 1_000,
    likelyCause: 'each command waits for a flush of its own',
  });
  const { length } = offered.accepted;
  expect(
    length === commands.length,
    `${leader} leads, and little waits for a quorum, but of ${commands.length} commands it accepts ${length}`,
    { servers: [leader] },
  );
  return offered.accepted;
}

/** Offers commands in portions, so that they may be committed as they come. @returns where they stand */
export async function stream(
  cluster: Cluster,
  leader: ServerId,
  commands: readonly string[],
  { portion, everyMs }: { readonly portion: number; readonly everyMs: number },
): Promise<Submission[]> {
  const all: Submission[] = [];
  for (let from = 0; from < commands.length; from += portion) {
    const accepted = await burst(cluster, leader, commands.slice(from, from + portion));
    all.push(...accepted);
    await cluster.run(everyMs);
  }
  return all;
}

/** Waits until all running servers have applied an index. */
export async function appliedEverywhere(
  cluster: Cluster,
  index: number,
  within: number,
  likelyCause: string,
): Promise<void> {
  const missing = (): ServerId[] => cluster.up.filter((id) => (cluster.status(id)?.lastApplied ?? 0) < index);
  await cluster.until(`all servers to apply index ${index}`, () => missing().length === 0, { within, likelyCause });
}

/** What closed-loop clients have seen of a cluster. */
export interface Measured {
  /** Commands applied by the leader within the time. */
  readonly commands: number;
  /** Commands a second of virtual time. */
  readonly perSecond: number;
  /** Median of the time from the offer to the leader's apply, in milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Flushes of all servers. */
  readonly flushes: number;
  /** AppendEntries of all servers. */
  readonly requests: number;
}

/** Lets clients work, each with one command under way at a time. What they do in the first 100 ms does not count. */
export async function measure(
  cluster: Cluster,
  leader: ServerId,
  { clients, forMs }: { readonly clients: number; readonly forMs: number },
): Promise<Measured> {
  const { world } = cluster;
  const waits = new Map<number, { readonly client: number; readonly atUs: number }>();
  const counts = new Map<number, number>();
  const latenciesUs: number[] = [];
  let counting = false;
  let flushes = 0;
  let requests = 0;
  const offer = (client: number): void => {
    const count = (counts.get(client) ?? 0) + 1;
    counts.set(client, count);
    const atUs = world.nowUs;
    cluster.offer(leader, `c${client}.${count}`, (result) => {
      if (result.accepted) waits.set(result.index, { client, atUs });
      else world.at(world.nowUs + 5_000, () => offer(client));
    });
  };
  world.observers.add({
    applied(host, item) {
      if (host.id !== leader || !('index' in item)) return;
      const wait = waits.get(item.index);
      if (wait === undefined) return;
      waits.delete(item.index);
      if (counting) latenciesUs.push(host.nowUs - wait.atUs);
      world.at(host.nowUs, () => offer(wait.client));
    },
    flushed() {
      if (counting) flushes++;
    },
    requestSent({ method }) {
      if (counting && method === 'AppendEntries') requests++;
    },
  });
  // They do not begin together, so that a batch is more than all of them at once.
  for (let client = 0; client < clients; client++) world.at(world.nowUs + client * 137, () => offer(client));
  await cluster.run(100);
  counting = true;
  await cluster.run(forMs);
  counting = false;
  const sorted = latenciesUs.toSorted((a, b) => a - b);
  const percentile = (share: number): number =>
    (sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.POSITIVE_INFINITY) / 1_000;
  return {
    commands: sorted.length,
    perSecond: (sorted.length * 1_000) / forMs,
    p50Ms: percentile(0.5),
    p99Ms: percentile(0.99),
    flushes,
    requests,
  };
}

/** @throws {@link ExpectationFailed} of kind `budget` when a figure is above what earns points */
export function atMost(figure: number, most: number, what: string, likelyCause: string): void {
  if (figure <= most) return;
  throw new ExpectationFailed('budget', `${what}: ${short(figure)}; these points ask for at most ${most}`, {
    likelyCause,
  });
}

/** @throws {@link ExpectationFailed} of kind `budget` when a figure is below what earns points */
export function atLeast(figure: number, least: number, what: string, likelyCause: string): void {
  if (figure >= least) return;
  throw new ExpectationFailed('budget', `${what}: ${short(figure)}; these points ask for at least ${least}`, {
    likelyCause,
  });
}

function short(figure: number): string {
  return Number.isFinite(figure) ? String(Math.round(figure * 100) / 100) : 'none came to an end';
}

/** How commands come in bursts while an adversary is at work. */
export interface BurstOptions {
  /** Commands of one burst, at most. */
  readonly most: number;
  /** Time between two bursts, at most, in virtual milliseconds. */
  readonly pauseMsMax: number;
}

/** The domain of draws about bursts. */
const BURSTS = 31;

/**
 * Commands in bursts, to every server that takes itself for the leader, and now and then to one that does not. Behind the
 * faults a new command must be carried out by the whole core.
 */
export function bursts({ most, pauseMsMax }: BurstOptions): (cluster: Cluster) => Work {
  // With nobody at work there is only the last command.
  const settled = workload({ clients: 0, pauseMsMax });
  return (cluster) => {
    const { world, ids, decisions } = cluster;
    // It also plays what a replay has decided.
    const calm = settled(cluster);
    let stopped = false;
    const next = (n: number): void => {
      if (stopped) return;
      const leaders = ids.filter((id) => cluster.status(id)?.role === 'leader');
      const anyone = ids[n % ids.length]!;
      const targets = n % 7 === 0 && world.host(anyone).up ? [anyone] : leaders;
      const count = 1 + Math.floor(world.chance.draw(BURSTS, n, 0) ** 2 * most);
      for (const server of targets)
        for (const command of batch(`${server}.${n}`, count)) {
          decisions.offered({ atMs: world.nowMs, server, command });
          cluster.offer(server, command);
        }
      world.at(world.nowUs + Math.round((1 + world.chance.draw(BURSTS, n, 1) * pauseMsMax) * 1_000), () => next(n + 1));
    };
    if (decisions.offers === undefined) next(1);
    return {
      stop() {
        stopped = true;
        calm.stop();
      },
      settle: (core) => calm.settle(core),
    };
  };
}

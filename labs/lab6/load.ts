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
import { CALM_MS, lead } from '../lab2/messages.ts';
import { COSTS, LINK } from './lab.ts';

/** Words of lab 6: clusters in which work costs time, bursts of commands, and clients in closed loops. */

/**
 * Time for what must happen, and need not be fast: a Raft that brings one entry with each round trip, or collects for 200 ms,
 * gets there too. What never happens does not happen within it.
 */
export const EVENTUALLY_MS = 60_000;

/** When a client comes again that was asked to try later; and at most, when most are asked that again and again. */
const LATER_MS = 5;
const LATER_MS_MAX = 80;

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
  await commitsAtLast(cluster, first.index, 'a single command waits for more to come');
  await cluster.run(CALM_MS);
  return { cluster, followers };
}

/** The real server, which leads, must commit an index, at its own speed. */
export async function commitsAtLast(cluster: ScriptedCluster, index: number, likelyCause?: string): Promise<void> {
  await cluster.until(`n1 to commit index ${index}`, () => cluster.state.commitIndex >= index, {
    within: EVENTUALLY_MS,
    ...(likelyCause !== undefined && { likelyCause }),
  });
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
      } else offered.refused.push({ command, leader: result.leader });
    });
  }
  return offered;
}

/** The answers to commands so far. */
export interface Offered {
  readonly accepted: Submission[];
  /** Each with whom the refusal named as leader. */
  readonly refused: { readonly command: string; readonly leader: ServerId | undefined }[];
}

/**
 * Offers commands to a leader in one instant, and again those that it asks to come later, as it may when much waits for a
 * quorum. It must accept all in the end.
 *
 * @returns where they stand, in the order in which they were accepted
 */
export async function burst(cluster: Cluster, leader: ServerId, commands: readonly string[]): Promise<Submission[]> {
  const all: Submission[] = [];
  let waiting = commands;
  let laterMs = LATER_MS;
  let endMs = cluster.nowMs + EVENTUALLY_MS;
  for (;;) {
    const { accepted, refused } = await offerAndHear(cluster, leader, waiting);
    all.push(...accepted);
    if (refused.length === 0) return all;
    if (accepted.length > 0) endMs = cluster.nowMs + EVENTUALLY_MS;
    expect(
      refused.every((each) => each.leader === leader) && cluster.nowMs < endMs,
      `${leader} leads, and a majority answers it, but of ${commands.length} commands it accepts ${all.length}`,
      { servers: [leader] },
    );
    waiting = refused.map(({ command }) => command);
    laterMs = accepted.length > refused.length ? LATER_MS : Math.min(2 * laterMs, LATER_MS_MAX);
    await cluster.run(laterMs);
  }
}

async function offerAndHear(cluster: Cluster, server: ServerId, commands: readonly string[]): Promise<Offered> {
  const offered = offerAll(cluster, server, commands);
  const answers = (): number => offered.accepted.length + offered.refused.length;
  await cluster.until(`${server} to answer ${commands.length} clients`, () => answers() === commands.length, {
    within: 1_000,
    likelyCause: 'each command waits for a flush of its own',
  });
  return offered;
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

/** Waits until all running servers have applied an index, at their own speed. */
export async function appliedEverywhere(cluster: Cluster, index: number, likelyCause: string): Promise<void> {
  const missing = (): ServerId[] => cluster.up.filter((id) => (cluster.status(id)?.lastApplied ?? 0) < index);
  await cluster.until(`all servers to apply index ${index}`, () => missing().length === 0, {
    within: EVENTUALLY_MS,
    likelyCause,
  });
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
      else world.at(world.nowUs + LATER_MS * 1_000, () => offer(client));
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

import type { RaftConstructor } from '#contract';
import { type LinkPolicy, RELIABLE, World } from '#kernel';
import { drain, turn } from './event-loop.ts';

/** Lab 1's experiment for one cluster and one range of timeouts. All times are virtual, so every machine prints the same. */
export interface ElectionRow {
  readonly servers: number;
  /** The range from which election timeouts are drawn, in milliseconds. */
  readonly timeoutMs: readonly [number, number];
  /** One-way latency of messages, in milliseconds. */
  readonly latencyMs: readonly [number, number];
  /** Share of elections whose first round had no winner. */
  readonly splitRate: number;
  /** From the leader's death to the next leader: median and 95th percentile, in milliseconds; those that took longer than the limit count as the limit. */
  readonly medianMs: number;
  readonly p95Ms: number;
}

const TRIALS = 200;
const LIMIT_MS = 30_000;

/** Lets a leader die, again and again, and looks at the election that follows. */
export async function measureElections(load: () => RaftConstructor): Promise<ElectionRow[]> {
  const rows: ElectionRow[] = [];
  for (const latencyMs of [
    [1, 5],
    [10, 30],
  ] as const) {
    for (const servers of [3, 5]) {
      for (const timeoutMs of [
        [150, 150],
        [150, 200],
        [150, 300],
        [300, 500],
      ] as const) {
        rows.push(await measure(load, servers, timeoutMs, latencyMs));
      }
    }
  }
  return rows;
}

async function measure(
  load: () => RaftConstructor,
  servers: number,
  timeoutMs: readonly [number, number],
  latencyMs: readonly [number, number],
): Promise<ElectionRow> {
  const link: LinkPolicy = { ...RELIABLE, latencyMsMin: latencyMs[0], latencyMsMax: latencyMs[1] };
  const times: number[] = [];
  let split = 0;
  for (let seed = 1; seed <= TRIALS; seed++) {
    const { tookMs, rounds } = await electAfterDeath(load, servers, timeoutMs, link, seed);
    times.push(tookMs);
    if (rounds > 1) split++;
  }
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(share * times.length))]!;
  return { servers, timeoutMs, latencyMs, splitRate: split / TRIALS, medianMs: at(0.5), p95Ms: at(0.95) };
}

/** One trial. With a fixed timeout the first leader is made by starting one server earlier than the others. */
async function electAfterDeath(
  load: () => RaftConstructor,
  servers: number,
  [electionTimeoutMsMin, electionTimeoutMsMax]: readonly [number, number],
  link: LinkPolicy,
  seed: number,
): Promise<{ tookMs: number; rounds: number }> {
  const ids = Array.from({ length: servers }, (_, i) => `n${i + 1}`);
  const bootstrap = { voters: ids, learners: [] };
  const timing = { electionTimeoutMsMin, electionTimeoutMsMax };
  const world = new World({ seed, servers: ids.map((id) => ({ id, bootstrap, load })), timing, link, drain, turn });
  world.boot('n1');
  for (const id of ids.slice(1)) world.at(electionTimeoutMsMax * 900, () => world.boot(id));
  const leader = (): string | undefined => world.hosts.find(({ up, status }) => up && status?.role === 'leader')?.id;
  const settled = (): boolean =>
    leader() !== undefined && world.hosts.every(({ status }) => status?.leader === leader());
  if (!(await world.run(LIMIT_MS, settled))) return { tookMs: LIMIT_MS, rounds: Number.POSITIVE_INFINITY };
  // Not always at the same moment of the heartbeats.
  await world.run(world.nowMs + 100 + (seed % 50));
  const term = Math.max(...world.hosts.map(({ status }) => status?.currentTerm ?? 0));
  world.crash(leader()!);
  const diedMs = world.nowMs;
  const won = await world.run(diedMs + LIMIT_MS, () => leader() !== undefined);
  const last = Math.max(...world.hosts.map(({ status }) => status?.currentTerm ?? 0));
  return { tookMs: won ? world.nowMs - diedMs : LIMIT_MS, rounds: last - term };
}

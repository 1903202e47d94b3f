import { type Costs, FREE, type LinkPolicy, RELIABLE, World } from '#kernel';
import { drain, turn } from './event-loop.ts';
import type { Load, Table } from './table.ts';

/** A cluster whose leader dies. */
export interface ElectionSetting {
  readonly servers: number;
  /** The range from which election timeouts are drawn, in milliseconds. */
  readonly timeoutMs: readonly [number, number];
  /** One-way latency of messages, in milliseconds. */
  readonly latencyMs: readonly [number, number];
  /** What work costs. Default: nothing. */
  readonly costs?: Costs;
}

/** What became of its elections. All times are virtual, so every machine prints the same. */
export interface Elections {
  /** Share of elections whose first round had no winner. */
  readonly splitRate: number;
  /** From the leader's death to the next leader: median and 95th percentile, in milliseconds; those that took longer than the limit count as the limit. */
  readonly medianMs: number;
  readonly p95Ms: number;
}

const TRIALS = 200;
const LIMIT_MS = 30_000;

/** Lab 1's experiment: lets leaders die, again and again, and looks at the elections that follow. */
export async function electionsTable(load: Load): Promise<Table> {
  const rows: string[][] = [];
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
        const { splitRate, medianMs, p95Ms } = await measureElections(load, { servers, timeoutMs, latencyMs });
        rows.push([
          `${servers}`,
          latencyMs.join('–'),
          timeoutMs[0] === timeoutMs[1] ? `${timeoutMs[0]} fixed` : timeoutMs.join('–'),
          `${(splitRate * 100).toFixed(0)} %`,
          medianMs.toFixed(0),
          p95Ms.toFixed(0),
        ]);
      }
    }
  }
  return {
    title: `Lab 1: the election behind a leader’s death, ${TRIALS} trials each (virtual time: the same on every machine)`,
    head: ['servers', 'latency ms', 'timeout ms', 'split votes', 'median ms', 'p95 ms'],
    rows,
    notes: ['Claimed elsewhere: split votes 68 to 12 % (3 servers) and 89 to 18 % (5), fixed against random.'],
  };
}

/** Plays the trials of one setting. */
export async function measureElections(load: Load, setting: ElectionSetting): Promise<Elections> {
  const times: number[] = [];
  let split = 0;
  for (let seed = 1; seed <= TRIALS; seed++) {
    const { tookMs, rounds } = await electAfterDeath(load, setting, seed);
    times.push(tookMs);
    if (rounds > 1) split++;
  }
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(share * times.length))]!;
  return { splitRate: split / TRIALS, medianMs: at(0.5), p95Ms: at(0.95) };
}

/** One trial. With a fixed timeout the first leader is made by starting one server earlier than the others. */
async function electAfterDeath(
  load: Load,
  { servers, timeoutMs, latencyMs, costs = FREE }: ElectionSetting,
  seed: number,
): Promise<{ tookMs: number; rounds: number }> {
  const [electionTimeoutMsMin, electionTimeoutMsMax] = timeoutMs;
  const link: LinkPolicy = { ...RELIABLE, latencyMsMin: latencyMs[0], latencyMsMax: latencyMs[1] };
  const ids = Array.from({ length: servers }, (_, i) => `n${i + 1}`);
  const bootstrap = { voters: ids, learners: [] };
  const timing = { electionTimeoutMsMin, electionTimeoutMsMax };
  const world = new World({
    seed,
    servers: ids.map((id) => ({ id, bootstrap, load, costs })),
    timing,
    link,
    drain,
    turn,
  });
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

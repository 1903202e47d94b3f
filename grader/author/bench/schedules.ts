import type { RaftConstructor } from '#contract';
import { UNRELIABLE } from '#kernel';
import { adversary, arbitraryPlan, type LabDefinition, runTest, type TestDefinition } from '#scenario';
import { drain, turn } from './event-loop.ts';

/** Whole runs of an adversary a second, on one core. */
export interface ScheduleRow {
  readonly servers: number;
  readonly schedulesPerSecond: number;
  /** Virtual seconds of cluster life a real second. */
  readonly virtualPerReal: number;
}

const RUNS = 60;
const LAB: LabDefinition = {
  id: 'lab1',
  number: 1,
  title: '',
  points: 0,
  paper: '',
  budgets: { timersMax: 1e6, requestsPerHeartbeatMax: 1e6, bytesPerHeartbeatMax: 1e9 },
};

/** Plays lab 1's kind of adversary: 3 virtual seconds of lossy links and partitions, then an election. */
export async function measureSchedules(load: () => RaftConstructor): Promise<ScheduleRow[]> {
  const rows: ScheduleRow[] = [];
  for (const servers of [3, 5]) {
    const test: TestDefinition = {
      slug: 'bench',
      title: '',
      kind: 'adversary',
      points: 0,
      paper: '',
      sentence: '',
      runs: RUNS,
      run: adversary({
        sizes: [servers],
        link: UNRELIABLE,
        forMs: 3_000,
        faults: (size) =>
          arbitraryPlan(['partition', 'isolate', 'pause'], { size, withinMs: 2_600, longestMs: 900 }, 8),
      }),
    };
    let virtualMs = 0;
    const began = performance.now();
    for (let seed = 1; seed <= RUNS; seed++) {
      const result = await runTest({ load, drain, turn }, { lab: LAB, test, seed });
      if (result.outcome !== 'passed') throw new Error(`the reference fails: ${JSON.stringify(result)}`);
      virtualMs += result.virtualMs;
    }
    const seconds = (performance.now() - began) / 1_000;
    rows.push({ servers, schedulesPerSecond: RUNS / seconds, virtualPerReal: virtualMs / 1_000 / seconds });
  }
  return rows;
}

import { UNRELIABLE } from '#kernel';
import { adversary, arbitraryPlan, type LabDefinition, runTest, type TestDefinition, UNLIMITED } from '#scenario';
import { drain, turn } from './event-loop.ts';
import type { Load, Table } from './table.ts';

const RUNS = 60;
const LAB: LabDefinition = {
  id: 'lab1',
  number: 1,
  title: '',
  points: 0,
  paper: '',
  budgets: UNLIMITED,
};

/** Whole runs of lab 1's kind of adversary, on one core: 3 virtual seconds of lossy links and partitions, then an election. */
export async function schedulesTable(load: Load): Promise<Table> {
  const rows: string[][] = [];
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
    rows.push([`${servers}`, (RUNS / seconds).toFixed(0), (virtualMs / 1_000 / seconds).toFixed(0)]);
  }
  return {
    title: 'Schedules on one core (real time)',
    head: ['servers', 'schedules/s', 'virtual s / real s'],
    rows,
  };
}

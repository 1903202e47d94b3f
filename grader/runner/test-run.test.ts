import { expect, test } from 'vitest';
import type { TestPlan } from './report.ts';
import { type Chunk, TestRun } from './test-run.ts';
import type { RunReport } from './worker/protocol.ts';
import type { ChunkOutcome } from './workers.ts';

const PLAN: TestPlan = {
  id: 'lab1/any',
  title: 'Any',
  kind: 'rule',
  points: 7,
  paper: 'Raft §5.2',
  runs: 40,
  hidden: false,
};
const FIRST_SEED = 100;

function report(seed: number, failed: boolean): RunReport {
  const facts = { events: 10, virtualMs: 5, hash: `hash-${seed}`, reached: { elections: 1 }, console: [] };
  if (!failed) return { seed, outcome: 'passed', ...facts };
  const words = {
    kind: 'safety',
    rule: 'any',
    sentence: 'It works.',
    paper: 'Raft §5.2',
    message: 'It did not.',
  } as const;
  return { seed, outcome: 'failed', ...facts, failure: { ...words, step: 3, atMs: 2, evidence: [], story: [] } };
}

/** What a worker makes of a chunk: it stops at the first run that fails. */
function play({ offset, runs }: Chunk, failing: readonly number[]): ChunkOutcome {
  const reports: RunReport[] = [];
  for (let seed = FIRST_SEED + offset; seed < FIRST_SEED + offset + runs; seed++) {
    const failed = failing.includes(seed);
    reports.push(report(seed, failed));
    if (failed) break;
  }
  return { type: 'ran', runs: reports };
}

/** Plays a test on some workers; which of them is done first, `pick` decides. */
function playAll(failing: readonly number[], workers: number, pick: (busy: number) => number): TestRun {
  const run = new TestRun(PLAN, FIRST_SEED);
  const busy: Chunk[] = [];
  for (;;) {
    while (busy.length < workers) {
      const chunk = run.take();
      if (chunk === undefined) break;
      busy.push(chunk);
    }
    if (busy.length === 0) return run;
    const [chunk] = busy.splice(pick(busy.length), 1);
    run.end(chunk!, play(chunk!, failing), chunk!.runs * 30);
  }
}

/** The first that was started, the last, one between. */
const ORDERS: readonly ((busy: number) => number)[] = [() => 0, (busy) => busy - 1, (busy) => Math.floor(busy / 2)];

test('the verdict does not depend on the number of workers, nor on which is done first', () => {
  for (const failing of [[], [100], [123, 109, 111], [139]]) {
    const expected = playAll(failing, 1, () => 0).result(() => 'replay');
    const first = Math.min(...failing);
    expect(expected.runsDone).toBe(failing.length === 0 ? 40 : first - FIRST_SEED + 1);
    expect(expected.failure?.seed).toBe(failing.length === 0 ? undefined : first);
    expect(expected.events).toBe(10 * expected.runsDone);
    for (const workers of [2, 3, 8]) {
      for (const pick of ORDERS) {
        const { wallMs: _, ...result } = playAll(failing, workers, pick).result(() => 'replay');
        expect(expected).toMatchObject(result);
      }
    }
  }
});

test('no further runs are started behind a failure', () => {
  const run = new TestRun(PLAN, FIRST_SEED);
  const [first, second] = [run.take()!, run.take()!];
  run.end(second, play(second, [FIRST_SEED + second.offset]), 100);
  expect(run.take()).toBeUndefined();
  expect(run.done).toBe(false);
  run.end(first, play(first, []), 100);
  expect(run.done).toBe(true);
  expect(run.result(() => '').failure?.seed).toBe(FIRST_SEED + second.offset);
});

test('a run without a verdict decides only when none before it fails', () => {
  const stuck: ChunkOutcome = { type: 'stuck', note: 'no verdict' };
  const run = new TestRun(PLAN, FIRST_SEED);
  const [first, second] = [run.take()!, run.take()!];
  run.end(second, stuck, 100);
  run.end(first, play(first, [102]), 100);
  expect(run.result(() => '')).toMatchObject({ status: 'failed', runsDone: 3 });

  const other = new TestRun(PLAN, FIRST_SEED);
  const [before, behind] = [other.take()!, other.take()!];
  other.end(behind, stuck, 100);
  other.end(before, play(before, []), 100);
  expect(other.result(() => '')).toMatchObject({
    status: 'unknown',
    note: 'no verdict',
    runsDone: before.runs,
    earned: 0,
  });
});

test('without a run there is no verdict and no hash', () => {
  expect(new TestRun(PLAN, 1).result(() => '')).toMatchObject({ status: 'not-run', runsDone: 0, hash: '', earned: 0 });
});

import type { RunnerEvent, TestResult } from './report.ts';
import type { Session } from './session.ts';
import type { Chunk, TestRun } from './test-run.ts';

/** How tests are run. */
export interface RunTestsOptions {
  readonly onEvent: (event: RunnerEvent) => void;
  /** Run no further test once one has failed. */
  readonly stopAtFirst: boolean;
  /** Ends it. */
  readonly signal?: AbortSignal;
  readonly toResult: (test: TestRun) => TestResult;
  /** Looks for a smaller run of a test that fails, before its verdict is told. */
  readonly shrink?: (test: TestRun) => Promise<void>;
}

/**
 * Runs tests in order on all workers, and tells each verdict in that same order, as soon as it and all before it are known.
 *
 * @returns the results, in the same order
 */
export async function runTests(
  session: Session,
  tests: readonly TestRun[],
  { onEvent, stopAtFirst, signal, toResult, shrink }: RunTestsOptions,
): Promise<TestResult[]> {
  const results: TestResult[] = [];
  let stopped = false;
  const tell = (test: TestRun): void => {
    const result = toResult(test);
    results.push(result);
    onEvent({ type: 'test-finished', result });
    // Code that is not there yet is nothing to mend; it only waits.
    stopped ||= stopAtFirst && result.status !== 'passed' && result.status !== 'not-started';
  };
  /** Failing tests that some lane has made smaller, or is at: `true` once that is done. */
  const shrunk = new Map<TestRun, boolean>();
  const isReady = (test: TestRun | undefined): boolean =>
    test?.done === true && (shrink === undefined || test.failedRun === undefined || shrunk.get(test) === true);
  const makeSmaller = async (test: TestRun): Promise<void> => {
    if (shrink === undefined || test.failedRun === undefined || shrunk.has(test)) return;
    shrunk.set(test, false);
    await shrink(test);
    shrunk.set(test, true);
  };
  /** Keeps one worker busy. Work only ever becomes less, so it ends when there is none. */
  const lane = async (): Promise<void> => {
    for (;;) {
      const work = stopped || signal?.aborted === true ? undefined : takeWork(tests, onEvent);
      if (work === undefined) return;
      const { test, chunk } = work;
      const interrupted = await runChunk(session, test, chunk);
      const { id, runs } = test.plan;
      if (!test.done) onEvent({ type: 'test-progressed', id, runsDone: test.runsEnded, runs });
      if (!interrupted && !stopped) await makeSmaller(test);
      while (!stopped && isReady(tests[results.length])) tell(tests[results.length]!);
      if (interrupted) return;
    }
  };
  await Promise.all(Array.from({ length: session.jobs }, lane));
  // Behind a test that ended it all, nothing counts, so that the outcome does not depend on how far others had come.
  for (const test of tests.slice(results.length)) tell(stopped ? test.unstarted() : test);
  return results;
}

function takeWork(
  tests: readonly TestRun[],
  onEvent: (event: RunnerEvent) => void,
): { test: TestRun; chunk: Chunk } | undefined {
  for (const test of tests) {
    const first = !test.started;
    const chunk = test.take();
    if (chunk === undefined) continue;
    if (first) onEvent({ type: 'test-started', id: test.plan.id });
    return { test, chunk };
  }
  return undefined;
}

/** @returns whether the user ended it */
async function runChunk({ workers }: Session, test: TestRun, chunk: Chunk): Promise<boolean> {
  const [lab, slug] = test.plan.id.split('/') as [string, string];
  const started = performance.now();
  const outcome = await workers.run({
    lab,
    slug,
    seed: test.firstSeed + chunk.offset,
    runs: chunk.runs,
    checkTwice: chunk.offset === 0,
    allSeeds: test.allSeeds,
  });
  test.end(chunk, outcome, performance.now() - started);
  return outcome.type === 'stopped';
}

import { UsageError } from './errors.ts';
import { DEFAULT_SEED } from './grade.ts';
import { recallGrading } from './memory.ts';
import { replayCommand } from './replay-command.ts';
import type { TestPlan, TestResult } from './report.ts';
import { type SessionOptions, withSession } from './session.ts';
import { TestRun } from './test-run.ts';

/** A replay that is asked for. */
export interface ReplayOptions extends Omit<SessionOptions, 'labs' | 'jobs'> {
  /** Lab and slug. */
  readonly test: string;
  /** Default: the seed with which the last grading saw the test fail; else 1. */
  readonly seed?: number;
  /** See `GradeOptions.memory`. */
  readonly memory?: string;
}

/** One run, played again. */
export interface Replay {
  readonly impl: string;
  readonly plan: TestPlan;
  readonly seed: number;
  /** Of this run alone; a failure has its story. */
  readonly result: TestResult;
  /** How it compares with the last grading, in a few words; absent when that grading did not see this run fail. */
  readonly comparison?: string;
}

/**
 * Plays one run of one test and keeps what led to its failure.
 *
 * @throws the errors of {@link withSession}, and {@link UsageError} when there is no such test
 */
export async function replay(options: ReplayOptions): Promise<Replay> {
  const { test: id, memory } = options;
  const lab = /^(lab\d+)\/./.exec(id)?.[1];
  if (lab === undefined)
    throw new UsageError(`"${id}" names no test: write lab and test, such as lab1/initial-election`);
  const last = memory === undefined ? undefined : await recallGrading(memory);
  return withSession({ ...options, labs: [lab], jobs: 1 }, async (session) => {
    const tests = session.labs.flatMap((each) => each.tests);
    const found = tests.find((test) => test.id === id);
    if (found === undefined) {
      throw new UsageError(`there is no test "${id}": ${lab} has ${tests.map((test) => test.id).join(', ')}`);
    }
    const known = last?.impl === session.impl ? last.failures.filter((failure) => failure.id === id) : [];
    const seed = options.seed ?? known[0]?.seed ?? DEFAULT_SEED;
    const plan = { ...found, runs: 1 };
    const run = new TestRun(plan, seed);
    const { submission, impl, workers } = session;
    const slug = id.slice(lab.length + 1);
    const outcome = await workers.run({ lab, slug, seed, runs: 1, checkTwice: true, allSeeds: false });
    if (outcome.type === 'stopped') throw options.signal!.reason;
    run.end(run.take()!, outcome, 0);
    const result = run.result(() => replayCommand(id, seed, options));
    const before = known.find((failure) => failure.seed === seed);
    if (before === undefined) return { impl, plan, seed, result };
    const changed = last!.sha256 !== submission.sha256;
    return { impl, plan, seed, result, comparison: compare(before, run, result, changed) };
  });
}

function compare(
  before: { rule: string; step: number; hash: string },
  run: TestRun,
  result: TestResult,
  changed: boolean,
): string {
  const { failure } = result;
  const same = failure?.rule === before.rule && failure.step === before.step;
  if (same && run.failedRun?.hash === before.hash) return 'same step, rule and hash as in the last grading';
  const was = `it was ${before.rule} at step ${before.step}`;
  const now = failure === undefined ? `now it is ${result.status}` : `now ${failure.rule} at step ${failure.step}`;
  const rest = same ? 'now the same rule and step, but another hash' : now;
  return changed ? `the code has changed since: ${was}, ${rest}` : `the code is the same, but ${was}, ${rest}`;
}

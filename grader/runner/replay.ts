import path from 'node:path';
import { type Case, type CaseComparison, compareWithCase } from '#scenario';
import { UsageError } from './errors.ts';
import { DEFAULT_SEED } from './grade.ts';
import { recallGrading } from './memory.ts';
import { replayCaseCommand, replayCommand } from './replay-command.ts';
import type { TestPlan, TestResult } from './report.ts';
import { type Session, type SessionOptions, withSession } from './session.ts';
import { readCaseFile } from './smallest.ts';
import { TestRun } from './test-run.ts';
import type { RunReport } from './worker/protocol.ts';

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
 * @throws `KitError` and `LoadError`, and {@link UsageError} when there is no such test
 */
export async function replay(options: ReplayOptions): Promise<Replay> {
  const { test: id, memory } = options;
  const last = memory === undefined ? undefined : await recallGrading(memory);
  return withTest(id, options, async (session, found) => {
    const known = last?.impl === session.impl ? last.failures.filter((failure) => failure.id === id) : [];
    const seed = options.seed ?? known[0]?.seed ?? DEFAULT_SEED;
    const { plan, run } = await play(session, found, { seed }, options.signal);
    const result = run.result(() => replayCommand(id, seed, options));
    const { impl, submission } = session;
    const before = known.find((failure) => failure.seed === seed);
    if (before === undefined) return { impl, plan, seed, result };
    const changed = last!.sha256 !== submission.sha256;
    return { impl, plan, seed, result, comparison: compare(before, run, result, changed) };
  });
}

/**
 * Plays the run of a case file.
 *
 * @param file - path of the file
 * @throws as {@link replay} does, and {@link UsageError} when the file holds no case
 */
export async function replayCase(file: string, options: Omit<ReplayOptions, 'test' | 'seed'>): Promise<Replay> {
  const known = await readCaseFile(path.resolve(options.cwd ?? process.cwd(), file));
  return withTest(`${known.lab}/${known.test}`, options, async (session, found) => {
    const { plan, run, report } = await play(session, found, known, options.signal);
    const result = run.result(() => replayCaseCommand(file, options));
    const { impl } = session;
    const { seed } = known;
    if (report === undefined) return { impl, plan, seed, result };
    return { impl, plan, seed, result, comparison: tellComparison(known, compareWithCase(known, report), result) };
  });
}

/** Opens a session for one test. */
async function withTest(
  id: string,
  options: Omit<ReplayOptions, 'test'>,
  use: (session: Session, test: TestPlan) => Promise<Replay>,
): Promise<Replay> {
  const lab = /^(lab\d+)\/./.exec(id)?.[1];
  if (lab === undefined)
    throw new UsageError(`"${id}" names no test: write lab and test, such as lab1/initial-election`);
  return withSession({ ...options, labs: [lab], jobs: 1 }, async (session) => {
    const tests = session.labs.flatMap((each) => each.tests);
    const found = tests.find((test) => test.id === id);
    if (found !== undefined) return use(session, found);
    throw new UsageError(`there is no test "${id}": ${lab} has ${tests.map((test) => test.id).join(', ')}`);
  });
}

/** Plays one run. @returns with `report` unless there is no verdict */
async function play(
  { workers }: Session,
  test: TestPlan,
  { seed, decisions }: Pick<Case, 'seed'> & Partial<Pick<Case, 'decisions'>>,
  signal: AbortSignal | undefined,
): Promise<{ plan: TestPlan; run: TestRun; report: RunReport | undefined }> {
  const plan = { ...test, runs: 1 };
  const run = new TestRun(plan, seed);
  const [lab, slug] = test.id.split('/') as [string, string];
  const task = { lab, slug, seed, runs: 1, checkTwice: true, allSeeds: false, ...(decisions && { decisions }) };
  const outcome = await workers.run(task);
  if (outcome.type === 'stopped') throw signal!.reason;
  run.end(run.take()!, outcome, 0);
  return { plan, run, report: outcome.type === 'ran' ? outcome.runs[0] : undefined };
}

/** How a case's replay ended, in one sentence. */
function tellComparison(known: Case, { outcome, exact, unmet }: CaseComparison, { failure }: TestResult): string {
  const was = `${known.rule} at step ${known.step}`;
  switch (outcome) {
    case 'same failure':
      if (exact) return 'the failure of the case: same step, rule and hash';
      return `the failure of the case, though the code has changed: it was ${was}, now it is at step ${failure!.step}`;
    case 'another failure':
      return `another failure than the case's: it was ${was}, now ${failure!.rule} at step ${failure!.step}`;
    case 'passes':
      return `the failure of the case, ${was}, does not happen any more`;
    case 'diverged': {
      const some = unmet[0] === undefined ? '' : `, such as "${unmet[0]}"`;
      return `diverged: the run no longer comes to all decisions of the case${some}, so it says little about ${was}`;
    }
  }
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

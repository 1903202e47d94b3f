import { describeKit } from './kit.ts';
import { type RememberedFailure, recallGrading, rememberGrading } from './memory.ts';
import { isInNeed, type LabProgress, type ProgressNotes, recallProgress, recordProgress } from './progress.ts';
import { replayCommand } from './replay-command.ts';
import type { Grading, LabPlan, LabResult, RunnerEvent, TestPlan, TestResult } from './report.ts';
import { runTests } from './run-tests.ts';
import { type Selection, selectTests } from './selection.ts';
import { openWarmSession, type Session, type SessionOptions, withSession } from './session.ts';
import { findSmallest } from './smallest.ts';
import { TestRun } from './test-run.ts';
import { startTypeCheck, type TypeCheck } from './type-check.ts';
import { displayPath } from './worker/bundle.ts';

/** A grading that is asked for. */
export interface GradeOptions extends SessionOptions, Selection {
  /** The first seed of every test. Default 1. */
  readonly seed?: number;
  /** Told what happens, in order. */
  readonly onEvent?: (event: RunnerEvent) => void;
  /** Run no further test once one has failed. One that waits for code has not. */
  readonly stopAtFirst?: boolean;
  /** Run the tests that did not pass when they last ran before all others. */
  readonly failedFirst?: boolean;
  /** Play every seed of a test, also behind one that fails, and count both kinds. */
  readonly allSeeds?: boolean;
  /** Look for the smallest run of each test that fails, which takes up to some seconds each. */
  readonly minimise?: boolean;
  /** Default true. `late`: do not wait for it; `type-checked` then comes behind `finished`, unless the signal comes before. */
  readonly typeCheck?: boolean | 'late';
  /** Folder, usually `.raftlab`, for what one grading leaves to the next: failures for replays, and the student's progress. */
  readonly memory?: string;
}

/** Seed of a grading that names none. */
export const DEFAULT_SEED = 1;

/**
 * Grades a submission. When the signal ends it, the tests that have a verdict keep it.
 *
 * @returns the same as the last event, `finished`
 * @throws `KitError` and `LoadError`, and {@link UsageError} when no test fits
 */
export async function grade(options: GradeOptions): Promise<Grading> {
  return withSession(options, (session) => gradeSession(session, options));
}

/** Grades a submission again and again, as it changes. Workers stay up, with the labs in them. */
export interface WarmGrader {
  /** The submission's folder, as an absolute path. */
  readonly folder: string;
  /**
   * Grades what is on the disk now. One grading at a time; the signal ends this one alone.
   *
   * @param options - what the grader was opened with, and perhaps another selection
   * @throws as {@link grade} does; the signal's reason when it comes before there is a plan
   */
  grade(options: GradeOptions): Promise<Grading>;
  /** Ends the workers. */
  close(): void;
}

/** @throws {@link UsageError} when something asked for does not exist; {@link KitError} when a suite does not compile */
export async function openWarmGrader(options: SessionOptions): Promise<WarmGrader> {
  const warm = await openWarmSession(options);
  const interrupt = (): void => warm.interrupt();
  return {
    folder: warm.folder,
    async grade(request) {
      const { signal } = request;
      signal?.throwIfAborted();
      signal?.addEventListener('abort', interrupt);
      try {
        return await gradeSession(await warm.load(signal), request);
      } finally {
        signal?.removeEventListener('abort', interrupt);
      }
    },
    close: () => warm.close(),
  };
}

async function gradeSession(session: Session, options: GradeOptions): Promise<Grading> {
  const kit = describeKit();
  kit.catch(() => undefined);
  const { seed = DEFAULT_SEED, stopAtFirst = false, allSeeds = false, onEvent = () => undefined, signal } = options;
  const labs = selectTests(session.labs, options);
  onEvent({ type: 'planned', impl: session.impl, seed, labs });
  const check = createLateCheck(session.folder, options);
  const tests = (await inRunningOrder(session, labs, options)).map((plan) => new TestRun(plan, seed, allSeeds));
  const results = await runTests(session, tests, {
    stopAtFirst,
    ...(signal && { signal }),
    ...(options.minimise === true && {
      async shrink(test: TestRun) {
        const { id } = test.plan;
        const tell = (trials: number): void => onEvent({ type: 'test-minimising', id, trials });
        test.smallest = await findSmallest(session, test, options.memory, options, tell);
      },
    }),
    toResult: (test) => test.result((failed) => replayCommand(test.plan.id, failed, options)),
    onEvent(event) {
      onEvent(event);
      // Not before there is a verdict: the first one is what somebody waits for.
      if (event.type === 'test-finished') check.start();
    },
  });
  const interrupted = signal?.aborted === true;
  const notes = options.memory === undefined ? {} : await remember(options.memory, session, tests, results, options);
  const typeErrors = await check.finish(interrupted);
  if (options.typeCheck !== 'late') onEvent({ type: 'type-checked', typeErrors });
  const graded = labs.map((lab) => labResult(lab, results, notes.labs));
  const grading: Grading = {
    kit: await kit,
    node: process.version,
    impl: session.impl,
    submission: { sha256: session.submission.sha256 },
    suites: [...labs.map(({ id }) => `labs/${id}/suites`), ...session.extraSuites.map(displayPath)],
    seed,
    labs: graded,
    earned: sum(graded.map(({ earned }) => earned)),
    points: sum(graded.map(({ points }) => points)),
    ...(typeErrors !== undefined && { typeErrors }),
    ...(interrupted && { interrupted }),
    ...(notes.problem !== undefined && { progressProblem: notes.problem }),
  };
  onEvent({ type: 'finished', grading });
  return grading;
}

async function inRunningOrder(
  { impl, folder }: Session,
  labs: readonly LabPlan[],
  { failedFirst = false, memory }: GradeOptions,
): Promise<readonly TestPlan[]> {
  const plans = labs.flatMap((lab) => lab.tests);
  if (!failedFirst || memory === undefined) return plans;
  const known = await recallProgress(memory, { impl, folder });
  const failed = new Set(known.flatMap(({ tests }) => Object.keys(tests).filter((id) => isInNeed(tests[id]))));
  return [...plans.filter(({ id }) => failed.has(id)), ...plans.filter(({ id }) => !failed.has(id))];
}

interface LateCheck {
  start(): void;
  /** Waits for it, unless nobody wants that. */
  finish(interrupted: boolean): Promise<string | undefined>;
}

function createLateCheck(folder: string, { typeCheck = true, signal, onEvent }: GradeOptions): LateCheck {
  let check: TypeCheck | undefined;
  return {
    start() {
      if (typeCheck === false || check !== undefined) return;
      check = startTypeCheck(folder);
      signal?.addEventListener('abort', check.stop, { once: true });
    },
    async finish(interrupted) {
      if (interrupted) check?.stop();
      if (typeCheck !== 'late') return check?.typeErrors;
      void check?.typeErrors.then((typeErrors) => {
        if (signal?.aborted !== true) onEvent?.({ type: 'type-checked', typeErrors });
      });
      return undefined;
    },
  };
}

function labResult(
  { id, title, points, tests }: LabPlan,
  results: readonly TestResult[],
  progress: readonly LabProgress[] = [],
): LabResult {
  const byId = new Map(results.map((result) => [result.id, result]));
  const own = tests.map((test) => byId.get(test.id)!);
  const known = progress.find(({ lab }) => lab === id);
  return {
    id,
    title,
    points,
    earned: sum(own.map(({ earned }) => earned)),
    tests: own,
    ...(known && { progress: known }),
  };
}

/** A folder that cannot be written costs what it is there for, not the grading. */
async function remember(
  memory: string,
  { impl, submission, labs, folder }: Session,
  tests: readonly TestRun[],
  results: readonly TestResult[],
  options: GradeOptions,
): Promise<ProgressNotes> {
  const { sha256 } = submission;
  const failures = tests.flatMap((test): RememberedFailure[] => {
    const run = test.failedRun;
    if (run?.failure === undefined) return [];
    const { rule, step } = run.failure;
    return [{ id: test.plan.id, seed: run.seed, rule, step, hash: run.hash, sha256 }];
  });
  // A grading that ended before it found anything has nothing to say about the one before it.
  if (failures.length > 0 || options.signal?.aborted !== true) {
    const before = await recallGrading(memory);
    const ran = new Set(results.filter(({ status }) => status !== 'not-run').map(({ id }) => id));
    const others = before?.impl === impl ? before.failures.filter(({ id }) => !ran.has(id)) : [];
    await rememberGrading(memory, { version: 2, impl, failures: [...failures, ...others] }).catch(() => undefined);
  }
  const who = { impl, folder, sha256, seed: options.seed ?? DEFAULT_SEED };
  return recordProgress(memory, who, labs, results);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

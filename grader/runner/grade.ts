import { describeKit } from './kit.ts';
import { rememberGrading } from './memory.ts';
import type { Grading, LabPlan, LabResult, RunnerEvent, TestResult } from './report.ts';
import { runTests } from './run-tests.ts';
import { type Selection, selectTests } from './selection.ts';
import { type Session, type SessionOptions, withSession } from './session.ts';
import { TestRun } from './test-run.ts';
import { startTypeCheck, type TypeCheck } from './type-check.ts';
import { displayPath } from './worker/bundle.ts';

/** A grading that is asked for. */
export interface GradeOptions extends SessionOptions, Selection {
  /** The first seed of every test. Default 1. */
  readonly seed?: number;
  readonly onEvent?: (event: RunnerEvent) => void;
  /** Run no further test once one has not passed. */
  readonly stopAtFirst?: boolean;
  /** Default true. */
  readonly typeCheck?: boolean;
  /** Folder, usually `.raftlab`, in which failures are noted down for replays. */
  readonly memory?: string;
}

/** Seed of a grading that names none. */
export const DEFAULT_SEED = 1;

/**
 * Grades a submission. When the signal ends it, the tests that have a verdict keep it.
 *
 * @returns the same as the last event, `finished`
 * @throws the errors of {@link withSession}, and {@link UsageError} when no test fits
 */
export async function grade(options: GradeOptions): Promise<Grading> {
  const kit = describeKit();
  kit.catch(() => undefined);
  return withSession(options, async (session) => {
    const { seed = DEFAULT_SEED, stopAtFirst = false, onEvent = () => undefined } = options;
    const labs = selectTests(session.labs, options);
    onEvent({ type: 'planned', impl: session.impl, seed, labs });
    const check = createLateCheck(session.folder, options.typeCheck ?? true);
    const tests = labs.flatMap((lab) => lab.tests).map((plan) => new TestRun(plan, seed));
    const results = await runTests(session, tests, {
      stopAtFirst,
      toResult: (test) => test.result((failed) => replayCommand(test.plan.id, failed, options)),
      onEvent(event) {
        onEvent(event);
        // Not before there is a verdict: the first one is what somebody waits for.
        if (event.type === 'test-finished') check.start();
      },
    });
    const interrupted = options.signal?.aborted === true;
    if (options.memory !== undefined) await remember(options.memory, session, tests);
    const typeErrors = await check.finish(interrupted);
    onEvent({ type: 'type-checked', typeErrors });
    const graded = labs.map((lab) => labResult(lab, results));
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
    };
    onEvent({ type: 'finished', grading });
    return grading;
  });
}

/** The command that plays one run again. */
export function replayCommand(id: string, seed: number, options: Pick<SessionOptions, 'impl' | 'suites'>): string {
  const { impl = 'skeleton', suites = [] } = options;
  const words = [`npm run replay ${id} seed=${seed}`];
  if (impl !== 'skeleton') words.push(quote(`impl=${impl}`));
  return [...words, ...suites.map((folder) => quote(`suite=${folder}`))].join(' ');
}

function quote(word: string): string {
  return /^[\w=:./@-]+$/.test(word) ? word : JSON.stringify(word);
}

interface LateCheck {
  start(): void;
  finish(interrupted: boolean): Promise<string | undefined>;
}

function createLateCheck(folder: string, wanted: boolean): LateCheck {
  let check: TypeCheck | undefined;
  return {
    start() {
      if (wanted) check ??= startTypeCheck(folder);
    },
    async finish(interrupted) {
      if (interrupted) check?.stop();
      return check?.typeErrors;
    },
  };
}

function labResult({ id, title, points, tests }: LabPlan, results: readonly TestResult[]): LabResult {
  const ids = new Set(tests.map((test) => test.id));
  const own = results.filter((result) => ids.has(result.id));
  return { id, title, points, earned: sum(own.map(({ earned }) => earned)), tests: own };
}

/** A folder that cannot be written costs the comparison in replays, not the grading. */
async function remember(memory: string, { impl, submission }: Session, tests: readonly TestRun[]): Promise<void> {
  const failures = tests.flatMap((test) => {
    const run = test.failedRun;
    if (run?.failure === undefined) return [];
    const { rule, step } = run.failure;
    return [{ id: test.plan.id, seed: run.seed, rule, step, hash: run.hash }];
  });
  await rememberGrading(memory, { version: 1, impl, sha256: submission.sha256, failures }).catch(() => undefined);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

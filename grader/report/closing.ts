import { type Grading, gradeCommand, type LabProgress, type TestResult } from '#runner';
import type { FailureKind } from '#scenario';
import { type Line, line } from './lines.ts';
import { bestText } from './progress.ts';
import { labOf, pointsText, slugOf } from './status.ts';
import { cleanText, count, wrap } from './text.ts';

const INDENT = 2;

/** Points by lab, and in all when there are several labs. */
export function totalLines(grading: Grading, ascii: boolean): Line[] {
  const lines = grading.labs.map((lab) => {
    const best = bestText(lab.progress);
    const text = `${lab.id} total ${pointsText(lab.earned, lab.points)}${best === '' ? '' : `, ${best}`}`;
    return line(cleanText(text, ascii), 'strong');
  });
  if (grading.labs.length > 1) lines.push(line(`total ${pointsText(grading.earned, grading.points)}`, 'strong'));
  return lines;
}

/** A grading in which perhaps all passed. */
export interface Passed {
  readonly tests: readonly TestResult[];
  /** As it is asked for. */
  readonly impl: string;
  /** How far the implementation has come in the labs of these tests. */
  readonly progress: readonly LabProgress[];
}

/**
 * All passed: what that does not prove, and what to try next. `again` says how to run more schedules: a command or a key. No
 * lines when a test is missing or not passed.
 */
export function allPassedLines(passed: Passed, again: string, width: number, ascii: boolean): Line[] {
  const { tests } = passed;
  if (tests.length === 0 || tests.some(({ status }) => status !== 'passed')) return [];
  const runs = tests.reduce((sum, test) => sum + test.runsDone, 0);
  return [
    `all passed: no rule broke in ${count(runs, 'run')}. That is evidence, not a proof: a schedule that was not drawn was not tried.`,
    `try: ${again}`,
    nextStep(passed),
  ].flatMap((text, index) => {
    return wrap(cleanText(text, ascii), width, INDENT).map((row) => line(row, index === 0 ? 'good' : 'plain'));
  });
}

/** Where to go on: in this lab, until a whole grading has earned all its points and no test has failed since. */
function nextStep({ progress, impl }: Passed): string {
  const unfinished = progress.find(({ best, tests }) => {
    const complete = best !== undefined && best.earned >= best.points;
    return !complete || Object.values(tests).some((status) => status !== 'passed');
  });
  if (unfinished !== undefined) return `next: ${gradeCommand([unfinished.lab], { impl })}`;
  return 'next: the README.md of the lab after this, in labs/';
}

/** What to mend first: a rule that was seen to break says more than something that did not happen. */
const URGENCY: readonly FailureKind[] = ['contract', 'crash', 'hang', 'safety', 'budget', 'liveness'];

function mostTelling(tests: readonly TestResult[]): TestResult | undefined {
  const failed = tests.filter(({ failure, hidden }) => failure !== undefined && !hidden);
  return failed.toSorted((a, b) => URGENCY.indexOf(a.failure!.kind) - URGENCY.indexOf(b.failure!.kind))[0];
}

/** Folders whose tests are found only when they are named. */
function ownSuites({ labs, suites }: Grading): string[] {
  return suites.filter((folder) => !labs.some(({ id }) => folder === `labs/${id}/suites`));
}

/** The last lines: what cut the grading short, and what to do next. */
export function closingLines(grading: Grading, width: number, ascii: boolean): Line[] {
  const tests = grading.labs.flatMap((lab) => lab.tests);
  const labIds = grading.labs.map(({ id }) => id);
  const subject = { impl: grading.impl, suites: ownSuites(grading) };
  const only = tests.length === 1 ? [`only=${slugOf(tests[0]!.id)}`] : [];
  const again = gradeCommand(labIds, subject, [...only, `seed=${grading.seed + 1}`, 'runs=1000']);
  const progress = grading.labs.flatMap((lab) => lab.progress ?? []);
  const lines = allPassedLines({ tests, impl: grading.impl, progress }, again, width, ascii);
  if (grading.interrupted) lines.push(line('interrupted: the verdicts so far are kept'));
  const failed = mostTelling(tests);
  if (failed) {
    const command = gradeCommand([labOf(failed.id)], subject, [`only=${slugOf(failed.id)}`]);
    lines.push(line(cleanText(`next: ${command}`, ascii), 'command'));
  }
  return lines;
}

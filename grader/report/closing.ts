import type { Grading, TestResult } from '#runner';
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

/**
 * All passed: what that does not prove, and what to try next. `again` says how to run more schedules: a command or a key. No
 * lines when a test is missing or not passed.
 */
export function allPassedLines(tests: readonly TestResult[], again: string, width: number, ascii: boolean): Line[] {
  if (tests.length === 0 || tests.some(({ status }) => status !== 'passed')) return [];
  const runs = tests.reduce((sum, test) => sum + test.runsDone, 0);
  return [
    `all passed: no rule broke in ${count(runs, 'run')}. That is evidence, not a proof: a schedule that was not drawn was not tried.`,
    `try: ${again}`,
    'next: the README.md of the lab after this, in labs/',
  ].flatMap((text, index) => {
    return wrap(cleanText(text, ascii), width, INDENT).map((row) => line(row, index === 0 ? 'good' : 'plain'));
  });
}

/** The last lines: what cut the grading short, and what to do next. */
export function closingLines(grading: Grading, width: number, ascii: boolean): Line[] {
  const tests = grading.labs.flatMap((lab) => lab.tests);
  const labIds = grading.labs.map(({ id }) => id).join(' ');
  const code = grading.impl === 'skeleton' ? '' : ` impl=${grading.impl}`;
  const again = `npm run grade ${labIds}${code} seed=${grading.seed + 1} runs=1000`;
  const lines = allPassedLines(tests, again, width, ascii);
  if (grading.interrupted) lines.push(line('interrupted: the verdicts so far are kept'));
  const failed = tests.find(({ status, hidden }) => status === 'failed' && !hidden);
  if (failed) {
    const command = `next: npm run grade ${labOf(failed.id)}${code} only=${slugOf(failed.id)}`;
    lines.push(line(cleanText(command, ascii), 'command'));
  }
  return lines;
}

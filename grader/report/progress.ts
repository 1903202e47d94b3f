import type { Grading, LabProgress } from '#runner';
import { type Line, line } from './lines.ts';
import { cleanText, wrap } from './text.ts';

const INDENT = 2;
/** A list of what is left is read to the end only when it is short. */
const TESTS_MAX = 5;

/** `best whole grading 84/100`: a part of the tests, or fewer schedules, do not count. Empty before the first. */
export function bestText(progress: LabProgress | undefined): string {
  return progress?.best === undefined ? '' : `best whole grading ${progress.best.earned}/${progress.best.points}`;
}

/** What is left in a lab, as its tests ended when they last ran. Nothing when only code is missing: the to-do list says that. */
export function leftLines({ labs, progressProblem }: Grading, width: number, ascii: boolean): Line[] {
  const lines = labs.flatMap(({ id, tests, progress }) => {
    const known = Object.entries(progress?.tests ?? {});
    const mend = known.filter(([, status]) => !['passed', 'not-started'].includes(status)).map(([test]) => test);
    const write = known.filter(([, status]) => status === 'not-started').length;
    const told = tests.filter(({ status }) => status === 'not-started').length;
    if (mend.length === 0 && write <= told) return [];
    const more = mend.length > TESTS_MAX ? ` and ${mend.length - TESTS_MAX} more` : '';
    const parts = [
      ...(mend.length > 0 ? [`${mend.length} to mend (${mend.slice(0, TESTS_MAX).join(', ')}${more})`] : []),
      ...(write > 0 ? [`${write} to write`] : []),
    ];
    return [`left in ${id}: ${parts.join(', ')}`];
  });
  if (progressProblem !== undefined) lines.push(`note: ${progressProblem}`);
  return lines.flatMap((text) => wrap(cleanText(text, ascii), width, INDENT).map((row) => line(row)));
}

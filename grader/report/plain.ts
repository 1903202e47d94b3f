import { type Grading, gradeCommand, type RunnerEvent, type TestFailure, type TestResult } from '#runner';
import { closingLines, totalLines } from './closing.ts';
import { detailLines } from './detail.ts';
import { repeatedLines } from './failure.ts';
import type { Line } from './lines.ts';
import { leftLines } from './progress.ts';
import { stabilityLines } from './stability.ts';
import { labOf, STATUS_WORDS, shownTitle } from './status.ts';
import { cleanText, count } from './text.ts';
import { todoLines } from './todo.ts';

/** Pipes and logs have no width; this one reads well on paper, in a mail and on a screen. */
const WIDTH_DEFAULT = 80;
const INDENT = '  ';
/** Most failures are made smaller before anybody begins to wonder. */
const TRIALS_TOLD_MIN = 100;

/** How plain lines are written. */
export interface PlainOptions {
  readonly ascii: boolean;
  /** Width of the window in cells. Default 80. Verdicts and commands are never broken. */
  readonly width?: number;
}

function verdict(result: TestResult): string {
  const { id, status, earned, points, failure } = result;
  const runs = failure ? `seed ${failure.seed}` : count(result.runsDone, 'run');
  const score = `${earned}/${points} points${result.hidden ? '' : `, ${runs}`}`;
  return `${labOf(id)} ${STATUS_WORDS[status]} ${score}: ${shownTitle(result)}  (${id})`;
}

function planned(event: Extract<RunnerEvent, { type: 'planned' }>): string {
  const labs = event.labs.map((lab) => `${lab.id} (${count(lab.tests.length, 'test')}, ${count(lab.points, 'point')})`);
  return `grading ${event.impl} with seed ${event.seed}: ${labs.join(', ')}`;
}

/** What makes two failures look like one mistake: the same line of code, or the same rule broken in the same way. */
function likeness({ rule, likelyCause, location, kind }: TestFailure): string | undefined {
  if (location !== undefined) return `${kind} ${location.file}:${location.line}`;
  return likelyCause === undefined ? undefined : `${rule}: ${likelyCause}`;
}

/** Not started and not run are told once, at the end, and not test by test: neither is a failure. */
function isToldAtTheEnd({ status }: TestResult): boolean {
  return status === 'not-started' || status === 'not-run';
}

function notRun(grading: Grading): string[] {
  return grading.labs.flatMap(({ id, tests }) => {
    const left = tests.filter(({ status }) => status === 'not-run');
    const points = left.reduce((sum, test) => sum + test.points, 0);
    if (left.length === 0) return [];
    const why = left.find(({ note }) => note !== undefined)?.note ?? 'an earlier failure or an interrupt came first';
    return [`${id} ${STATUS_WORDS['not-run']} ${count(left.length, 'test')}, ${count(points, 'point')}: ${why}`];
  });
}

/**
 * A listener that writes plain lines, for pipes, CI and screen readers: a line for each verdict, words before symbols, in the
 * order in which verdicts come; then the to-do list, the totals, and what to do next. `write` gets whole lines.
 */
export function createPlainReporter(
  write: (text: string) => void,
  options: PlainOptions,
): (event: RunnerEvent) => void {
  const { ascii, width = WIDTH_DEFAULT } = options;
  const say = (text: string) => write(`${cleanText(text, ascii)}\n`);
  const sayLines = (lines: readonly Line[], indent = '') => {
    for (const { text } of lines) write(`${indent}${text}\n`);
  };

  const finished = (grading: Grading) => {
    for (const text of notRun(grading)) say(text);
    const tests = grading.labs.flatMap((lab) => lab.tests);
    const again = (labId: string) => gradeCommand([labId], { impl: grading.impl });
    sayLines(todoLines(tests, width, { ascii, impl: grading.impl, again, items: true }));
    sayLines(stabilityLines(tests, width, ascii));
    sayLines(totalLines(grading, ascii));
    sayLines(leftLines(grading, width, ascii));
    sayLines(closingLines(grading, width, ascii));
  };

  /** Failures that were told in full, by what they have in common, with the id of their test. */
  const inFull = new Map<string, string>();
  const sayFailure = (result: TestResult) => {
    const { failure, id } = result;
    const alike = failure === undefined || result.hidden ? undefined : likeness(failure);
    const first = alike === undefined ? undefined : inFull.get(alike);
    if (alike !== undefined && first === undefined) inFull.set(alike, id);
    const lines =
      first === undefined
        ? detailLines(result, width - INDENT.length, { ascii })
        : repeatedLines(failure!, first, width - INDENT.length, ascii);
    sayLines(lines, INDENT);
  };

  const told = new Set<string>();
  const minimising = (id: string, trials: number) => {
    if (trials < TRIALS_TOLD_MIN || told.has(id)) return;
    told.add(id);
    say(`minimising ${id}: ${count(trials, 'run')} so far`);
  };

  return (event) => {
    if (event.type === 'planned') {
      told.clear();
      inFull.clear();
      say(planned(event));
    } else if (event.type === 'test-minimising') minimising(event.id, event.trials);
    else if (event.type === 'test-finished' && !isToldAtTheEnd(event.result)) {
      say(verdict(event.result));
      if (event.result.status !== 'passed') sayFailure(event.result);
    } else if (event.type === 'type-checked' && event.typeErrors !== undefined) {
      say(`types: ${event.typeErrors} (graded all the same)`);
    } else if (event.type === 'finished') finished(event.grading);
  };
}

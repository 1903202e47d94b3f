import type { TestResult } from '#runner';
import { failureLines, fitFailure } from './failure.ts';
import { type Line, line } from './lines.ts';
import { cleanText, count, truncate, wrap } from './text.ts';

/** Lines of a submission's console that are shown with a failure; the latest matter most. */
const CONSOLE_LINES_MAX = 10;
const INDENT = 2;
const INTERRUPTED = 'an earlier failure or an interrupt came first';

function consoleLines(result: TestResult, width: number, linesMax: number, ascii: boolean): Line[] {
  const total = result.console.length;
  if (total === 0 || linesMax < 1) return [];
  const shown = result.console.slice(-linesMax);
  const amount = shown.length < total ? `the last ${shown.length} of ${count(total, 'line')}` : count(total, 'line');
  const indent = ' '.repeat(INDENT);
  return [
    line(`console: ${amount}`, 'faint'),
    ...shown.map((text) => line(indent + truncate(cleanText(text, ascii), width - INDENT, ascii))),
  ];
}

/** What there is to say of a verdict that is not a failure. */
function noteLines(result: TestResult, width: number, ascii: boolean): Line[] {
  const sentences: string[] = [];
  if (result.status === 'passed') {
    const seconds = Math.round(result.virtualMs / 100) / 10;
    const { runsDone, events } = result;
    sentences.push(`passed: ${count(runsDone, 'run')}, ${count(events, 'event')}, ${seconds} s of virtual time`);
  }
  if (result.status === 'not-run') sentences.push(`not run: ${result.note ?? INTERRUPTED}`);
  else if (result.note !== undefined) sentences.push(`note: ${result.note}`);
  if (result.status === 'kit-error') sentences.push('The kit is at fault here, not your code: please report it.');
  return sentences.flatMap((sentence) => wrap(cleanText(sentence, ascii), width, INDENT).map((text) => line(text)));
}

/** How a test's verdict is explained. */
export interface DetailStyle {
  readonly ascii: boolean;
  /** Lines in the window; what is cut then says so. Absent: as many as it takes, and commands are not broken. */
  readonly height?: number;
  /** See `FailureStyle.full`. */
  readonly full?: boolean;
}

/** Why a test has its verdict: the failure in full, or a note. Nothing is told of a hidden test. */
export function detailLines(result: TestResult, width: number, { ascii, height, full = false }: DetailStyle): Line[] {
  if (result.hidden) return [];
  const { failure } = result;
  if (!failure) return noteLines(result, width, ascii).slice(0, height);
  const style = { ascii, full, hints: `npm run hint ${result.id}` };
  const lines = height === undefined ? failureLines(failure, width, style) : fitFailure(failure, width, height, style);
  const room = height === undefined ? CONSOLE_LINES_MAX : Math.min(CONSOLE_LINES_MAX, height - lines.length - 1);
  return [...lines, ...consoleLines(result, width, room, ascii)];
}

import type { TestResult } from '#runner';
import { type Line, line } from './lines.ts';
import { labOf, shownTitle, statusSymbol } from './status.ts';
import { cleanText, count, wrap } from './text.ts';

/** A to-do list is read to the end only when it is short. */
const ITEMS_MAX = 8;
const INDENT = 2;

/** How the to-do list is drawn. */
export interface TodoStyle {
  readonly ascii: boolean;
  /** What was graded, for example `skeleton`. */
  readonly impl: string;
  /** How to grade again, given a lab's id: `npm run grade lab1`, or a key. */
  readonly again: (labId: string) => string;
  /** Name the tests, not only the labs. */
  readonly items: boolean;
}

function pointsOf(tests: readonly TestResult[]): number {
  return tests.reduce((sum, test) => sum + test.points, 0);
}

function labLines(labId: string, waiting: readonly TestResult[], width: number, style: TodoStyle): Line[] {
  const { ascii } = style;
  const notes = [...new Set(waiting.flatMap(({ hidden, note }) => (hidden || note === undefined ? [] : [note])))];
  const head = `to do: ${labId}: ${count(waiting.length, 'test')}, ${count(pointsOf(waiting), 'point')} wait for code`;
  const texts = [head, ...notes.slice(0, 3).map((note) => `  missing: ${note}`)];
  if (style.items) {
    for (const test of waiting.slice(0, ITEMS_MAX)) {
      const symbol = statusSymbol('not-started', ascii);
      texts.push(`  ${symbol} ${count(test.points, 'point')}: ${shownTitle(test)}  (${test.id})`);
    }
    if (waiting.length > ITEMS_MAX) texts.push(`  and ${waiting.length - ITEMS_MAX} more`);
  }
  texts.push(`  next: read labs/${labId}/README.md, fill in ${style.impl}/, then ${style.again(labId)}`);
  return texts.flatMap((text, index) => {
    const indent = index === 0 ? 0 : INDENT;
    const rows = wrap(cleanText(text.trimStart(), ascii), width - indent, INDENT);
    return rows.map((row) => line(' '.repeat(indent) + row, index === 0 ? 'strong' : 'plain'));
  });
}

/** Labs are cumulative, so the later ones are only named: first things first. */
function laterLines(labIds: readonly string[], waiting: readonly TestResult[], width: number, ascii: boolean): Line[] {
  if (labIds.length === 0) return [];
  const labs = labIds.map((labId) => {
    const tests = waiting.filter(({ id }) => labOf(id) === labId);
    return `${labId} (${count(pointsOf(tests), 'point')})`;
  });
  return wrap(cleanText(`after that: ${labs.join(', ')}`, ascii), width - INDENT, INDENT).map((row) => {
    return line(' '.repeat(INDENT) + row);
  });
}

/** The tests that wait for code not yet written, as one to-do list: not started is no failure. */
export function todoLines(tests: readonly TestResult[], width: number, style: TodoStyle): Line[] {
  const waiting = tests.filter(({ status }) => status === 'not-started');
  const [labId, ...later] = new Set(waiting.map(({ id }) => labOf(id)));
  if (labId === undefined) return [];
  const first = waiting.filter(({ id }) => labOf(id) === labId);
  return [...labLines(labId, first, width, style), ...laterLines(later, waiting, width, style.ascii)];
}

import type { TestPlan, TestStatus } from '#runner';

/** A verdict in words, as reports print it. */
export const STATUS_WORDS: Readonly<Record<TestStatus, string>> = {
  passed: 'PASS',
  failed: 'FAIL',
  'not-started': 'TO DO',
  'not-run': 'NOT RUN',
  unknown: 'UNKNOWN',
  'kit-error': 'KIT ERROR',
};

const SYMBOLS: Readonly<Record<TestStatus, readonly [unicode: string, ascii: string]>> = {
  passed: ['✔', '[ok]'],
  failed: ['✘', '[x]'],
  'not-started': ['○', '[ ]'],
  'not-run': ['○', '[ ]'],
  unknown: ['?', '[?]'],
  'kit-error': ['!', '[!]'],
};

/** A verdict as a symbol. It never stands without words or points beside it. */
export function statusSymbol(status: TestStatus, ascii: boolean): string {
  return SYMBOLS[status][ascii ? 1 : 0];
}

/** Id of the lab that a test belongs to: `lab1` of `lab1/initial-election`. */
export function labOf(testId: string): string {
  return testId.split('/', 1)[0]!;
}

/** The part of a test's id that names it in its lab. */
export function slugOf(testId: string): string {
  return testId.slice(labOf(testId).length + 1);
}

/** A student is told nothing of a hidden test but its id and points. */
export function shownTitle(test: TestPlan): string {
  return test.hidden ? 'hidden test' : test.title;
}

/** `14/30 points (46.7%)`. */
export function pointsText(earned: number, points: number): string {
  return `${earned}/${points} points (${points === 0 ? '0.0' : ((100 * earned) / points).toFixed(1)}%)`;
}

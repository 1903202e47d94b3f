/**
 * A grading as text: plain lines, a failure in full, JSON. Pure functions of the runner's data.
 *
 * @module
 */
export { allPassedLines } from './closing.ts';
export { type DetailStyle, detailLines } from './detail.ts';
export { type FailureStyle, failureLines, fitFailure, renderFailure } from './failure.ts';
export { type HintStyle, hintLines } from './hint.ts';
export { renderJson } from './json.ts';
export type { Line, Tone } from './lines.ts';
export { createPlainReporter, type PlainOptions } from './plain.ts';
export { bestText } from './progress.ts';
export { stabilityText, tallyLines } from './stability.ts';
export { labOf, pointsText, STATUS_WORDS, shownTitle, slugOf, statusSymbol } from './status.ts';
export { cellWidth, cleanText, count, padTo, truncate, wrap } from './text.ts';
export { type TodoStyle, todoLines } from './todo.ts';

/**
 * Grades submissions: finds labs and suites, runs tests in workers, and tells what happens as typed events. It writes no
 * text and never exits.
 *
 * @module
 */
export { gradeCommand } from './command-line.ts';
export { KitError, UsageError } from './errors.ts';
export { DEFAULT_SEED, type GradeOptions, grade, openWarmGrader, type WarmGrader } from './grade.ts';
export { findTestInNeed, type Hint, type HintRequest, listHints, listLabs, revealHints } from './hints.ts';
export type { GenerateImplementation } from './implementations.ts';
export { KIT_ROOT } from './kit.ts';
export type { BestScore } from './progress.ts';
export { type OtherRun, type Replay, type ReplayManner, type ReplayOptions, replay, replayCase } from './replay.ts';
export { replayCaseCommand } from './replay-command.ts';
export type * from './report.ts';
export { findTestId, type Selection } from './selection.ts';
export type { SessionOptions } from './session.ts';
export { LoadError } from './submission/load-error.ts';
export { displayPath } from './worker/bundle.ts';
export type { WorkerLimits } from './worker/protocol.ts';

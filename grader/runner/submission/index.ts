/**
 * Loads a submission: bundles a student's folder once, and evaluates it afresh for each incarnation of a server, with a
 * step counter in it, without the ambients that a server must not use, and with positions that lead back to the source.
 *
 * @module
 */
export { type Bundle, bundleSubmission } from './bundle.ts';
export type { ConsoleLevel, OnConsole } from './console.ts';
export { type EvaluateOptions, evaluateSubmission, type Submission } from './evaluate.ts';
export { formatLocation, LoadError, type LoadErrorCode, type SourceLocation } from './load-error.ts';
export { type Intrinsics, lockIntrinsics } from './lockdown.ts';
export type { Insertions } from './position-map.ts';
export { DEFAULT_STEP_LIMIT, StepLimitExceeded, type StepMeter } from './step-meter.ts';

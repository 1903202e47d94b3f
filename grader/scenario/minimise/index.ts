/**
 * Makes failing runs small, and keeps them as cases that replay on their own.
 *
 * @module
 */

export {
  type Case,
  type CaseComparison,
  type CaseFailure,
  type CaseOutcome,
  caseFailure,
  caseFileName,
  caseText,
  compareWithCase,
  isSameFailure,
  NotACase,
  readCase,
} from './case.ts';
export { type FailedRun, type Minimised, minimise } from './minimise.ts';
export type { Limits, Play, Progress, SearchEnd } from './search.ts';

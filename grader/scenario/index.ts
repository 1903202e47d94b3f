/**
 * The words in which tests are written, and how one test is played.
 *
 * @module
 */

export type { BudgetLimits } from '#checkers';
export type { TestContext } from './context.ts';
export type { LabDefinition, TestDefinition, TestKind } from './definition.ts';
export type { Failure, FailureKind, RunOutcome, RunResult, SourceLocation, StoryLine } from './result.ts';
export { type Platform, type RunRequest, runTest } from './run-test.ts';

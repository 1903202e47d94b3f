/**
 * The words in which tests are written, and how one test is played.
 *
 * @module
 */
export { type BudgetLimits, UNLIMITED } from '#checkers';
export { type AdversaryOptions, adversary, type Work } from './adversary.ts';
export { playCanary } from './canary.ts';
export { Client, type Outcome, type Submission } from './client.ts';
export { Cluster, type ClusterOptions, type Patience, round, serverIds } from './cluster.ts';
export type { TestContext } from './context.ts';
export type { Decisions, Disturbance, MessageFate, Offer } from './decisions.ts';
export type { LabDefinition, TestDefinition, TestKind } from './definition.ts';
export { type Edit, editText } from './edits.ts';
export { type ExpectationDetails, ExpectationFailed, expect } from './expectation.ts';
export {
  arbitraryFault,
  arbitraryPlan,
  drawn,
  type Fault,
  type FaultBounds,
  type FaultKind,
  Faults,
  type Target,
} from './faults.ts';
export { Journal } from './journal.ts';
export { type Compaction, type Fate, KeyValueService } from './key-value-service.ts';
export { decodeOperation, encodeOperation, KeyValueState } from './key-value-state.ts';
export {
  type Case,
  type CaseComparison,
  type CaseFailure,
  type CaseOutcome,
  caseFailure,
  caseFileName,
  caseText,
  compareWithCase,
  type FailedRun,
  type Limits,
  type Minimised,
  minimise,
  NotACase,
  type Play,
  type Progress,
  readCase,
  type SearchEnd,
} from './minimise/index.ts';
export { describeMembership, Operator } from './operator.ts';
export type { Failure, FailureKind, RunOutcome, RunResult, SourceLocation, StoryLine } from './result.ts';
export type { Platform, RunRequest } from './run-request.ts';
export { runTest } from './run-test.ts';
export { type AutoAnswer, type Incoming, type Outgoing, ScriptedCluster } from './scripted.ts';
export { type FollowerOptions, ScriptedFollower, scriptFollowers } from './scripted-follower.ts';
export { type ServiceOptions, service, variedCompaction } from './service-client.ts';
export * from './trace.ts';
export { type WorkloadOptions, workload } from './workload.ts';

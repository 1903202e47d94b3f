/**
 * The words in which tests are written, and how one test is played.
 *
 * @module
 */
export type { BudgetLimits } from '#checkers';
export { type AdversaryOptions, adversary, type Work } from './adversary.ts';
export { playCanary } from './canary.ts';
export { Client, type Outcome, type Submission } from './client.ts';
export { Cluster, type ClusterOptions, type Patience, round, serverIds } from './cluster.ts';
export type { TestContext } from './context.ts';
export type { LabDefinition, TestDefinition, TestKind } from './definition.ts';
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
export type { Failure, FailureKind, RunOutcome, RunResult, SourceLocation, StoryLine } from './result.ts';
export { type Platform, type RunRequest, runTest } from './run-test.ts';
export { type AutoAnswer, type Incoming, type Outgoing, ScriptedCluster } from './scripted.ts';
export { type FollowerOptions, ScriptedFollower, scriptFollowers } from './scripted-follower.ts';
export { type WorkloadOptions, workload } from './workload.ts';

import type { Failure, FailureKind, SearchEnd, SourceLocation, TestKind } from '#scenario';
import type { LabProgress } from './progress.ts';

/**
 * A test's verdict. `not-started`: the code still throws `NotImplemented`. `not-run`: an earlier failure or an interrupt came
 * first. `unknown`: no verdict within the budget of time or memory. `kit-error`: the kit is at fault, never the submission.
 */
export type TestStatus = 'passed' | 'failed' | 'not-started' | 'not-run' | 'unknown' | 'kit-error';

/** What is known of a test before it runs. */
export interface TestPlan {
  /** Lab and slug: `lab1/initial-election`. */
  readonly id: string;
  readonly title: string;
  readonly kind: TestKind;
  readonly points: number;
  readonly paper: string;
  /** Schedules that it will run. */
  readonly runs: number;
  readonly hidden: boolean;
}

/** What is known of a lab before it runs. */
export interface LabPlan {
  readonly id: string;
  readonly title: string;
  readonly points: number;
  readonly paper: string;
  readonly tests: readonly TestPlan[];
}

/** A failure with what its test adds: the seed, and the command that replays it. */
export interface TestFailure extends Failure {
  readonly seed: number;
  /** The command to type, for example `npm run replay lab1/initial-election seed=17`. */
  readonly replay: string;
  /** Present when it was asked for, and there was something to take away. */
  readonly smallest?: SmallestFailure;
}

/** The same rule broken in a smaller run: without what did not matter in the run that was graded. */
export interface SmallestFailure {
  readonly failure: Failure;
  /** Runs that were tried for it. */
  readonly trials: number;
  /** Whether nothing more could be taken away (`done`), or what was used up. */
  readonly end: SearchEnd;
  /** Of its case: inside the kit relative to that. Absent when it could not be written. */
  readonly file?: string;
  /** The command to type, for example `npm run replay case=.raftlab/cases/lab1-swarm-seed3.json`. Absent without its file. */
  readonly replay?: string;
}

/** All seeds of a test, when each was played whatever became of those before it. */
export interface SeedTally {
  readonly passed: number;
  /** In order. */
  readonly failed: readonly { readonly seed: number; readonly rule: string }[];
}

/** A test that has a verdict. */
export interface TestResult extends TestPlan {
  readonly earned: number;
  readonly status: TestStatus;
  /** Schedules that ran, the failing one included. */
  readonly runsDone: number;
  /** Events handled in them. */
  readonly events: number;
  /** Virtual time that passed in them, in milliseconds. */
  readonly virtualMs: number;
  /** Real time, in milliseconds, of all workers. The only figure here that differs between two gradings. */
  readonly wallMs: number;
  /** Covers every event of every run. */
  readonly hash: string;
  /** Of the first seed that failed. Present when the status is `failed`. */
  readonly failure?: TestFailure;
  /** Present when every seed was asked for, and played. */
  readonly tally?: SeedTally;
  /** One sentence for `not-started`, `unknown` and `kit-error`. */
  readonly note?: string;
  /** How often the runs reached the situations that the test is there for. */
  readonly reached: Readonly<Record<string, number>>;
  /** What the submission wrote to `console` in these runs, capped. */
  readonly console: readonly string[];
}

/** A lab whose tests all have a verdict. */
export interface LabResult {
  readonly id: string;
  readonly title: string;
  readonly points: number;
  readonly earned: number;
  readonly tests: readonly TestResult[];
  /** How far the implementation has come in this lab, this grading included. Absent when nothing is kept between gradings. */
  readonly progress?: LabProgress;
}

/** A whole grading. */
export interface Grading {
  /** The kit's version, and its commit when it stands in a git checkout. */
  readonly kit: { readonly version: string; readonly commit: string | null };
  /** Version of Node. */
  readonly node: string;
  /** What was asked for as `impl`, for example `skeleton`. */
  readonly impl: string;
  readonly submission: { readonly sha256: string };
  /** Folders that the tests came from. */
  readonly suites: readonly string[];
  readonly seed: number;
  readonly labs: readonly LabResult[];
  readonly earned: number;
  readonly points: number;
  /** The submission does not type-check, in one line; graded all the same. Absent when it does, or when it was not checked. */
  readonly typeErrors?: string;
  /** Ended by the user: what has a verdict is kept. */
  readonly interrupted?: boolean;
  /** One sentence, when what was known of earlier gradings cannot be read. */
  readonly progressProblem?: string;
}

/** What a runner tells while it works. Plain data; every consumer draws from these alone. */
export type RunnerEvent =
  | { readonly type: 'planned'; readonly impl: string; readonly seed: number; readonly labs: readonly LabPlan[] }
  | { readonly type: 'test-started'; readonly id: string }
  | { readonly type: 'test-progressed'; readonly id: string; readonly runsDone: number; readonly runs: number }
  /** A test has failed, and so many runs were tried for a smaller failure. */
  | { readonly type: 'test-minimising'; readonly id: string; readonly trials: number }
  | { readonly type: 'test-finished'; readonly result: TestResult }
  | { readonly type: 'type-checked'; readonly typeErrors: string | undefined }
  | { readonly type: 'finished'; readonly grading: Grading };

export type { Failure, FailureKind, LabProgress, SourceLocation };

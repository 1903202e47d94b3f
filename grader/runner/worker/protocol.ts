import type { Decisions, Minimised, RunResult, Trace } from '#scenario';
import type { Progress } from '../progress-board.ts';
import type { LabPlan } from '../report.ts';
import type { Bundle } from '../submission/bundle.ts';

/** What a thread gets with each task. */
export interface ThreadTask {
  /** Marks the task in the progress board. */
  readonly ticket: number;
  readonly submission: Bundle;
}

/** `broken-suite` and `broken-submission` come with one sentence. */
export type PrepareAnswer =
  | { readonly type: 'ready'; readonly labs: readonly LabPlan[] }
  | { readonly type: 'broken-suite' | 'broken-submission'; readonly message: string };

/** Some schedules of one test. */
export interface RunTask {
  readonly lab: string;
  readonly slug: string;
  /** The first seed; the others follow it. */
  readonly seed: number;
  readonly runs: number;
  /** Also run the first seed twice when it passes: both runs must be the same. */
  readonly checkTwice: boolean;
  /** Also run the seeds behind one that fails. */
  readonly allSeeds: boolean;
  /** Decided in place of chance, in every run. */
  readonly decisions?: Decisions;
  /** Also write down everything that can be looked at, with this version of the kit. Needs `checkTwice`. */
  readonly traceFor?: string;
  /** See `RunRequest.tellAll`. */
  readonly tellAll?: boolean;
}

/** A failing run to make smaller. */
export type MinimiseTask = Pick<RunTask, 'lab' | 'slug' | 'seed'>;

export interface MinimiseAnswer {
  /** Absent when the failure did not come back. */
  readonly smallest?: Minimised;
}

/** One run, and what the submission wrote to `console` in it, capped. */
export interface RunReport extends RunResult {
  readonly console: readonly string[];
  /** Present when it was asked for, unless the code is not there yet. */
  readonly trace?: Trace;
}

/** All runs up to the first that did not pass; with `allSeeds`, up to the first that neither passed nor failed. */
export interface RunAnswer {
  readonly runs: readonly RunReport[];
}

/** What a thread can be asked to do: the exports of a worker bundle. */
export interface WorkerModule {
  /** Loads the labs and the submission. */
  prepare(task: ThreadTask): Promise<PrepareAnswer>;
  run(task: ThreadTask & RunTask): Promise<RunAnswer>;
  minimise(task: ThreadTask & MinimiseTask): Promise<MinimiseAnswer>;
}

/** The exit code of a thread that the submission has changed beyond repair. Its next task goes to another. */
export const EXIT_SPOILED = 77;

/** Backstops. The step counter ends nearly everything before these do, and at the same step on every machine. */
export interface WorkerLimits {
  /** Real time for one run. Default 60 s. */
  readonly wallMs: number;
  /** Heap of one thread. Default 512 MB. */
  readonly heapMb: number;
}

/** The first message to a host: what its threads are to run. */
export interface HostSetup {
  readonly type: 'setup';
  /** The worker bundle. */
  readonly file: string;
  readonly jobs: number;
  readonly limits: WorkerLimits;
}

/** From here on, a host's threads run this code. No call is under way. */
export interface HostLoad {
  readonly type: 'load';
  readonly submission: Bundle;
}

/** Nobody wants the rest of the calls that are under way. */
export interface HostCancel {
  readonly type: 'cancel';
}

/** Asks a host to call one of a thread's functions. */
export interface HostCall {
  readonly type: 'call';
  readonly id: number;
  readonly name: keyof WorkerModule;
  readonly task: Partial<RunTask>;
}

/** How a call ended. `stuck`: the thread had to be ended, or it died. */
export type CallEnd<Answer> =
  | { readonly type: 'answered'; readonly answer: Answer }
  | { readonly type: 'threw'; readonly message: string; readonly stack: string }
  | { readonly type: 'stuck'; readonly why: 'time' | 'memory'; readonly progress: Progress | undefined };

/** What a host tells: that a call ended, or, from time to time, how far a call has come. */
export type HostMessage =
  | { readonly type: 'ended'; readonly id: number; readonly end: CallEnd<unknown> }
  | { readonly type: 'progress'; readonly id: number; readonly progress: Progress };

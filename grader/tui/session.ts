import type { Hint, RunnerEvent, TestResult } from '#runner';

/**
 * What the UI hears: the runner's events, and some of the command line's own. `stopped`: no grading came of what was asked for,
 * for example because the submission does not load; the message says why, with `\n` between lines. It ends a run just as
 * `finished` does.
 */
export type TuiEvent =
  | RunnerEvent
  | { readonly type: 'stopped'; readonly message: string }
  /** The first verdict, or `stopped`, has come so long after the code was saved. */
  | { readonly type: 'answered'; readonly afterMs: number }
  /** Answers the action of this name; without a hint, the test has none. */
  | { readonly type: 'hinted'; readonly test: string; readonly hint: Hint | undefined }
  /** Answers the action `view`: how far it is, in a few words. */
  | { readonly type: 'viewed'; readonly test: string; readonly text: string };

/**
 * What a key asks for. Each returns at once; its effect shows in the events that follow, beginning with `planned` (or
 * `stopped`). Only `hint` and `interrupt` are called while a run is on.
 */
export interface TuiActions {
  /** The tests of the last run again, with the code as it is on disk now. */
  rerun(): void;
  /** This test alone. `planned` then names it alone, and the list keeps the other tests, marked as earlier verdicts. */
  runOnly(id: string): void;
  /** The tests of the last run again, each with `factor` times its schedules. */
  moreRuns(factor: number): void;
  /** Every test of the labs that the command named. */
  all(): void;
  /** The next hint for a test. `hinted` brings it; no run begins. */
  hint(id: string): void;
  /** Draws a test's smallest failure, and shows the drawing if there is a desktop. `viewed` tells of it; no run begins. */
  view(failed: TestResult): void;
  /** Ends the run that is on. The UI has closed or is about to: nothing more is drawn. */
  interrupt(): void;
}

/** What the command line hands to the UI. The command line drives gradings; the UI shows them. */
export interface TuiSession {
  /**
   * Hears events. Ink takes a while to load and a run starts meanwhile, so the listener must first get all events since the
   * last `planned`, that one included, and then each new one. The returned function ends it.
   */
  subscribe(listener: (event: TuiEvent) => void): () => void;
  readonly actions: TuiActions;
  /** Draw with ASCII characters alone. */
  readonly ascii: boolean;
  /** The folder whose changes start runs. With it, the UI stays open without a keyboard too. */
  readonly watching?: string;
}

/** How the UI ended. */
export interface TuiExit {
  /**
   * The user left with Ctrl-C, or while a run was on, so `interrupt` was called: exit code 130. Otherwise the exit code is the
   * last grading's.
   */
  readonly interrupted: boolean;
}

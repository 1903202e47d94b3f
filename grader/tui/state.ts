import type { Hint, LabProgress, TestPlan, TestResult } from '#runner';

/** `loading`: no run has begun. `done`: the last run has ended, with verdicts or with a message. */
export type Phase = 'loading' | 'running' | 'done';

/** A lab in the list. */
export interface LabItem {
  readonly id: string;
  readonly title: string;
}

/** A test in the list. */
export interface TestItem {
  readonly plan: TestPlan;
  readonly labId: string;
  readonly progress: 'waiting' | 'running' | 'done';
  /** Schedules that ran so far. */
  readonly runsDone: number;
  /** It has failed, and so many runs were tried for a smaller failure. */
  readonly trials?: number;
  /** Present when `progress` is `done`. */
  readonly result?: TestResult;
  /** The verdict is of an earlier run, perhaps of other code. */
  readonly earlier: boolean;
  /** The last verdict before the present run. */
  readonly before?: TestResult;
}

/** All that the screen shows, apart from the size of the window. */
export interface TuiState {
  readonly phase: Phase;
  readonly impl: string;
  readonly labs: readonly LabItem[];
  readonly tests: readonly TestItem[];
  /** The test that the user chose; the screen falls back on the first that failed. */
  readonly selectedId?: string;
  readonly typeErrors?: string;
  /** Why no grading came of the last run. */
  readonly message?: string;
  readonly interrupted: boolean;
  /** The user has asked to leave, with q or with Ctrl-C: one last frame, without keys. */
  readonly leaving?: 'quit' | 'interrupt';
  /** How far the implementation has come, by lab. */
  readonly best: readonly LabProgress[];
  /** What is wrong with the memory of earlier gradings. */
  readonly note?: string;
  /** From the last save to the first verdict. */
  readonly answeredMs?: number;
  /** The hint that was asked for last; it is shown while its test is. */
  readonly hint?: { readonly test: string; readonly hint: Hint | undefined };
  /** What became of the wish to see a failure drawn; it is shown while its test is. */
  readonly view?: { readonly test: string; readonly text: string };
}

export const INITIAL_STATE: TuiState = {
  phase: 'loading',
  impl: '',
  labs: [],
  tests: [],
  interrupted: false,
  best: [],
};

/** Verdicts so far, earlier ones included. */
export function resultsOf(state: TuiState): TestResult[] {
  return state.tests.flatMap(({ result }) => result ?? []);
}

/** Needs a look, with the most telling first: what failed visibly, then what has no verdict for another reason. */
function worst(results: readonly TestResult[]): TestResult | undefined {
  return (
    results.find(({ status, hidden }) => status === 'failed' && !hidden) ??
    results.find(({ status }) => status === 'kit-error' || status === 'unknown')
  );
}

/** The test that the screen explains: the chosen one, or after a run the first that needs a look. */
export function shownTestId(state: TuiState): string | undefined {
  if (state.selectedId !== undefined) return state.selectedId;
  return state.phase === 'done' && state.message === undefined ? worst(resultsOf(state))?.id : undefined;
}

/** The test that the screen explains, when it has a failure that can be drawn. */
export function drawableTest(state: TuiState): TestResult | undefined {
  const id = shownTestId(state);
  const result = resultsOf(state).find((each) => each.id === id);
  return result?.status === 'failed' && !result.hidden ? result : undefined;
}

import type { TestResult } from '#runner';
import { drawableTest, shownTestId, type TuiState } from './state.ts';

/** How many times more schedules one press of s asks for. */
export const MORE_RUNS_FACTOR = 10;

/** What a key means in the present state. */
export type Intent =
  | { readonly type: 'move'; readonly by: number }
  | { readonly type: 'pick'; readonly position: number }
  | { readonly type: 'rerun' | 'all' | 'more-runs' }
  | { readonly type: 'leave'; readonly interrupted: boolean }
  | { readonly type: 'run-only' | 'hint'; readonly id: string }
  | { readonly type: 'view'; readonly failed: TestResult };

/** The part of a key press that matters here. */
export interface KeyPress {
  /** What was typed; empty for the named keys. */
  readonly input: string;
  readonly upArrow?: boolean;
  readonly downArrow?: boolean;
  readonly return?: boolean;
  readonly ctrl?: boolean;
}

/** Undefined when the key means nothing now: while a run is on, one can only look around, read hints and leave. */
export function intentOf(key: KeyPress, state: TuiState): Intent | undefined {
  if (state.leaving !== undefined) return undefined;
  if (key.input === (key.ctrl ? 'c' : 'q')) return { type: 'leave', interrupted: key.ctrl === true };
  if (key.upArrow) return { type: 'move', by: -1 };
  if (key.downArrow) return { type: 'move', by: 1 };
  if (/^[1-9]$/.test(key.input)) return { type: 'pick', position: Number(key.input) - 1 };
  if (key.ctrl) return undefined;
  const id = shownTestId(state);
  if (key.input === 'h' && id !== undefined) return { type: 'hint', id };
  if (state.phase !== 'done') return undefined;
  if (key.return) return id === undefined ? undefined : { type: 'run-only', id };
  if (key.input === 'v') return viewIntent(state);
  if (key.input === 'r') return { type: 'rerun' };
  if (key.input === 'a') return { type: 'all' };
  if (key.input === 's') return { type: 'more-runs' };
  return undefined;
}

function viewIntent(state: TuiState): Intent | undefined {
  const failed = drawableTest(state);
  return failed && { type: 'view', failed };
}

const DONE_KEYS = [
  'r rerun · a all · ↑↓ or 1-9 select · enter run one · v view · h hint · s more seeds · q quit',
  'r rerun · a all · ↑↓ 1-9 select · enter run one · v view · h hint · s seeds · q quit',
  'r rerun · a all · ↑↓ select · enter one · v view · h hint · s seeds · q quit',
  'r rerun · ↑↓ select · enter one · v view · h hint · q quit',
  'r rerun · v view · h hint · s seeds · q quit',
  'r rerun · v view · h hint · q quit',
  'r rerun · q quit',
  'q quit',
];
const RUNNING_KEYS = ['↑↓ or 1-9 select · q stop and quit', 'q stop and quit', 'q quit'];

/** The lines that may name the keys, longest first; the screen shows the first that fits. */
export function keyTexts(state: TuiState): readonly string[] {
  if (state.phase !== 'done') return RUNNING_KEYS;
  const idle = [
    ...(drawableTest(state) === undefined ? ['v'] : []),
    ...(shownTestId(state) === undefined ? ['enter', 'h'] : []),
  ];
  return DONE_KEYS.map((text) =>
    text
      .split(' · ')
      .filter((part) => !idle.includes(part.split(' ', 1)[0]!))
      .join(' · '),
  );
}

import { reduce, type TuiChange } from './reducer.ts';
import { INITIAL_STATE, type TuiState } from './state.ts';

/**
 * The state, outside React: a key must be judged by the state as it is now, not as it was when the last frame was drawn, or a
 * key pressed twice would ask for two runs.
 */
export interface Store {
  readonly getState: () => TuiState;
  readonly dispatch: (change: TuiChange) => void;
  /** Calls back after each change. The returned function ends it. */
  readonly subscribe: (listener: () => void) => () => void;
}

export function createStore(): Store {
  let state = INITIAL_STATE;
  const listeners = new Set<() => void>();
  return {
    getState: () => state,
    dispatch: (change) => {
      state = reduce(state, change);
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

import { useEffect, useState, useSyncExternalStore } from 'react';
import type { TuiEvent, TuiSession } from './session.ts';
import type { TuiState } from './state.ts';
import { createStore, type Store } from './store.ts';

/** Progress comes in hundreds of events a second, far more than an eye can follow or a terminal should be sent. */
const RENDER_INTERVAL_MS = 100;

/** The state that the session's events and keys lead to. Events are gathered and applied ten times a second. */
export function useSession(session: TuiSession): readonly [TuiState, Store] {
  const [store] = useState(createStore);
  useEffect(() => {
    let gathered: TuiEvent[] = [];
    let timer: NodeJS.Timeout | undefined;
    const flush = () => {
      timer = undefined;
      const events = gathered;
      gathered = [];
      store.dispatch({ type: 'events', events });
    };
    const unsubscribe = session.subscribe((event) => {
      gathered.push(event);
      timer ??= setTimeout(flush, RENDER_INTERVAL_MS);
    });
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  }, [session, store]);
  return [useSyncExternalStore(store.subscribe, store.getState), store];
}

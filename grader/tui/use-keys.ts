import { useInput, useStdin } from 'ink';
import { type Intent, intentOf, MORE_RUNS_FACTOR } from './keys.ts';
import type { TuiChange } from './reducer.ts';
import type { TuiActions, TuiSession } from './session.ts';
import type { Store } from './store.ts';

/** How a key changes the screen at once. A run that it asks for begins a little later; a hint comes when it has been read. */
function changeOf(intent: Intent): TuiChange | undefined {
  switch (intent.type) {
    case 'move':
      return { type: 'moved', by: intent.by };
    case 'pick':
      return { type: 'picked', position: intent.position };
    case 'leave':
      return { type: 'left', interrupted: intent.interrupted };
    case 'hint':
    case 'view':
      return undefined;
    default:
      return { type: 'requested', keepSelection: intent.type === 'run-only' };
  }
}

function ask(intent: Intent, actions: TuiActions): void {
  if (intent.type === 'rerun') actions.rerun();
  else if (intent.type === 'all') actions.all();
  else if (intent.type === 'more-runs') actions.moreRuns(MORE_RUNS_FACTOR);
  else if (intent.type === 'run-only') actions.runOnly(intent.id);
  else if (intent.type === 'hint') actions.hint(intent.id);
  else if (intent.type === 'view') actions.view(intent.failed);
}

/** Acts on keys. Returns whether there is a keyboard: raw mode throws when stdin is no terminal, so it is not asked for then. */
export function useKeys(session: TuiSession, store: Store): boolean {
  const { stdin } = useStdin();
  // `isTTY` is undefined, not false, for a pipe; `useInput` takes undefined for yes.
  const hasKeyboard = stdin.isTTY === true;
  useInput(
    (input, key) => {
      const intent = intentOf({ ...key, input }, store.getState());
      if (!intent) return;
      const change = changeOf(intent);
      if (change) store.dispatch(change);
      ask(intent, session.actions);
    },
    { isActive: hasKeyboard },
  );
  return hasKeyboard;
}

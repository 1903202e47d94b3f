/**
 * The interactive screen. This is its only entry, and a light one: Ink is loaded when the screen starts. Ink ignores
 * `NO_COLOR`, so the command line sets `FORCE_COLOR=0` before it calls `startTui`.
 *
 * @module
 */
import type { TuiExit, TuiSession } from './session.ts';

export type { TuiActions, TuiEvent, TuiExit, TuiSession } from './session.ts';

/** Begins to load what the screen is drawn with, so that it is there when there is something to show. */
export function loadTui(): void {
  // What is wrong with it, startTui will say.
  import('./mount.tsx').catch(() => undefined);
}

/**
 * Shows the session on stdout until the user leaves with q or Ctrl-C. Without a keyboard (stdin is no terminal) it ends with
 * the first run, unless the session watches a folder. The last frame stays on the terminal; the cursor is restored.
 */
export async function startTui(session: TuiSession): Promise<TuiExit> {
  const { mount } = await import('./mount.tsx');
  return mount(session);
}

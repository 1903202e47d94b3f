import { render } from 'ink';
import { App } from './app.tsx';
import type { TuiExit, TuiSession } from './session.ts';

/** Draws the session on stdout until the user leaves. Ink shows the cursor again and ends raw mode. */
export async function mount(session: TuiSession): Promise<TuiExit> {
  let result: TuiExit = { interrupted: false };
  const onExit = (exit: TuiExit) => {
    result = exit;
  };
  // Ctrl-C is a key like any other here: it must end the run and set the exit code.
  const app = render(<App session={session} onExit={onExit} />, { exitOnCtrlC: false });
  await app.waitUntilExit();
  return result;
}

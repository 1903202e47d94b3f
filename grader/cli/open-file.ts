import { spawn } from 'node:child_process';
import { type Circumstances, isCi } from './mode.ts';

/** All that the choice of a program depends on. */
export type Desktop = Pick<Circumstances, 'platform' | 'environment' | 'isTerminal'>;

/** How to open a file the way a double click does. */
export interface Opener {
  readonly program: string;
  readonly words: readonly string[];
}

/**
 * @returns the desktop's own program for a file; `undefined` when nobody sits in front of it: no terminal, a build server, a
 * shell from afar
 */
export function chooseOpener(file: string, { platform, environment, isTerminal }: Desktop): Opener | undefined {
  const { DISPLAY = '', WAYLAND_DISPLAY = '', SSH_CONNECTION = '' } = environment;
  if (!isTerminal || isCi(environment)) return undefined;
  if (platform === 'win32') return { program: 'explorer.exe', words: [file] };
  if (platform === 'darwin') return SSH_CONNECTION === '' ? { program: 'open', words: [file] } : undefined;
  // Without a display, the program may take a browser that draws in the very terminal.
  return DISPLAY === '' && WAYLAND_DISPLAY === '' ? undefined : { program: 'xdg-open', words: [file] };
}

/** Opens a file on the desktop, if there is one. @returns whether a program was there to take it */
export function openFile(file: string, desktop: Desktop): Promise<boolean> {
  const opener = chooseOpener(file, desktop);
  if (opener === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const child = spawn(opener.program, opener.words, { detached: true, stdio: 'ignore' });
    child.on('error', () => resolve(false));
    child.on('spawn', () => resolve(true));
    child.unref();
  });
}

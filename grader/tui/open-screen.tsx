import { stripVTControlCharacters } from 'node:util';
import { Text } from 'ink';
import { render } from 'ink-testing-library';
import { expect, vi } from 'vitest';
import { App } from './app.tsx';
import type { TuiEvent, TuiExit, TuiSession } from './session.ts';

/** Opens the screen without a terminal, for tests. */

/** An open screen, and what it did. */
export interface Screen {
  readonly frame: () => string;
  readonly emit: (...events: readonly TuiEvent[]) => void;
  readonly press: (keys: string) => void;
  readonly session: TuiSession;
  readonly exits: readonly TuiExit[];
}

/** The screen in a window of that size, with a session whose actions only record calls. */
export function open(
  columns: number,
  rows: number,
  options: { ascii?: boolean; hasKeyboard?: boolean; watching?: string } = {},
): Screen {
  const listeners = new Set<(event: TuiEvent) => void>();
  const actions = {
    rerun: vi.fn(),
    runOnly: vi.fn(),
    moreRuns: vi.fn(),
    all: vi.fn(),
    hint: vi.fn(),
    view: vi.fn(),
    interrupt: vi.fn(),
  };
  const subscribe: TuiSession['subscribe'] = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const { ascii = false, watching } = options;
  const session: TuiSession = { subscribe, actions, ascii, ...(watching !== undefined && { watching }) };
  const exits: TuiExit[] = [];
  // The library's stdout always has 100 columns, and an Ink app must exist before they can be changed.
  const app = render(<Text> </Text>);
  Object.defineProperties(app.stdout, { columns: { value: columns }, rows: { value: rows } });
  // A pipe has no such property at all.
  if (options.hasKeyboard === false) Reflect.deleteProperty(app.stdin, 'isTTY');
  app.rerender(<App session={session} onExit={(exit) => exits.push(exit)} />);
  // Where it takes itself to be in CI, Ink ends with a bare line, which is no frame.
  const frame = () => stripVTControlCharacters(app.frames.findLast((text) => text.trim() !== '') ?? '');
  const emit = (...events: readonly TuiEvent[]) => {
    for (const event of events) for (const listener of listeners) listener(event);
  };
  return { frame, emit, press: (keys) => app.stdin.write(keys), session, exits };
}

/** Waits until the claim holds. A busy machine may take its time, so only the absence of any answer is a failure. */
export function eventually(claim: () => void): Promise<void> {
  return vi.waitFor(claim, { timeout: 20_000 });
}

/** The frame, once it shows the text. */
export async function settled(screen: Screen, text: string): Promise<string> {
  await eventually(() => expect(screen.frame()).toContain(text));
  return screen.frame();
}

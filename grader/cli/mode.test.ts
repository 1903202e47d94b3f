import { expect, test } from 'vitest';
import { type Circumstances, chooseManner } from './mode.ts';

/** A good terminal. */
const TERMINAL: Circumstances = {
  format: 'auto',
  plain: false,
  ascii: false,
  toFile: false,
  isTerminal: true,
  columns: 80,
  platform: 'linux',
  environment: { TERM: 'xterm-256color', LANG: 'en_US.UTF-8' },
};

/** Variables of a good terminal, and more. */
function variables(more: Record<string, string>): Partial<Circumstances> {
  return { environment: { ...TERMINAL.environment, ...more } };
}

test.for<[string, Partial<Circumstances>, string]>([
  ['a terminal', {}, 'tui color'],
  ['a terminal of unknown width', { columns: undefined } as never, 'tui color'],
  ['a narrow terminal', { columns: 39 }, 'plain color'],
  ['a terminal just wide enough', { columns: 40 }, 'tui color'],
  ['a pipe', { isTerminal: false }, 'plain color'],
  ['a file', { toFile: true }, 'plain color'],
  ['CI', variables({ CI: 'true' }), 'plain color'],
  ['CI=1', variables({ CI: '1' }), 'plain color'],
  ['CI=false', variables({ CI: 'false' }), 'tui color'],
  ['an empty CI', variables({ CI: '' }), 'plain color'],
  ['a dumb terminal', variables({ TERM: 'dumb' }), 'plain'],
  ['the flag plain', { plain: true }, 'plain color'],
  ['format=plain', { format: 'plain' }, 'plain color'],
  ['format=json', { format: 'json' }, 'json color'],
  ['format=json on a pipe', { format: 'json', isTerminal: false }, 'json color'],
  ['format=tui in CI', { format: 'tui', ...variables({ CI: 'true' }) }, 'tui color'],
  ['NO_COLOR', variables({ NO_COLOR: '1' }), 'tui'],
  ['an empty NO_COLOR', variables({ NO_COLOR: '' }), 'tui color'],
  ['the flag ascii', { ascii: true }, 'tui color ascii'],
  ['a locale without Unicode', variables({ LC_ALL: 'C' }), 'tui color ascii'],
  ['LC_ALL before LANG', variables({ LC_ALL: 'de_DE.utf8', LANG: 'C' }), 'tui color'],
  ['no locale', { environment: { TERM: 'xterm' } }, 'tui color'],
  ['no locale on the text console', { environment: { TERM: 'linux' } }, 'tui color ascii'],
  ['the old console of Windows', { platform: 'win32', environment: {} }, 'tui color ascii'],
  ['a new terminal of Windows', { platform: 'win32', environment: { WT_SESSION: 'x' } }, 'tui color'],
])('%s', ([, circumstances, expected]) => {
  const { mode, color, ascii } = chooseManner({ ...TERMINAL, ...circumstances });
  expect([mode, ...(color ? ['color'] : []), ...(ascii ? ['ascii'] : [])].join(' ')).toBe(expected);
});

test('a screen cannot be had without a terminal', () => {
  expect(() => chooseManner({ ...TERMINAL, format: 'tui', isTerminal: false })).toThrow(
    'format=tui needs a terminal to draw on: write format=plain',
  );
});

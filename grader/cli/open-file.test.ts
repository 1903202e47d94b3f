import { expect, test } from 'vitest';
import { chooseOpener, type Desktop, openFile } from './open-file.ts';

const LINUX: Desktop = { platform: 'linux', environment: { DISPLAY: ':0' }, isTerminal: true };

test.each<[what: string, desktop: Desktop, program: string | undefined]>([
  ['Linux with a display', LINUX, 'xdg-open'],
  ['Wayland', { ...LINUX, environment: { WAYLAND_DISPLAY: 'wayland-0' } }, 'xdg-open'],
  ['Linux without a display', { ...LINUX, environment: {} }, undefined],
  ['a Mac', { ...LINUX, platform: 'darwin', environment: {} }, 'open'],
  ['a Mac from afar', { ...LINUX, platform: 'darwin', environment: { SSH_CONNECTION: '10.0.0.1' } }, undefined],
  ['Windows', { ...LINUX, platform: 'win32', environment: {} }, 'explorer.exe'],
  ['a pipe', { ...LINUX, isTerminal: false }, undefined],
  ['a build server', { ...LINUX, environment: { DISPLAY: ':0', CI: 'true' } }, undefined],
])('%s', (_, desktop, program) => {
  expect(chooseOpener('/tmp/a b.html', desktop)?.program).toBe(program);
});

test('a desktop without the program is no error', async () => {
  const { PATH } = process.env;
  process.env.PATH = '';
  try {
    expect(await openFile('/tmp/none.html', LINUX)).toBe(false);
  } finally {
    process.env.PATH = PATH;
  }
});

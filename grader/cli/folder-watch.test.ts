import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type FolderWatch, watchFolder } from './folder-watch.ts';

let folder: string;
let watching: FolderWatch;
let settled: (readonly string[])[];
const stirred = vi.fn();

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'raftlab-'));
  await write('raft.ts', '1');
  await write('inner/log.ts', '1');
  settled = [];
  stirred.mockClear();
  watching = await watchFolder(folder, { onStir: stirred, onSettled: (names) => settled.push(names) });
});

afterEach(async () => {
  watching.close();
  await rm(folder, { recursive: true, force: true });
});

async function write(name: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
  await writeFile(path.join(folder, name), text);
}

/** As many editors save: a draft takes the place of the file. */
async function replace(name: string, text: string): Promise<void> {
  await write(`${name}.tmp`, text);
  await rename(path.join(folder, `${name}.tmp`), path.join(folder, name));
}

/** Does it, and waits until it has been told. */
async function told(change: () => Promise<void>): Promise<readonly string[]> {
  const before = settled.length;
  await change();
  await vi.waitFor(() => expect(settled.length).toBeGreaterThan(before), { timeout: 5_000 });
  return settled.flat();
}

test('a file that is saved again and again, in whatever manner', async () => {
  for (const save of [replace, write, replace, replace, write]) {
    settled = [];
    expect(await told(() => save('raft.ts', 'x'))).toContain('raft.ts');
  }
});

test('several strokes are one change', async () => {
  const names = await told(async () => {
    await write('raft.ts', 'x');
    await write('inner/log.ts', 'x');
  });
  expect(names).toEqual([path.join('inner', 'log.ts'), 'raft.ts']);
  expect(stirred).toHaveBeenCalledOnce();
});

test('a folder that comes, and a file in it that changes', async () => {
  await told(() => write('more/new.ts', '1'));
  settled = [];
  expect(await told(() => write('more/new.ts', '2'))).toEqual([path.join('more', 'new.ts')]);
});

test('drafts and backups of editors are nothing', async () => {
  for (const name of ['.raft.ts.swp', 'raft.ts~', '4913', '#raft.ts#']) await write(name, 'x');
  expect(await told(() => write('raft.ts', 'x'))).toEqual(['raft.ts']);
});

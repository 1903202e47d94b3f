import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KIT_ROOT } from '#runner';
import { startCommand } from './spawn-command.ts';

/** The failures that students are taught to read are what the program prints. */

const TEXT = await readFile(path.join(KIT_ROOT, 'docs/students/reading-a-failure.md'), 'utf8');
const SHOWN = [...TEXT.matchAll(/^```text\n\$ npm run (.*)\n([\s\S]*?)^```$/gm)].map(([, words, output]) => ({
  words: words!,
  output: output!,
}));

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'raftlab-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('there are three', () => expect(SHOWN).toHaveLength(3));

test.for(SHOWN)('npm run $words', async ({ words, output }) => {
  const memory = path.join(folder, '.raftlab');
  // What an earlier grading left would be told, too.
  await rm(memory, { recursive: true, force: true });
  const { stdout } = await startCommand(folder, words.split(' ')).ended;
  // Only how fast the machine is decides whether a search is told of while it is on.
  expect(stdout.replaceAll(memory, '.raftlab').replace(/^minimising .*\n/gm, '')).toBe(output);
});

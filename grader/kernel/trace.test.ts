import { spawn } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { playStory } from './toy-story.ts';
import { TraceHash } from './trace-hash.ts';

test('the same seed takes the same steps twice in a process', async () => {
  const [first, second]: [string[], string[]] = [[], []];
  expect(await playStory(7, first)).toBe(await playStory(7, second));
  expect(first.length).toBeGreaterThan(300);
  expect(second).toEqual(first);
});

test('two worlds at once do not disturb each other', async () => {
  const alone = [await playStory(7), await playStory(8)];
  expect(await Promise.all([playStory(7), playStory(8)])).toEqual(alone);
});

test('another seed takes other steps', async () => {
  const hashes = await Promise.all([1, 2, 3, 4, 5].map((seed) => playStory(seed)));
  expect(new Set(hashes).size).toBe(5);
});

// Another process takes its time to start on a busy machine.
test('the same seed takes the same steps in another process', { timeout: 30_000 }, async () => {
  expect(await playElsewhere(7)).toBe(await playStory(7));
});

test('the same seed takes the same steps on a busy machine', async () => {
  const calm = await playStory(7);
  const workers = [1, 2].map(() => new Worker('for (;;);', { eval: true }));
  try {
    await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('online', resolve))));
    expect(await playStory(7)).toBe(calm);
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
});

test('the hash tells apart order, length and size', () => {
  const digest = (feed: (hash: TraceHash) => void): string => {
    const hash = new TraceHash();
    feed(hash);
    return hash.digest();
  };
  const digests = [
    digest((hash) => hash.text('ab')),
    digest((hash) => hash.text('ba')),
    digest((hash) => [hash.text('a'), hash.text('b')]),
    digest((hash) => hash.text('')),
    digest(() => {}),
    digest((hash) => hash.number(5)),
    digest((hash) => hash.number(5 + 2 ** 33)),
    digest((hash) => hash.number(-5)),
  ];
  expect(new Set(digests).size).toBe(digests.length);
  for (const each of digests) expect(each).toMatch(/^[0-9a-f]{16}$/);
});

function playElsewhere(seed: number): Promise<string> {
  const url = new URL('toy-story.ts', import.meta.url).href;
  const script = `const { playStory } = await import(${JSON.stringify(url)}); console.log(await playStory(${seed}));`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script]);
  return new Promise((resolve, reject) => {
    let output = '';
    let errors = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    child.stderr.on('data', (data) => {
      errors += data;
    });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(output.trim()) : reject(new Error(errors))));
  });
}

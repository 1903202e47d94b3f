import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LAB1_PLAN, PERFECT_GRADING } from '../report/sample-gradings.ts';
import { type ProgressNotes, recallProgress, recordProgress } from './progress.ts';
import type { TestResult, TestStatus } from './report.ts';

let memory: string;

beforeEach(async () => {
  memory = await mkdtemp(path.join(tmpdir(), 'raftlab-'));
});

afterEach(() => rm(memory, { recursive: true, force: true }));

const GRADED = { impl: 'skeleton', folder: '/somewhere/skeleton', sha256: 'ab12', seed: 1 };
const ALL = PERFECT_GRADING.labs[0]!.tests;

/** The lab's results, with these tests ended otherwise. */
function ended(statuses: Readonly<Record<string, TestStatus>>): TestResult[] {
  return ALL.map((test) => {
    const status = statuses[test.id] ?? 'passed';
    return { ...test, status, earned: status === 'passed' ? test.points : 0 };
  });
}

function record(results: readonly TestResult[], graded: Partial<typeof GRADED> = {}): Promise<ProgressNotes> {
  return recordProgress(memory, { ...GRADED, ...graded }, [LAB1_PLAN], results);
}

async function best(): Promise<unknown> {
  return (await recallProgress(memory, GRADED))[0]?.best;
}

test('the best score stays, with the code that had it first', async () => {
  await record(ended({ 'lab1/one-leader': 'failed' }));
  expect(await best()).toEqual({ earned: 22, points: 30, sha256: 'ab12', seed: 1 });
  await record(ended({ 'lab1/return': 'failed', 'lab1/slow': 'failed' }), { sha256: 'cd34' });
  expect(await best()).toMatchObject({ earned: 22, sha256: 'ab12' });
  await record(ended({}), { sha256: 'ef56', seed: 9 });
  expect(await best()).toEqual({ earned: 30, points: 30, sha256: 'ef56', seed: 9 });
});

test.for([
  ['some of the tests', () => ALL.slice(0, 2)],
  ['fewer schedules', () => ALL.map((test) => ({ ...test, runs: 1 }))],
] as const)('%s make no best score, but their verdicts are known', async ([, results]) => {
  await record(results());
  expect(await best()).toBeUndefined();
  expect((await recallProgress(memory, GRADED))[0]!.tests).toMatchObject({ 'lab1/one-leader': 'passed' });
});

test('the latest verdict of each test stays, in the order of the lab', async () => {
  await record(ended({ 'lab1/return': 'failed', 'lab1/slow': 'not-run' }));
  await record(ended({ 'lab1/return': 'not-run', 'lab1/one-leader': 'failed' }).slice(1));
  expect((await recallProgress(memory, GRADED))[0]!.tests).toEqual({
    'lab1/initial-election': 'passed',
    'lab1/one-leader': 'failed',
    'lab1/return': 'failed',
    'lab1/secret': 'passed',
    'lab1/slow': 'passed',
  });
});

test('each implementation has its own; a folder is the same from wherever it is named', async () => {
  await record(ended({}), { impl: '.', folder: '/home/a/raft' });
  expect(await best()).toBeUndefined();
  expect(await recallProgress(memory, { impl: '../raft', folder: '/home/a/raft' })).toHaveLength(1);
});

test.for([
  '{',
  '{"version":1}',
  '{"version":1,"labs":[{}]}',
  '[]',
  'null',
])('what cannot be read is told and replaced: %s', async (text) => {
  const file = path.join(memory, 'progress.json');
  await writeFile(file, text);
  const notes = await record(ended({}));
  expect(notes.problem).toBe(`${file} cannot be read, so your best score starts anew`);
  expect(notes.labs).toMatchObject([{ best: { earned: 30 } }]);
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ version: 1 });
  expect((await record(ended({}))).problem).toBeUndefined();
});

test('a folder that cannot be written costs nothing else', async () => {
  await writeFile(path.join(memory, 'file'), '');
  memory = path.join(memory, 'file');
  expect((await record(ended({}))).labs).toMatchObject([{ best: { earned: 30 } }]);
});

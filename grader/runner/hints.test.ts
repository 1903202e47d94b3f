import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFixture, type Fixture, labText } from './fixture.ts';
import { findTestInNeed, type HintRequest, revealHints } from './hints.ts';
import { rememberGrading } from './memory.ts';

const FILE = '## 1\n\nWhere to look.\n\n## 2\n\nWhat to ask.\n\n```\n## 2 in code\n```\n\n## 3\n\nNearly the answer.\n';

let fixture: Fixture;
let memory: string;

beforeEach(async () => {
  fixture = await createFixture({
    'labs/lab1/lab.ts': labText(1),
    'labs/lab1/hints/first.md': FILE,
    'labs/lab1/hints/second.md': FILE,
    'labs/lab2/lab.ts': labText(1, 'lab2'),
  });
  memory = `${fixture.root}/.raftlab`;
});

afterEach(() => fixture.remove());

async function numbers(which: HintRequest['which'], test = 'lab1/first'): Promise<number[]> {
  return (await revealHints({ root: fixture.root, memory, test, which })).map(({ number }) => number);
}

test('a ladder is climbed step by step, and its last step stays', async () => {
  expect([await numbers('next'), await numbers('next'), await numbers('again')]).toEqual([[1], [2], [2]]);
  expect([await numbers('next'), await numbers('next'), await numbers('again')]).toEqual([[3], [3], [3]]);
  expect(await numbers('next', 'lab1/second')).toEqual([1]);
});

test('the whole ladder at once, and before the first step, again is the first', async () => {
  expect(await numbers('again')).toEqual([1]);
  expect([await numbers('next'), await numbers('all'), await numbers('again')]).toEqual([[2], [1, 2, 3], [3]]);
});

test('a hint has its text and its place', async () => {
  expect(await revealHints({ root: fixture.root, memory, test: 'lab1/first', which: 'next' })).toEqual([
    { test: 'lab1/first', number: 1, total: 3, text: 'Where to look.' },
  ]);
});

test('a memory that cannot be read begins anew', async () => {
  await fixture.write({ '.raftlab/hints.json': '{"version":1,"shown":' });
  expect(await numbers('next')).toEqual([1]);
});

test('no hints are no error; a lab that is not there is', async () => {
  expect(await numbers('next', 'lab1/third')).toEqual([]);
  expect(await numbers('next', 'lab2/first')).toEqual([]);
  await expect(numbers('next', 'lab9/first')).rejects.toThrow('there is no lab "lab9": there are lab1, lab2');
});

test('the test in need is the first that failed, or else the first that waits for code', async () => {
  const find = (lab?: string) => findTestInNeed(fixture.root, memory, lab);
  expect(await find('lab1')).toBeUndefined();
  const tests = { 'lab1/first': 'passed', 'lab1/second': 'not-started' };
  const progress = { version: 1, labs: [{ lab: 'lab1', impl: 'skeleton', tests }] };
  await fixture.write({ '.raftlab/progress.json': JSON.stringify(progress) });
  expect(await find('lab1')).toBe('lab1/second');
  const failure = { seed: 1, rule: 'x', step: 1, hash: '', sha256: '' };
  const failures = ['lab1/secret', 'lab1/first'].map((id) => ({ ...failure, id }));
  await rememberGrading(memory, { version: 2, impl: 'skeleton', failures });
  expect([await find('lab1'), await find(), await find('lab2')]).toEqual(['lab1/first', 'lab1/first', undefined]);
});

import { expect, test } from 'vitest';
import type { Grading } from '#runner';
import { allPassedLines, closingLines } from './closing.ts';
import { gradingOf, MIXED_GRADING, PERFECT_GRADING } from './sample-gradings.ts';

const [LAB1] = PERFECT_GRADING.labs;
const SCORE = { points: 30, sha256: 'ab12', seed: 1 };
const FULL = { ...SCORE, earned: 30 };
const KNOWN = {
  lab: 'lab1',
  impl: 'skeleton',
  best: { ...SCORE, earned: 24 },
  tests: { 'lab1/slow': 'failed' },
} as const;

function texts(lines: readonly { text: string }[]): string[] {
  return lines.map(({ text }) => text);
}

function closing(grading: Grading): string[] {
  return texts(closingLines(grading, 120, false));
}

test.for([
  ['no whole grading yet', { best: undefined }, 'npm run grade lab1'],
  ['points missing in the best', {}, 'npm run grade lab1'],
  ['full marks, and a failure since', { best: FULL }, 'npm run grade lab1'],
  ['full marks', { best: FULL, tests: {} }, 'the README.md of the lab after this, in labs/'],
] as const)('when all passed, the way on is the whole lab until that has had full marks: %s', ([, known, next]) => {
  const { best, ...rest } = { ...KNOWN, ...known };
  const progress = [best === undefined ? rest : { ...rest, best }];
  const lines = allPassedLines({ tests: LAB1!.tests, impl: 'skeleton', progress }, 'again', 120, false);
  expect(texts(lines).at(-1)).toBe(`next: ${next}`);
});

test.for([
  ['own code', {}, ''],
  ['other code', { impl: 'mutant:lab1/two-votes' }, ' impl=mutant:lab1/two-votes'],
  ['a folder with a space', { impl: 'my raft' }, ' "impl=my raft"'],
  ['own tests', { suites: ['labs/lab1/suites', 'my-suite'] }, ' suite=my-suite'],
] as const)('a command that is told grades what was graded: %s', ([, more, words]) => {
  expect(closing({ ...MIXED_GRADING, ...more })).toEqual([`next: npm run grade lab1${words} only=one-leader`]);
  expect(closing(gradingOf([LAB1!], more))).toContain(`try: npm run grade lab1${words} seed=2 runs=1000`);
});

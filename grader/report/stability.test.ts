import { expect, test } from 'vitest';
import type { SeedTally, TestResult } from '#runner';
import { PERFECT_GRADING } from './sample-gradings.ts';
import { stabilityLines, stabilityText, tallyLines } from './stability.ts';

const [FIRST, SECOND, THIRD, HIDDEN] = PERFECT_GRADING.labs[0]!.tests;

function tallied(test: TestResult, runs: number, failed: SeedTally['failed']): TestResult {
  return { ...test, tally: { passed: runs - failed.length, failed } };
}

const TESTS = [
  tallied(FIRST!, 1000, []),
  tallied(SECOND!, 1000, [
    ...[17, 44].map((seed) => ({ seed, rule: 'one-leader' })),
    ...Array.from({ length: 25 }, (_, i) => ({ seed: 100 + 13 * i, rule: 'ElectionSafety' })),
  ]),
  THIRD!,
  tallied(HIDDEN!, 1000, [{ seed: 3, rule: 'what no student may read' }]),
];

test('a table: share, passes of runs, failing seeds by rule', () => {
  expect(
    stabilityLines(TESTS, 60, false)
      .map(({ text }) => text)
      .join('\n'),
  ).toMatchInlineSnapshot(`
    "stability: the share of seeds that pass
      100.0%  1000/1000  lab1/initial-election
       97.3%   973/1000  lab1/one-leader
        ElectionSafety: seed 100 113 126 139 152 165 178 191 204
          217 230 243 and 13 more
        one-leader: seed 17 44
       99.9%   999/1000  lab1/secret"
  `);
});

test('one test', () => {
  expect(
    tallyLines(TESTS[1]!, 80, false)
      .map(({ text }) => text)
      .join('\n'),
  ).toMatchInlineSnapshot(`
    "stability: 97.3%, 973 of 1000 seeds pass
      ElectionSafety: seed 100 113 126 139 152 165 178 191 204 217 230 243 and 13
        more
      one-leader: seed 17 44"
  `);
});

test('nothing where not all seeds were played', () => {
  expect(stabilityLines([THIRD!], 80, false)).toEqual([]);
  expect(tallyLines(THIRD!, 80, false)).toEqual([]);
});

test.for([
  [1000, 0, '100.0%'],
  [9999, 1, '99.9%'],
  [1, 2, '33.3%'],
  [0, 5, '0.0%'],
] as const)('%i passed, %i failed: %s', ([passed, failed, text]) => {
  expect(stabilityText({ passed, failed: Array(failed).fill({ seed: 1, rule: 'x' }) })).toBe(text);
});

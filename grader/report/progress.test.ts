import { expect, test } from 'vitest';
import type { LabProgress } from '#runner';
import { totalLines } from './closing.ts';
import { leftLines } from './progress.ts';
import { EMPTY_GRADING, gradingOf, PERFECT_GRADING } from './sample-gradings.ts';

const PROGRESS: LabProgress = {
  lab: 'lab1',
  impl: 'skeleton',
  best: { earned: 24, points: 30, sha256: 'ab12', seed: 1 },
  tests: {
    'lab1/initial-election': 'passed',
    'lab1/one-leader': 'failed',
    'lab1/slow': 'unknown',
    'lab1/return': 'not-started',
  },
};
const [LAB1] = PERFECT_GRADING.labs;

function texts(lines: readonly { text: string }[]): string[] {
  return lines.map(({ text }) => text);
}

test('the best score stands beside the total, and says what it is the best of', () => {
  const grading = gradingOf([{ ...LAB1!, earned: 16, progress: PROGRESS }]);
  expect(texts(totalLines(grading, false))).toEqual(['lab1 total 16/30 points (53.3%), best whole grading 24/30']);
});

test('what is left names what is to mend and counts what is to write', () => {
  const grading = gradingOf([{ ...LAB1!, progress: PROGRESS }], { progressProblem: 'it is broken' });
  expect(texts(leftLines(grading, 120, false))).toEqual([
    'left in lab1: 2 to mend (lab1/one-leader, lab1/slow), 1 to write',
    'note: it is broken',
  ]);
});

test('a to-do list says the same, and is not repeated; nothing known says nothing', () => {
  const tests = Object.fromEntries(EMPTY_GRADING.labs[0]!.tests.map(({ id, status }) => [id, status]));
  const grading = gradingOf([{ ...EMPTY_GRADING.labs[0]!, progress: { ...PROGRESS, tests } }]);
  expect(leftLines(grading, 80, false)).toEqual([]);
  expect(leftLines(PERFECT_GRADING, 80, false)).toEqual([]);
});

import { expect, test } from 'vitest';
import { renderJson } from './json.ts';
import { MIXED_GRADING, SAMPLE_FAILURE } from './sample-gradings.ts';

const document = JSON.parse(renderJson(MIXED_GRADING));

test('one document with exactly the published fields', () => {
  expect(Object.keys(document)).toEqual([
    'version',
    'kit',
    'node',
    'impl',
    'submission',
    'suites',
    'seed',
    'labs',
    'earned',
    'points',
  ]);
  expect(document).toMatchObject({ version: 1, kit: { version: '0.1.0', commit: 'b8c2f2f' }, earned: 12, points: 50 });
  expect(Object.keys(document.labs[0])).toEqual(['id', 'title', 'earned', 'points', 'tests']);
});

test('a test has its figures, and no failure when there is none', () => {
  expect(document.labs[0].tests[0]).toEqual({
    id: 'lab1/initial-election',
    title: 'a leader is elected',
    points: 6,
    earned: 6,
    status: 'passed',
    runs: 100,
    events: 4200,
    virtualMs: 300_000,
    wallMs: 40,
    hash: '0123456789abcdef',
  });
});

test('a failure has its step as `steps`, and neither story nor cause', () => {
  const { kind, rule, sentence, paper, message, seed, replay, location } = SAMPLE_FAILURE;
  const expected = { kind, rule, sentence, paper, message, seed, replay, steps: 41, location };
  expect(document.labs[0].tests[1].failure).toEqual(expected);
});

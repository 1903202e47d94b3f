import { expect, test } from 'vitest';
import type { Grading } from '#runner';
import { createPlainReporter, type PlainOptions } from './plain.ts';
import {
  EMPTY_GRADING,
  eventsOf,
  gradingOf,
  MIXED_GRADING,
  PERFECT_GRADING,
  TROUBLED_GRADING,
} from './sample-gradings.ts';

function report(grading: Grading, options: PlainOptions = { ascii: false }): string {
  let text = '';
  const listen = createPlainReporter((part) => {
    text += part;
  }, options);
  for (const event of eventsOf(grading)) listen(event);
  return text;
}

test('a failure that takes long to make smaller is told of once', () => {
  const lines: string[] = [];
  const listen = createPlainReporter((text) => lines.push(text), { ascii: false });
  for (const trials of [0, 57, 131, 260]) listen({ type: 'test-minimising', id: 'lab1/slow', trials });
  expect(lines).toEqual(['minimising lab1/slow: 131 runs so far\n']);
});

test('failures that look like one mistake are told in full once', () => {
  const { labs } = MIXED_GRADING;
  const [first, ...tests] = labs[0]!.tests.filter(({ failure, hidden }) => failure !== undefined && !hidden);
  const again = { ...first!, id: 'lab1/again', failure: { ...first!.failure!, message: 'seen once more' } };
  const text = report(gradingOf([{ ...labs[0]!, tests: [first!, again, ...tests] }]));
  expect(text.match(/story: /g)).toHaveLength(1);
  expect(text).toContain(
    '(lab1/again)\n  seen: rule broken: seen once more\n  like: lab1/one-leader, which is told above: ElectionSafety\n  replay: ',
  );
});

test('after a part of a lab has passed, the next step is the rest of it', () => {
  const [lab] = PERFECT_GRADING.labs;
  const tests = { 'lab1/initial-election': 'passed', 'lab1/swarm': 'failed' } as const;
  const progress = { lab: 'lab1', impl: 'skeleton', tests };
  const text = report(gradingOf([{ ...lab!, tests: lab!.tests.slice(0, 1), progress }]));
  expect(text).toContain('try: npm run grade lab1 only=initial-election seed=2 runs=1000\n');
  expect(text).toContain('next: npm run grade lab1\n');
});

test('passed, failed, hidden, not run, not started', () => {
  expect(report(MIXED_GRADING)).toMatchInlineSnapshot(`
    "grading skeleton with seed 1: lab1 (5 tests, 30 points), lab2 (2 tests, 14 points), lab3 (1 test, 6 points)
    lab1 PASS 6/6 points, 100 runs: a leader is elected  (lab1/initial-election)
    lab1 FAIL 0/8 points, seed 17: a term has at most one leader, whatever the network does  (lab1/one-leader)
      rule: ElectionSafety (Raft §5.2, Figure 3): At most one leader can be elected
        in a given term.
      seen: rule broken at step 41, 312 ms: n1 and n3 are both leader in term 4; n2
        voted for each of them.
      likely cause: votedFor was cleared although the term did not grow.
      where: raft.ts:12:5
      story: one column per server; "> see" marks the evidence
               step     ms  n1                 n2                  n3
                 12    150  -- partition n1 | n2 n3 --
                 31    281  candidate, term 4
        > see    33  284.3                     votes for n1 in
                                               term 4
                 36    288  LEADER, term 4
                 37    300                                         candidate, term 4
        > see    40  309.5                     votes for n3 in
                                               term 4
        > see    41    312                                         LEADER, term 4
      replay: npm run replay lab1/one-leader seed=17
      hints: npm run hint lab1/one-leader
      console: 2 lines
        n2: voting
        n2: voting again
    lab1 PASS 6/6 points, 1 run: a leader that comes back steps down  (lab1/return)
    lab1 FAIL 0/4 points: hidden test  (lab1/secret)
    lab1 NOT RUN 1 test, 6 points: an earlier failure or an interrupt came first
    to do: lab2: 2 tests, 14 points wait for code
      missing: the code throws NotImplemented for lab 2
      ○ 6 points: appends reach every follower (lab2/append)
      ○ 8 points: a majority commits (lab2/commit)
      next: read labs/lab2/README.md, fill in skeleton/, then npm run grade lab2
      after that: lab3 (6 points)
    lab1 total 12/30 points (40.0%)
    lab2 total 0/14 points (0.0%)
    lab3 total 0/6 points (0.0%)
    total 12/50 points (24.0%)
    next: npm run grade lab1 only=one-leader
    "
  `);
});

test('nothing written yet is a to-do list, not a list of failures', () => {
  const text = report(EMPTY_GRADING);
  expect(text).not.toMatch(/FAIL|NOT RUN/);
  expect(text).toMatchInlineSnapshot(`
    "grading skeleton with seed 1: lab1 (5 tests, 30 points)
    to do: lab1: 5 tests, 30 points wait for code
      missing: the code throws NotImplemented for lab 1
      ○ 6 points: a leader is elected (lab1/initial-election)
      ○ 8 points: a term has at most one leader, whatever the network does
        (lab1/one-leader)
      ○ 6 points: a leader that comes back steps down (lab1/return)
      ○ 4 points: hidden test (lab1/secret)
      ○ 6 points: elections end in large clusters (lab1/slow)
      next: read labs/lab1/README.md, fill in skeleton/, then npm run grade lab1
    lab1 total 0/30 points (0.0%)
    "
  `);
});

test('full marks: what they do not prove, and what to try next', () => {
  expect(report(PERFECT_GRADING)).toMatchInlineSnapshot(`
    "grading skeleton with seed 1: lab1 (5 tests, 30 points)
    lab1 PASS 6/6 points, 100 runs: a leader is elected  (lab1/initial-election)
    lab1 PASS 8/8 points, 100 runs: a term has at most one leader, whatever the network does  (lab1/one-leader)
    lab1 PASS 6/6 points, 1 run: a leader that comes back steps down  (lab1/return)
    lab1 PASS 4/4 points: hidden test  (lab1/secret)
    lab1 PASS 6/6 points, 100 runs: elections end in large clusters  (lab1/slow)
    lab1 total 30/30 points (100.0%)
    all passed: no rule broke in 401 runs. That is evidence, not a proof: a schedule
      that was not drawn was not tried.
    try: npm run grade lab1 seed=2 runs=1000
    next: the README.md of the lab after this, in labs/
    "
  `);
});

test('no verdict, a fault of the kit, type errors', () => {
  expect(report(TROUBLED_GRADING)).toMatchInlineSnapshot(`
    "grading skeleton with seed 1: lab1 (3 tests, 18 points)
    types: raft.ts:7:3: Property 'term' is missing; 2 more errors (graded all the same)
    lab1 PASS 6/6 points, 100 runs: a leader is elected  (lab1/initial-election)
    lab1 KIT ERROR 0/6 points, 1 run: a leader that comes back steps down  (lab1/return)
      note: The planted violation was not reported.
      The kit is at fault here, not your code: please report it.
    lab1 UNKNOWN 0/6 points, 100 runs: elections end in large clusters  (lab1/slow)
      note: No verdict after 60 s; last seen at raft.ts:40.
    lab1 total 6/18 points (33.3%)
    "
  `);
});

test('nothing is told of a hidden test but its id and points', () => {
  expect(report(MIXED_GRADING)).not.toContain('what no student may read');
  expect(report(PERFECT_GRADING)).not.toContain('what no student may read');
});

test('an interrupt is named', () => {
  expect(report({ ...PERFECT_GRADING, interrupted: true })).toContain('interrupted: the verdicts so far are kept\n');
});

test('progress and starts write nothing: no spinner, no clock', () => {
  const listen = createPlainReporter(() => expect.unreachable(), { ascii: false });
  listen({ type: 'test-started', id: 'lab1/one-leader' });
  listen({ type: 'test-progressed', id: 'lab1/one-leader', runsDone: 60, runs: 100 });
});

test('ASCII alone', () => {
  const text = report(MIXED_GRADING, { ascii: true });
  expect(text).toMatch(/^[\x20-\x7e\n]*$/);
  expect(text).toContain('[ ] 6 points: appends reach every follower');
});

test('no labs, no points', () => {
  expect(report(gradingOf([]))).toBe('grading skeleton with seed 1: \n');
});

test('a grading of every seed has a table of those that fail', () => {
  const [passed, failed] = MIXED_GRADING.labs[0]!.tests;
  const tests = [
    { ...passed!, tally: { passed: 100, failed: [] } },
    { ...failed!, tally: { passed: 98, failed: [17, 44].map((seed) => ({ seed, rule: 'ElectionSafety' })) } },
  ];
  const text = report(gradingOf([{ ...MIXED_GRADING.labs[0]!, tests }]));
  expect(text.slice(text.indexOf('stability'))).toMatchInlineSnapshot(`
    "stability: the share of seeds that pass
      100.0%  100/100  lab1/initial-election
       98.0%   98/100  lab1/one-leader
        ElectionSafety: seed 17 44
    lab1 total 12/30 points (40.0%)
    next: npm run grade lab1 only=one-leader
    "
  `);
});

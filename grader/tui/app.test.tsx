import { cleanup } from 'ink-testing-library';
import { afterEach, describe, expect, test } from 'vitest';
import type { Grading } from '#runner';
import { cellWidth } from '../report/index.ts';
import {
  EMPTY_GRADING,
  eventsOf,
  MIXED_GRADING,
  PERFECT_GRADING,
  TROUBLED_GRADING,
} from '../report/sample-gradings.ts';
import { open, settled } from './open-screen.tsx';

afterEach(cleanup);

async function played(grading: Grading, columns: number, rows: number, ascii = false): Promise<string> {
  const screen = open(columns, rows, { ascii });
  await settled(screen, 'loading');
  screen.emit(...eventsOf(grading));
  return settled(screen, 'q quit');
}

describe('while running', () => {
  test('points so far, verdicts, and schedules done', async () => {
    const screen = open(80, 24);
    await settled(screen, 'loading the tests');
    const [planned, , first, second] = eventsOf(MIXED_GRADING);
    const id = 'lab1/slow';
    screen.emit(planned!, first!, second!, { type: 'test-started', id });
    screen.emit({ type: 'test-progressed', id, runsDone: 60, runs: 100 });
    expect(await settled(screen, 'running: 2 of 8')).toMatchInlineSnapshot(`
      "lab1, lab2, lab3                                       6/50 ▓▓░░░░░░░░░░░░░░░░░░
      running: 2 of 8 tests done

        ✔ 1 lab1 a leader is elected                                  6/6  100 runs
        ✘ 2 lab1 a term has at most one leader, whatever the network… 0/8  seed 17
          3 lab1 a leader that comes back steps down                  -/6  waiting
          4 lab1 hidden test                                          -/4  waiting
        ▸ 5 lab1 elections end in large clusters                      -/6  60/100
          6 lab2 appends reach every follower                         -/6  waiting
          7 lab2 a majority commits                                   -/8  waiting
          8 lab3 a log survives a restart                             -/6  waiting

      ↑↓ or 1-9 select · q stop and quit"
    `);
  });
});

describe('a failure, hidden and not started tests', () => {
  test('at 120 columns, side by side', async () => {
    expect(await played(MIXED_GRADING, 120, 40)).toMatchInlineSnapshot(`
      "lab1, lab2, lab3                                                                              12/50 ▓▓▓▓░░░░░░░░░░░░░░░░
      2 passed, 2 failed, 3 to do, 1 not run

        ✔ 1 lab1 a leader is elected    6/6  100 runs     lab1/one-leader: a term has at most one leader, whatever the network
      > ✘ 2 lab1 a term has at most on… 0/8  seed 17        does
        ✔ 3 lab1 a leader that comes b… 6/6  1 run        rule: ElectionSafety (Raft §5.2, Figure 3): At most one leader can
        ✘ 4 lab1 hidden test            0/4  failed         be elected in a given term.
        ○ 5 lab1 elections end in larg… 0/6  not run      seen: rule broken at step 41, 312 ms: n1 and n3 are both leader in
        ○ 6 lab2 appends reach every f… 0/6  to do          term 4; n2 voted for each of them.
        ○ 7 lab2 a majority commits     0/8  to do        likely cause: votedFor was cleared although the term did not grow.
        ○ 8 lab3 a log survives a rest… 0/6  to do        where: raft.ts:12:5
                                                          story: one column per server; "> see" marks the evidence
                                                                   step     ms  n1              n2              n3
                                                                     12    150  -- partition n1 | n2 n3 --
                                                                     31    281  candidate,
                                                                                term 4
                                                            > see    33  284.3                  votes for n1
                                                                                                in term 4
                                                                     36    288  LEADER, term 4
                                                                     37    300                                  candidate,
                                                                                                                term 4
                                                            > see    40  309.5                  votes for n3
                                                                                                in term 4
                                                            > see    41    312                                  LEADER, term 4
                                                          replay: npm run replay lab1/one-leader seed=17
                                                          hints: npm run hint lab1/one-leader
                                                          console: 2 lines
                                                            n2: voting
                                                            n2: voting again

                                                          to do: lab2: 2 tests, 14 points wait for code
                                                            missing: the code throws NotImplemented for lab 2
                                                            next: read labs/lab2/README.md, fill in skeleton/, then press r
                                                            after that: lab3 (6 points)

      r rerun · a all · ↑↓ or 1-9 select · enter run one · v view · h hint · s more seeds · q quit"
    `);
  });

  test('at 80 columns and 24 rows', async () => {
    expect(await played(MIXED_GRADING, 80, 24)).toMatchInlineSnapshot(`
      "lab1, lab2, lab3                                      12/50 ▓▓▓▓░░░░░░░░░░░░░░░░
      2 passed, 2 failed, 3 to do, 1 not run

        ✔ 1 lab1 a leader is elected                                  6/6  100 runs
      > ✘ 2 lab1 a term has at most one leader, whatever the network… 0/8  seed 17
          tests 1 to 2 of 8

      lab1/one-leader: a term has at most one leader, whatever the network does
      rule: ElectionSafety (Raft §5.2, Figure 3): At most one leader can be elected in
        a given term.
      seen: rule broken at step 41, 312 ms: n1 and n3 are both leader in term 4; n2
        voted for each of them.
      likely cause: votedFor was cleared although the term did not grow.
      where: raft.ts:12:5
      story (3 of 7 lines): one column per server; "> see" marks the evidence
               step     ms  n1  n2                      n3
        > see    33  284.3      votes for n1 in term 4
        > see    40  309.5      votes for n3 in term 4
        > see    41    312                              LEADER, term 4
      replay: npm run replay lab1/one-leader seed=17
      hints: npm run hint lab1/one-leader

      r rerun · a all · ↑↓ select · enter one · v view · h hint · s seeds · q quit"
    `);
  });

  test('at 60 columns', async () => {
    expect(await played(MIXED_GRADING, 60, 36)).toMatchInlineSnapshot(`
      "lab1, lab2, lab3                  12/50 ▓▓▓▓░░░░░░░░░░░░░░░░
      2 passed, 2 failed, 3 to do, 1 not run

        ✔ 1 lab1 a leader is elected              6/6  100 runs
      > ✘ 2 lab1 a term has at most one leader,…  0/8  seed 17
        ✔ 3 lab1 a leader that comes back steps…  6/6  1 run
        ✘ 4 lab1 hidden test                      0/4  failed
        ○ 5 lab1 elections end in large clusters  0/6  not run
          tests 1 to 5 of 8

      lab1/one-leader: a term has at most one leader, whatever the
        network does
      rule: ElectionSafety (Raft §5.2, Figure 3): At most one
        leader can be elected in a given term.
      seen: rule broken at step 41, 312 ms: n1 and n3 are both
        leader in term 4; n2 voted for each of them.
      likely cause: votedFor was cleared although the term did not
        grow.
      where: raft.ts:12:5
      story: step, ms and server; "> see" marks the evidence
        12 150: partition n1 | n2 n3
        31 281 n1: candidate, term 4
        > see 33 284.3 n2: votes for n1 in term 4
        36 288 n1: LEADER, term 4
        37 300 n3: candidate, term 4
        > see 40 309.5 n2: votes for n3 in term 4
        > see 41 312 n3: LEADER, term 4
      replay: npm run replay lab1/one-leader seed=17
      hints: npm run hint lab1/one-leader
      console: the last 1 of 2 lines
        n2: voting again

      to do: lab2: 2 tests, 14 points wait for code

      r rerun · ↑↓ select · enter one · v view · h hint · q quit"
    `);
  });

  test('at 40 columns', async () => {
    expect(await played(MIXED_GRADING, 40, 40)).toMatchInlineSnapshot(`
      "lab1, lab2, lab3                   12/50
      2 passed, 2 failed, 3 to do, 1 not run

        ✔ 1 lab1 a leader is… 6/6  100 runs
      > ✘ 2 lab1 a term has…  0/8  seed 17
        ✔ 3 lab1 a leader th… 6/6  1 run
        ✘ 4 lab1 hidden test  0/4  failed
        ○ 5 lab1 elections e… 0/6  not run
          tests 1 to 5 of 8

      lab1/one-leader: a term has at most one
        leader, whatever the network does
      rule: ElectionSafety (Raft §5.2, Figure
        3): At most one leader can be elected
        in a given term.
      seen: rule broken at step 41, 312 ms: n1
        and n3 are both leader in term 4; n2
        voted for each of them.
      likely cause: votedFor was cleared
        although the term did not grow.
      where: raft.ts:12:5
      story: step, ms and server; "> see"
        marks the evidence
        12 150: partition n1 | n2 n3
        31 281 n1: candidate, term 4
        > see 33 284.3 n2: votes for n1 in
          term 4
        36 288 n1: LEADER, term 4
        37 300 n3: candidate, term 4
        > see 40 309.5 n2: votes for n3 in
          term 4
        > see 41 312 n3: LEADER, term 4
      replay: npm run replay lab1/one-leader
        seed=17
      hints: npm run hint lab1/one-leader

      to do: lab2: 2 tests, 14 points wait for

      r rerun · v view · h hint · q quit"
    `);
  });

  test('at 30 columns, plain lines', async () => {
    expect(await played(MIXED_GRADING, 30, 20)).toMatchInlineSnapshot(`
      "lab1, lab2, lab3         12/50
      2 passed, 2 failed, 3 to do,…

        ✔ 6/6, 100 runs: lab1 a lea…
      > ✘ 0/8, seed 17: lab1 a term…
          tests 1 to 2 of 8

      lab1/one-leader: a term has at
        most one leader, whatever
        the network does
      rule: ElectionSafety (Raft
        §5.2, Figure 3): At most one
        leader can be elected in a
        given term.
      seen: rule broken at step 41,
      all of it: npm run replay
        lab1/one-leader seed=17

      r rerun · q quit"
    `);
  });
});

test('all passed', async () => {
  expect(await played(PERFECT_GRADING, 80, 24)).toMatchInlineSnapshot(`
    "lab1 Leader election                                  30/30 ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓
    5 passed

      ✔ 1 a leader is elected                                       6/6  100 runs
      ✔ 2 a term has at most one leader, whatever the network does  8/8  100 runs
      ✔ 3 a leader that comes back steps down                       6/6  1 run
      ✔ 4 hidden test                                               4/4  100 runs
      ✔ 5 elections end in large clusters                           6/6  100 runs

    all passed: no rule broke in 401 runs. That is evidence, not a proof: a schedule
      that was not drawn was not tried.
    try: press s for 10 times as many seeds
    next: the README.md of the lab after this, in labs/

    r rerun · a all · ↑↓ or 1-9 select · s more seeds · q quit"
  `);
});

test('unknown, a fault of the kit and type errors, with ASCII alone', async () => {
  const frame = await played(TROUBLED_GRADING, 80, 24, true);
  expect(frame).toMatch(/^[\x20-\x7e\n]*$/);
  expect(frame).toMatchInlineSnapshot(`
    "lab1 Leader election                                 6/18 [######--------------]
    1 passed, 1 unknown, 1 kit error
    types: raft.ts:7:3: Property 'term' is missing; 2 more errors

      [ok] 1 a leader is elected                                    6/6  100 runs
    > [!]  2 a leader that comes back steps down                    0/6  kit error
      [?]  3 elections end in large clusters                        0/6  unknown

    lab1/return: a leader that comes back steps down
    note: The planted violation was not reported.
    The kit is at fault here, not your code: please report it.

    r rerun - a all - up/down 1-9 select - enter run one - h hint - s seeds - q quit"
  `);
});

test('nothing written yet', async () => {
  expect(await played(EMPTY_GRADING, 60, 24)).toMatchInlineSnapshot(`
    "lab1 Leader election               0/30 ░░░░░░░░░░░░░░░░░░░░
    5 to do

      ○ 1 a leader is elected                   0/6  to do
      ○ 2 a term has at most one leader, whate… 0/8  to do
      ○ 3 a leader that comes back steps down   0/6  to do
      ○ 4 hidden test                           0/4  to do
      ○ 5 elections end in large clusters       0/6  to do

    to do: lab1: 5 tests, 30 points wait for code
      missing: the code throws NotImplemented for lab 1
      next: read labs/lab1/README.md, fill in skeleton/, then
        press r

    r rerun · a all · ↑↓ or 1-9 select · s more seeds · q quit"
  `);
});

test.each([30, 40, 60, 80, 120])('at %i columns no frame is wider or as tall as its window', async (columns) => {
  for (const rows of [10, 24]) {
    const lines = (await played(MIXED_GRADING, columns, rows)).split('\n');
    expect(lines.length).toBeLessThan(rows);
    expect(Math.max(...lines.map(cellWidth))).toBeLessThanOrEqual(columns);
    cleanup();
  }
});

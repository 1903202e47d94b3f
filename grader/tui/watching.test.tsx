import { cleanup } from 'ink-testing-library';
import { afterEach, expect, test } from 'vitest';
import type { Grading } from '#runner';
import { EMPTY_GRADING, eventsOf, gradingOf, MIXED_GRADING } from '../report/sample-gradings.ts';
import { open, type Screen, settled } from './open-screen.tsx';

afterEach(cleanup);

const [LAB1] = MIXED_GRADING.labs;
const WHOLE = gradingOf([LAB1!]);
/** The next run: it stopped at the first failure. */
const STOPPED = gradingOf([
  {
    ...LAB1!,
    tests: LAB1!.tests.map((test) =>
      test.id === 'lab1/one-leader' ? test : { ...test, status: 'not-run', earned: 0 },
    ),
    progress: {
      lab: 'lab1',
      impl: 'skeleton',
      best: { earned: 24, points: 30, sha256: 'ab12', seed: 1 },
      tests: {},
    },
  },
]);

async function watching(...gradings: readonly Grading[]): Promise<Screen> {
  const screen = open(80, 40, { watching: 'skeleton/' });
  await settled(screen, 'loading');
  for (const grading of gradings) screen.emit(...eventsOf(grading));
  return screen;
}

test('what is watched, how fast the answer came, the best score, and earlier verdicts of what did not run', async () => {
  const screen = await watching(WHOLE, STOPPED);
  screen.emit({ type: 'answered', afterMs: 420 });
  const frame = await settled(screen, 'first verdict');
  expect(frame.split('\n').slice(0, 9).join('\n')).toMatchInlineSnapshot(`
    "lab1 Leader election                                  12/30 ▓▓▓▓▓▓▓▓░░░░░░░░░░░░
    2 passed, 2 failed, 1 not run, some of them earlier, best whole grading 24/30
    watching skeleton/ (first verdict 0.4 s after the save)

      ✔ 1 a leader is elected                                       6/6  earlier
    > ✘ 2 a term has at most one leader, whatever the network does  0/8  seed 17
      ✔ 3 a leader that comes back steps down                       6/6  earlier
      ✘ 4 hidden test                                               0/4  earlier
      ○ 5 elections end in large clusters                           0/6  not run"
  `);
});

test('a submission that does not load is one message, and the screen stays', async () => {
  const screen = await watching(WHOLE);
  screen.emit({ type: 'stopped', message: 'the submission does not load: raft.ts:3:1: Unexpected end of file' });
  const frame = await settled(screen, 'raft.ts:3:1');
  expect(frame).toContain('watching skeleton/: a save runs the tests again');
  expect(screen.exits).toEqual([]);
});

test('without a keyboard it stays open too', async () => {
  const screen = open(80, 30, { watching: 'skeleton/', hasKeyboard: false });
  await settled(screen, 'loading');
  screen.emit(...eventsOf(EMPTY_GRADING));
  await settled(screen, '5 to do');
  await settled(screen, 'watching skeleton/');
  expect(screen.exits).toEqual([]);
});

test('a test with failing seeds shows its share, and which they are', async () => {
  const failed = [17, 44].map((seed) => ({ seed, rule: 'ElectionSafety' }));
  const tests = LAB1!.tests.map((test) =>
    test.id === 'lab1/one-leader' ? { ...test, tally: { passed: 98, failed } } : test,
  );
  const screen = await watching(gradingOf([{ ...LAB1!, tests }]));
  const frame = await settled(screen, 'stability: 98.0%, 98 of 100 seeds pass');
  expect(frame).toContain('  ElectionSafety: seed 17 44\n');
  expect(frame).toMatch(/> ✘ 2 .* 0\/8 {2}98\.0%/);
});

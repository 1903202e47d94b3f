import { expect, test } from 'vitest';
import { eventsOf, MIXED_GRADING, PERFECT_GRADING } from '../report/sample-gradings.ts';
import { intentOf, type KeyPress, keyTexts } from './keys.ts';
import { reduce } from './reducer.ts';
import { INITIAL_STATE } from './state.ts';

const DONE = reduce(INITIAL_STATE, { type: 'events', events: eventsOf(MIXED_GRADING) });
const PERFECT = reduce(INITIAL_STATE, { type: 'events', events: eventsOf(PERFECT_GRADING) });
const RUNNING = { ...DONE, phase: 'running' } as const;

const TABLE: readonly (readonly [KeyPress, done: unknown, running: unknown])[] = [
  [{ input: 'q' }, { type: 'leave', interrupted: false }, { type: 'leave', interrupted: false }],
  [
    { input: 'c', ctrl: true },
    { type: 'leave', interrupted: true },
    { type: 'leave', interrupted: true },
  ],
  [
    { input: '', upArrow: true },
    { type: 'move', by: -1 },
    { type: 'move', by: -1 },
  ],
  [
    { input: '', downArrow: true },
    { type: 'move', by: 1 },
    { type: 'move', by: 1 },
  ],
  [{ input: '3' }, { type: 'pick', position: 2 }, { type: 'pick', position: 2 }],
  [{ input: '0' }, undefined, undefined],
  [{ input: 'r' }, { type: 'rerun' }, undefined],
  [{ input: 'r', ctrl: true }, undefined, undefined],
  [{ input: 'a' }, { type: 'all' }, undefined],
  [{ input: 's' }, { type: 'more-runs' }, undefined],
  [{ input: '\r', return: true }, { type: 'run-only', id: 'lab1/one-leader' }, undefined],
  [{ input: 'h' }, { type: 'hint', id: 'lab1/one-leader' }, undefined],
  [{ input: 'v' }, { type: 'view', failed: expect.objectContaining({ id: 'lab1/one-leader' }) }, undefined],
  [{ input: 'x' }, undefined, undefined],
];

test.each(TABLE)('%o', (key, done, running) => {
  expect(intentOf(key, DONE)).toEqual(done);
  expect(intentOf(key, RUNNING)).toEqual(running);
});

test('v draws a failure that one may see, and is named only then', () => {
  const names = (state: typeof DONE): boolean[] =>
    [intentOf({ input: 'v' }, state), keyTexts(state)[0]!.includes('v view')].map(Boolean);
  const picked = (position: number) => reduce(DONE, { type: 'picked', position });
  expect(names(DONE)).toEqual([true, true]);
  // It passed; it is hidden; nothing is there.
  for (const state of [picked(0), picked(3), PERFECT]) expect(names(state)).toEqual([false, false]);
});

test('without a selection, enter runs nothing and h tells nothing', () => {
  expect(intentOf({ input: 'h' }, PERFECT)).toBeUndefined();
  expect(intentOf({ input: '\r', return: true }, PERFECT)).toBeUndefined();
});

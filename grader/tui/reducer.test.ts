import { describe, expect, test } from 'vitest';
import { eventsOf, MIXED_GRADING, PERFECT_GRADING } from '../report/sample-gradings.ts';
import { reduce, type TuiChange } from './reducer.ts';
import type { TuiEvent } from './session.ts';
import { INITIAL_STATE, shownTestId, type TuiState } from './state.ts';

function hear(state: TuiState, ...events: readonly TuiEvent[]): TuiState {
  return reduce(state, { type: 'events', events });
}

function play(state: TuiState, ...changes: readonly TuiChange[]): TuiState {
  return changes.reduce(reduce, state);
}

const PLANNED = eventsOf(MIXED_GRADING)[0]! as Extract<TuiEvent, { type: 'planned' }>;
const DONE = hear(INITIAL_STATE, ...eventsOf(MIXED_GRADING));

/** The plan of one test of lab 1. */
function planOf(id: string): TuiEvent {
  const [lab1] = PLANNED.labs;
  return { ...PLANNED, labs: [{ ...lab1!, tests: lab1!.tests.filter((test) => test.id === id) }] };
}

describe('a run', () => {
  test('begins with a list of waiting tests', () => {
    const state = hear(INITIAL_STATE, PLANNED);
    expect(state.phase).toBe('running');
    expect(state.tests.map(({ progress }) => progress)).toEqual(Array(8).fill('waiting'));
  });

  test('counts schedules while a test is running', () => {
    const id = 'lab1/initial-election';
    const state = hear(
      INITIAL_STATE,
      PLANNED,
      { type: 'test-started', id },
      { type: 'test-progressed', id, runsDone: 60, runs: 100 },
    );
    expect(state.tests[0]).toMatchObject({ progress: 'running', runsDone: 60 });
  });

  test('ends with every verdict, also those that came with the end alone', () => {
    const state = hear(INITIAL_STATE, PLANNED, { type: 'finished', grading: { ...MIXED_GRADING, interrupted: true } });
    expect(state).toMatchObject({ phase: 'done', interrupted: true });
    expect(state.tests.map(({ result }) => result?.status)).toEqual([
      ...['passed', 'failed', 'passed', 'failed', 'not-run'],
      ...['not-started', 'not-started', 'not-started'],
    ]);
  });

  test('of which no grading came leaves the verdicts and says why', () => {
    const state = hear(DONE, { type: 'stopped', message: 'raft.ts does not load' });
    expect(state).toMatchObject({ phase: 'done', message: 'raft.ts does not load', tests: DONE.tests });
    expect(shownTestId(state)).toBeUndefined();
  });
});

describe('the next run', () => {
  test('of one test keeps the others, marked as earlier', () => {
    const state = hear(DONE, planOf('lab1/one-leader'));
    expect(state.tests.map(({ earlier }) => earlier)).toEqual([true, false, true, true, true, true, true, true]);
    expect(state.tests[1]?.progress).toBe('waiting');
    expect(state.tests[1]?.result).toBeUndefined();
  });

  test('of all tests begins a new list and forgets messages', () => {
    const state = hear({ ...DONE, message: 'x', typeErrors: 'y' }, PLANNED);
    expect(state).toMatchObject({ message: undefined, typeErrors: undefined });
    expect(state.tests.some(({ earlier }) => earlier)).toBe(false);
  });

  test('of another lab replaces the list and the selection', () => {
    const other: TuiEvent = { ...PLANNED, labs: [{ ...PLANNED.labs[1]!, id: 'lab9', tests: [] }] };
    const state = hear({ ...DONE, selectedId: 'lab1/one-leader' }, other);
    expect(state).toMatchObject({ tests: [], selectedId: undefined, labs: [{ id: 'lab9' }] });
  });
});

describe('the selection', () => {
  test('falls on the first visible failure when the run is over', () => {
    expect(shownTestId(hear(INITIAL_STATE, PLANNED))).toBeUndefined();
    expect(shownTestId(DONE)).toBe('lab1/one-leader');
    expect(shownTestId(hear(INITIAL_STATE, ...eventsOf(PERFECT_GRADING)))).toBeUndefined();
  });

  test('moves from there and stops at the ends', () => {
    expect(play(DONE, { type: 'moved', by: 1 }).selectedId).toBe('lab1/return');
    expect(play(DONE, { type: 'moved', by: -1 }, { type: 'moved', by: -1 }).selectedId).toBe('lab1/initial-election');
    expect(play(INITIAL_STATE, { type: 'moved', by: 1 }).selectedId).toBeUndefined();
  });

  test('goes to a number; a number without a test changes nothing', () => {
    const third = play(DONE, { type: 'picked', position: 2 });
    expect(third.selectedId).toBe('lab1/return');
    expect(play(third, { type: 'picked', position: 8 }).selectedId).toBe('lab1/return');
  });

  test('stays on a test that is run alone, and is given up for other runs', () => {
    expect(play(DONE, { type: 'requested', keepSelection: true }).selectedId).toBe('lab1/one-leader');
    const moved = play(DONE, { type: 'moved', by: 1 }, { type: 'requested', keepSelection: false });
    expect(moved).toMatchObject({ phase: 'running', selectedId: undefined });
  });
});

import type { LabPlan, TestResult } from '#runner';
import type { TuiEvent } from './session.ts';
import { shownTestId, type TestItem, type TuiState } from './state.ts';

/** What changes the state: a batch of the session's events, or a key. */
export type TuiChange =
  | { readonly type: 'events'; readonly events: readonly TuiEvent[] }
  /** Moves the selection by so many tests; it stops at the ends of the list. */
  | { readonly type: 'moved'; readonly by: number }
  /** Selects the test at a position from 0; beyond the end nothing changes. */
  | { readonly type: 'picked'; readonly position: number }
  /** A key has asked for a run. Its events are on their way, and a second request must not overtake them. */
  | { readonly type: 'requested'; readonly keepSelection: boolean }
  | { readonly type: 'left'; readonly interrupted: boolean };

function freshItems(labs: readonly LabPlan[]): TestItem[] {
  return labs.flatMap((lab) =>
    lab.tests.map((plan) => ({ plan, labId: lab.id, progress: 'waiting' as const, runsDone: 0, earlier: false })),
  );
}

/** The last verdict stays known while the next one is on its way. */
function withEarlier(item: TestItem, before: TestItem | undefined): TestItem {
  const known = before?.result ?? before?.before;
  return known === undefined || known.status === 'not-run' ? item : { ...item, before: known };
}

/** A run of some of the tests on screen leaves the others in the list, marked; any other run begins a new list. */
function planned(state: TuiState, event: Extract<TuiEvent, { type: 'planned' }>): TuiState {
  const known = new Map(state.tests.map((item) => [item.plan.id, item]));
  const fresh = new Map(
    freshItems(event.labs).map((item) => [item.plan.id, withEarlier(item, known.get(item.plan.id))]),
  );
  const isPart = fresh.size > 0 && fresh.size < known.size && [...fresh.keys()].every((id) => known.has(id));
  const base = { ...state, phase: 'running', impl: event.impl, interrupted: false } as const;
  const next = {
    ...base,
    typeErrors: undefined,
    message: undefined,
    answeredMs: undefined,
    hint: undefined,
    view: undefined,
  };
  if (isPart) {
    return { ...next, tests: state.tests.map((item) => fresh.get(item.plan.id) ?? { ...item, earlier: true }) };
  }
  const selectedId = state.selectedId !== undefined && fresh.has(state.selectedId) ? state.selectedId : undefined;
  return { ...next, selectedId, labs: event.labs.map(({ id, title }) => ({ id, title })), tests: [...fresh.values()] };
}

function changeTest(state: TuiState, id: string, change: (item: TestItem) => TestItem): TuiState {
  return { ...state, tests: state.tests.map((item) => (item.plan.id === id ? change(item) : item)) };
}

function judged(item: TestItem, result: TestResult): TestItem {
  // A run that stopped before it says less than the run before it.
  if (result.status === 'not-run' && item.before)
    return { ...item, progress: 'done', result: item.before, earlier: true };
  return { ...item, progress: 'done', runsDone: result.runsDone, trials: undefined, result, earlier: false };
}

function finished(state: TuiState, event: Extract<TuiEvent, { type: 'finished' }>): TuiState {
  const { labs, typeErrors, interrupted = false, progressProblem: note } = event.grading;
  const results = new Map(labs.flatMap((lab) => lab.tests).map((result) => [result.id, result]));
  const tests = state.tests.map((item) => {
    const result = results.get(item.plan.id);
    return result ? judged(item, result) : item;
  });
  const best = labs.flatMap(({ progress }) => progress ?? []);
  // After a save, what passes now makes room for what is next.
  const isMended = state.answeredMs !== undefined && results.get(state.selectedId ?? '')?.status === 'passed';
  const selectedId = isMended ? undefined : state.selectedId;
  return {
    ...state,
    selectedId,
    phase: 'done',
    tests,
    typeErrors: typeErrors ?? state.typeErrors,
    interrupted,
    best,
    note,
  };
}

function applyEvent(state: TuiState, event: TuiEvent): TuiState {
  switch (event.type) {
    case 'planned':
      return planned(state, event);
    case 'test-started':
      return changeTest(state, event.id, (item) => ({
        ...item,
        ...{ progress: 'running', runsDone: 0, trials: undefined, result: undefined },
      }));
    case 'test-progressed':
      return changeTest(state, event.id, (item) => ({ ...item, runsDone: event.runsDone }));
    case 'test-minimising':
      return changeTest(state, event.id, (item) => ({ ...item, trials: event.trials }));
    case 'test-finished':
      return changeTest(state, event.result.id, (item) => judged(item, event.result));
    case 'type-checked':
      return { ...state, typeErrors: event.typeErrors };
    case 'finished':
      return finished(state, event);
    case 'stopped':
      return { ...state, phase: 'done', message: event.message };
    case 'answered':
      return { ...state, answeredMs: event.afterMs };
    case 'hinted':
      return { ...state, hint: { test: event.test, hint: event.hint } };
    case 'viewed':
      return { ...state, view: { test: event.test, text: event.text } };
  }
}

function moved(state: TuiState, by: number): TuiState {
  const shown = shownTestId(state);
  const from = state.tests.findIndex(({ plan }) => plan.id === shown);
  // Without a selection the first key press selects an end of the list.
  const to = from >= 0 ? from + by : by > 0 ? 0 : state.tests.length - 1;
  const test = state.tests[Math.min(Math.max(to, 0), state.tests.length - 1)];
  return { ...state, selectedId: test?.plan.id };
}

/** The next state. Pure. */
export function reduce(state: TuiState, change: TuiChange): TuiState {
  switch (change.type) {
    case 'events':
      return change.events.reduce(applyEvent, state);
    case 'moved':
      return moved(state, change.by);
    case 'picked':
      return { ...state, selectedId: state.tests[change.position]?.plan.id ?? state.selectedId };
    case 'requested':
      return { ...state, phase: 'running', selectedId: change.keepSelection ? shownTestId(state) : undefined };
    case 'left':
      return { ...state, leaving: change.interrupted ? 'interrupt' : 'quit' };
  }
}

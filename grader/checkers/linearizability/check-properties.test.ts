import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KeyValueOperation } from './example-operations.ts';
import { checkLinearizable, type KeyValueInput, type KeyValueOutput, keyValueModel } from './index.ts';

const STEPS_MAX = 100_000;

/** Few keys and values, so that operations get in each other's way. */
const input: fc.Arbitrary<KeyValueInput> = fc.record({
  kind: fc.constantFrom<KeyValueInput['kind'][]>('get', 'get', 'put', 'append', 'compareAndSet'),
  key: fc.constantFrom('k', 'k', 'k', 'l'),
  value: fc.constantFrom('x', 'y'),
  expected: fc.constantFrom('', 'x', 'y'),
});

/** An operation with the moment at which it happened, if it did. */
type Happening = {
  readonly input: KeyValueInput;
  readonly at: number;
  readonly before: number;
  readonly after: number;
  readonly fate: 'completed' | 'open' | 'lost';
  /** What the client of a wrong object is told instead. */
  readonly lie: string | null;
};

/** Operations that happen up to a time; the smaller it is, the more of them are concurrent. */
const happenings = (atMax: number, size: fc.ArrayConstraints): fc.Arbitrary<Happening[]> =>
  fc.array(
    fc.record({
      input,
      at: fc.integer({ min: 0, max: atMax }),
      before: fc.integer({ min: 0, max: 4 }),
      after: fc.integer({ min: 0, max: 4 }),
      fate: fc.constantFrom<Happening['fate'][]>('completed', 'completed', 'completed', 'open', 'lost'),
      lie: fc.option(fc.constantFrom('', 'x', 'y', 'xy', 'yx', 'xx'), { freq: 6 }),
    }),
    size,
  );

/** What clients would see of an object at which these things happen. */
function historyOf(all: readonly Happening[], truthful: boolean): KeyValueOperation[] {
  const states = new Map<string, string>();
  const inOrder = [...all].sort((a, b) => a.at - b.at);
  const history = inOrder.map(({ input, at, before, after, fate, lie }, index): KeyValueOperation => {
    const state = states.get(input.key) ?? '';
    if (fate !== 'lost') states.set(input.key, keyValueModel.step(state, input, undefined) ?? state);
    const call = { client: `c${index}`, input, callAt: at - before };
    if (fate !== 'completed') return { ...call, output: undefined, returnAt: Infinity };
    const output = truthful || lie === null ? answer(state, input) : wrongAnswer(state, input, lie);
    return { ...call, output, returnAt: at + after };
  });
  // The checker must not rely on the order in which it is told.
  return history.reverse();
}

function answer(state: string, input: KeyValueInput): KeyValueOutput {
  if (input.kind === 'get') return state;
  return input.kind === 'compareAndSet' ? state === input.expected : null;
}

function wrongAnswer(state: string, input: KeyValueInput, lie: string): KeyValueOutput {
  return input.kind === 'get' ? lie : input.kind === 'compareAndSet' ? state !== input.expected : null;
}

/** Whether some order explains all answers, by trying every one, keys and all. */
function isLinearizable(left: readonly KeyValueOperation[], states: ReadonlyMap<string, string> = new Map()): boolean {
  if (left.every(({ output }) => output === undefined)) return true;
  return left.some((operation) => {
    if (left.some(({ returnAt }) => returnAt < operation.callAt)) return false;
    const { input, output } = operation;
    const after = keyValueModel.step(states.get(input.key) ?? '', input, output);
    if (after === undefined) return false;
    return isLinearizable(
      left.filter((other) => other !== operation),
      new Map(states).set(input.key, after),
    );
  });
}

test('the verdict is that of trying every order', () => {
  const verdicts = { linearizable: 0, violation: 0, unknown: 0 };
  fc.assert(
    fc.property(happenings(5, { minLength: 1, maxLength: 8 }), (all) => {
      const history = historyOf(all, false);
      const { verdict } = checkLinearizable(keyValueModel, history, { stepsMax: STEPS_MAX });
      verdicts[verdict] += 1;
      expect(verdict).toBe(isLinearizable(history) ? 'linearizable' : 'violation');
    }),
    { seed: 1, numRuns: 1_500 },
  );
  // Neither verdict is so rare that the comparison says nothing.
  expect(Math.min(verdicts.linearizable, verdicts.violation)).toBeGreaterThan(150);
});

test('what a right object answers is linearizable', () => {
  fc.assert(
    fc.property(happenings(40, { minLength: 20, maxLength: 40 }), (all) => {
      const history = historyOf(all, true);
      expect(checkLinearizable(keyValueModel, history, { stepsMax: STEPS_MAX }).verdict).toBe('linearizable');
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('evidence holds: the order is right, and each blocked operation is refused behind it', () => {
  fc.assert(
    fc.property(happenings(15, { minLength: 5, maxLength: 20 }), (all) => {
      const result = checkLinearizable(keyValueModel, historyOf(all, false), { stepsMax: STEPS_MAX });
      if (result.verdict !== 'violation') return;
      const { placed, blocked, operations } = result.evidence;
      let state = '';
      for (const [index, { operation, stateAfter }] of placed.entries()) {
        expect(placed.slice(index).every((later) => later.operation.returnAt >= operation.callAt)).toBe(true);
        state = keyValueModel.step(state, operation.input, operation.output)!;
        expect(stateAfter).toBe(state);
      }
      expect(blocked).not.toEqual([]);
      for (const { input, output } of blocked) expect(keyValueModel.step(state, input, output)).toBeUndefined();
      const inOrder = new Set(placed.map(({ operation }) => operation));
      const left = operations.filter((operation) => operation.output !== undefined && !inOrder.has(operation));
      expect(new Set(blocked)).toEqual(
        new Set(left.filter(({ callAt }) => left.every(({ returnAt }) => callAt <= returnAt))),
      );
    }),
    { seed: 1, numRuns: 500 },
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeHistory, type KeyValueInput, type KeyValueOutput, type ServiceOperation } from '#checkers';
import { decodeOperation, encodeOperation, KeyValueState } from './key-value-state.ts';

const word = fc.constantFrom('', 'a', 'b', 'c1.2', '/c1.3');
const key = fc.constantFrom('k1', 'k2');
const operation: fc.Arbitrary<KeyValueInput> = fc.oneof(
  fc.record({ kind: fc.constant('get' as const), key }),
  fc.record({ kind: fc.constantFrom('put' as const, 'append' as const), key, value: word }),
  fc.record({ kind: fc.constant('compareAndSet' as const), key, expected: word, value: word }),
);

test('a command says which operation it stands for', () => {
  const property = fc.property(operation, (input) => {
    expect(decodeOperation(encodeOperation('c1.1', input))).toEqual(input);
  });
  fc.assert(property, { seed: 1 });
  expect(decodeOperation('x1')).toBeUndefined();
});

test('a state machine that starts from a snapshot goes on as the others do', () => {
  const property = fc.property(fc.array(operation, { maxLength: 20 }), fc.nat(20), (inputs, at) => {
    const commands = inputs.map((input, i) => encodeOperation(`c1.${i}`, input));
    const whole = new KeyValueState();
    let late: KeyValueState | undefined;
    for (const [i, command] of [...commands, undefined].entries()) {
      if (i === at) {
        late = new KeyValueState();
        late.restore(whole.index, whole.save());
      }
      const output = whole.apply(i + 1, command);
      if (late !== undefined) expect(late.apply(i + 1, command)).toEqual(output);
    }
    if (late !== undefined) expect(late.save()).toBe(whole.save());
  });
  fc.assert(property, { seed: 1 });
});

test('a snapshot that is none leaves the state machine empty', () => {
  for (const data of ['', '{"index":3,"val', '{}', '7']) {
    const state = new KeyValueState();
    state.apply(1, 'c1.1 put k1 x');
    state.restore(4, data);
    expect([state.index, state.get('k1')]).toEqual([4, '']);
  }
});

test('one state machine at a time, as clients see it, is linearizable; a forgotten put is not', () => {
  const say = (input: KeyValueInput, output: KeyValueOutput | undefined, callAt: number): ServiceOperation => ({
    client: 'c1',
    input,
    output,
    callAt,
    returnAt: output === undefined ? Number.POSITIVE_INFINITY : callAt + 5,
    step: callAt,
  });
  const put = say({ kind: 'put', key: 'k1', value: 'x' }, null, 1);
  const open = say({ kind: 'put', key: 'k1', value: 'y' }, undefined, 8);
  const get = (output: string) => say({ kind: 'get', key: 'k1' }, output, 10);
  expect(judgeHistory([put, open, get('x')])).toBeUndefined();
  expect(judgeHistory([put, open, get('y')])).toBeUndefined();
  expect(judgeHistory([put, get('')])).toMatchObject({
    rule: { id: 'Linearizable', kind: 'safety' },
    message:
      'no order of the operations on k1 explains all answers: with k1 = "x" after c1 put k1 "x" (1 to 6 ms), none of these can come next: c1 get k1 = "" (10 to 15 ms)',
    evidence: [10, 1],
  });
});

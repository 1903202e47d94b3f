import { describe, expect, test } from 'vitest';
import { append, compareAndSet, get, type KeyValueOperation, put } from './example-operations.ts';
import { checkLinearizable, keyValueModel } from './index.ts';

function check(operations: readonly KeyValueOperation[], stepsMax = 100_000) {
  return checkLinearizable(keyValueModel, operations, { stepsMax });
}

function verdictOf(...operations: KeyValueOperation[]): string {
  return check(operations).verdict;
}

/** Too many orders to go through, and none is right. */
function hardHistory(key: string): KeyValueOperation[] {
  const appends = Array.from('abcdefghijklmnop', (letter) => append(letter, letter, 0, 1, key));
  return [...appends, get('reader', 'nonsense', 2, 3, key)];
}

describe('reads', () => {
  test('see the latest completed write', () => {
    expect(verdictOf(put('a', 'x', 1, 2), get('b', 'x', 3, 4))).toBe('linearizable');
    expect(verdictOf(put('a', 'x', 1, 2), get('b', '', 3, 4))).toBe('violation');
  });

  test('see a concurrent write or not, but do not go back', () => {
    const write = put('a', 'x', 1, 9);
    expect(verdictOf(write, get('b', '', 2, 3), get('c', 'x', 4, 5))).toBe('linearizable');
    expect(verdictOf(write, get('b', 'x', 2, 3), get('c', '', 4, 5))).toBe('violation');
  });

  test('are not ordered by a return and a call at the same time', () => {
    expect(verdictOf(put('a', 'x', 1, 2), get('b', '', 2, 3))).toBe('linearizable');
  });

  test('do not see what was never written', () => {
    expect(verdictOf(put('a', 'x', 1, 2), get('b', 'y', 1, 2))).toBe('violation');
  });
});

describe('writes', () => {
  test('are not lost', () => {
    expect(verdictOf(append('a', 'x', 1, 2), append('b', 'y', 3, 4), get('a', 'y', 5, 6))).toBe('violation');
  });

  test('do not happen twice', () => {
    expect(verdictOf(append('a', 'x', 1, 2), get('a', 'xx', 3, 4))).toBe('violation');
    expect(verdictOf(append('a', 'x', 1, 2), append('b', 'x', 1, 2), get('a', 'xx', 3, 4))).toBe('linearizable');
  });

  test('that are concurrent happen in one order for all', () => {
    const appends = [append('a', 'x', 1, 9), append('b', 'y', 1, 9)];
    expect(verdictOf(...appends, get('c', 'yx', 10, 11), get('d', 'yx', 10, 11))).toBe('linearizable');
    expect(verdictOf(...appends, get('c', 'xy', 10, 11), get('d', 'yx', 10, 11))).toBe('violation');
  });

  test('that compare succeed for one of two', () => {
    const first = compareAndSet('a', ['', 'x'], true, 1, 3);
    expect(verdictOf(first, compareAndSet('b', ['', 'y'], true, 2, 4))).toBe('violation');
    expect(verdictOf(first, compareAndSet('b', ['', 'y'], false, 2, 4))).toBe('linearizable');
    expect(verdictOf(compareAndSet('b', ['', 'y'], false, 1, 2))).toBe('violation');
  });
});

test('a put that changes nothing now may be needed later', () => {
  const puts = [put('a', 'x', 1, 2), put('b', 'x', 3, 9)];
  expect(verdictOf(...puts, append('c', 'y', 4, 5), get('c', 'xy', 6, 7), get('c', 'x', 8, 9))).toBe('linearizable');
});

describe('open operations', () => {
  test('take effect late, or never', () => {
    const late = put('a', 'x', 1);
    expect(verdictOf(late, get('b', '', 2, 3), get('b', '', 4, 5))).toBe('linearizable');
    expect(verdictOf(late, get('b', '', 2, 3), get('b', 'x', 4, 5))).toBe('linearizable');
  });

  test('take effect once', () => {
    expect(verdictOf(put('a', 'x', 1), get('b', 'x', 2, 3), get('b', '', 4, 5))).toBe('violation');
    expect(verdictOf(append('a', 'x', 1), get('b', 'xx', 2, 3))).toBe('violation');
  });

  test('do not take effect before they are called', () => {
    expect(verdictOf(get('b', 'x', 1, 2), put('a', 'x', 3))).toBe('violation');
  });

  test('explain the answers to others, one behind another', () => {
    const open = [compareAndSet('a', ['', 'x'], true, 1), compareAndSet('b', ['x', 'y'], true, 1)];
    expect(verdictOf(...open, get('c', 'y', 2, 3))).toBe('linearizable');
    expect(verdictOf(...open.slice(1), get('c', 'y', 2, 3))).toBe('violation');
  });
});

describe('evidence', () => {
  test('is the longest order, and what fits nowhere behind it', () => {
    const [first, second] = [append('a', 'x', 1, 2), append('b', 'y', 3, 6)];
    const [fits, stale] = [get('a', 'xy', 4, 5), get('c', 'x', 7, 8)];
    const later = get('c', 'xy', 9, 10);
    expect(check([later, stale, fits, second, first])).toMatchObject({
      verdict: 'violation',
      evidence: {
        key: 'k',
        operations: [later, stale, fits, second, first],
        placed: [
          { operation: first, stateAfter: 'x' },
          { operation: second, stateAfter: 'xy' },
          { operation: fits, stateAfter: 'xy' },
        ],
        blocked: [stale],
      },
    });
  });

  test('is not the first dead end when a later one is further on', () => {
    const [x, y] = [append('a', 'x', 1, 9), append('b', 'y', 1, 9)];
    const [fits, wrong] = [get('c', 'yx', 10, 11), get('c', 'z', 12, 13)];
    expect(check([x, y, fits, wrong])).toMatchObject({
      evidence: { placed: [{ operation: y }, { operation: x }, { operation: fits }], blocked: [wrong] },
    });
  });

  test('leaves open operations out that do not help', () => {
    const [write, stale] = [put('a', 'x', 1, 2), get('b', 'z', 4, 5)];
    expect(check([write, put('c', 'y', 3), stale])).toMatchObject({
      evidence: { placed: [{ operation: write }], blocked: [stale] },
    });
  });

  test('is about the one key that is wrong', () => {
    const wrong = [put('a', 'x', 1, 2, 'wrong'), get('b', '', 3, 4, 'wrong')];
    const right = [put('a', 'x', 5, 6, 'right'), get('b', 'x', 7, 8, 'right')];
    expect(check([...right, ...wrong])).toMatchObject({ evidence: { key: 'wrong', operations: wrong } });
  });
});

describe('budget', () => {
  test('ends a check that takes too long', () => {
    const result = check([...hardHistory('hard'), put('a', 'x', 1, 2, 'easy')], 10_000);
    expect(result).toMatchObject({ verdict: 'unknown', undecided: ['hard'] });
    expect(result.steps).toBeGreaterThanOrEqual(10_000);
    expect(result.steps).toBeLessThan(10_100);
    expect(check([...hardHistory('hard'), put('a', 'x', 1, 2, 'easy')], 10_000)).toEqual(result);
  });

  test('is shared, so that a key that is plainly wrong is found beside a hard one', () => {
    const result = check([...hardHistory('hard'), put('a', 'x', 1, 2, 'wrong'), get('b', '', 3, 4, 'wrong')]);
    expect(result).toMatchObject({ verdict: 'violation', evidence: { key: 'wrong' } });
    expect(result.steps).toBeLessThan(2_000);
  });

  test('is not needed when no operation is completed', () => {
    expect(check([], 0)).toEqual({ verdict: 'linearizable', steps: 0 });
    expect(check([put('a', 'x', 1)], 0)).toEqual({ verdict: 'linearizable', steps: 0 });
  });

  test('grows with the length of an easy history only', () => {
    const operations = Array.from({ length: 5_000 }, (_, i) => [
      put('a', `${i}`, 4 * i, 4 * i + 1),
      get('b', `${i}`, 4 * i + 2, 4 * i + 3),
    ]).flat();
    expect(check(operations)).toEqual({ verdict: 'linearizable', steps: operations.length });
  });
});

test('a history that makes no sense is refused', () => {
  const sound = put('a', 'x', 1, 2);
  expect(() => check([{ ...sound, returnAt: 0 }])).toThrow(RangeError);
  expect(() => check([{ ...sound, returnAt: Number.NaN }])).toThrow(RangeError);
  expect(() => check([{ ...sound, returnAt: Infinity }])).toThrow('A completed operation of client a');
  expect(() => check([{ ...sound, output: undefined }])).toThrow('An open operation of client a');
  expect(() => check([{ ...sound, callAt: Infinity, returnAt: Infinity, output: undefined }])).toThrow(RangeError);
});

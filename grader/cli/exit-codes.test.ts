import { expect, test } from 'vitest';
import { KitError, LoadError, type TestStatus, UsageError } from '#runner';
import { exitCodeOf, explainError } from './exit-codes.ts';

test.for<[TestStatus[], number]>([
  [['passed', 'passed'], 0],
  [['passed', 'failed'], 1],
  [['passed', 'not-started'], 1],
  [['passed', 'unknown'], 5],
  [['failed', 'unknown'], 1],
  [['failed', 'unknown', 'kit-error'], 4],
])('%j', ([statuses, code]) => {
  expect(exitCodeOf(statuses)).toBe(code);
});

test.for<[unknown, number]>([
  [new UsageError('x'), 2],
  [new LoadError('absent', 'x'), 2],
  [new LoadError('broken', 'x'), 3],
  [new KitError('x'), 4],
  [new TypeError('x'), 4],
])('%s', ([error, code]) => {
  expect(explainError(error).code).toBe(code);
});

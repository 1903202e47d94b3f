import { expect, test } from 'vitest';
import { lineWidth } from './line-width.ts';

test.for([
  ['a terminal', { isTerminal: true, columns: 100, environment: { COLUMNS: '160' } }, 100],
  ['a pipe', { isTerminal: false, columns: undefined, environment: {} }, undefined],
  ['a pipe, and COLUMNS', { isTerminal: false, columns: undefined, environment: { COLUMNS: '160' } }, 160],
  ['COLUMNS is no number', { isTerminal: false, columns: undefined, environment: { COLUMNS: 'wide' } }, undefined],
  ['COLUMNS is too small', { isTerminal: false, columns: undefined, environment: { COLUMNS: '0' } }, undefined],
] as const)('%s', ([, surroundings, width]) => {
  expect(lineWidth(surroundings)).toBe(width);
});

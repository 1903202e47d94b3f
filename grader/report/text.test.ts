import { describe, expect, test } from 'vitest';
import { cellWidth, cleanText, padTo, truncate, wrap } from './text.ts';

describe('cleanText', () => {
  test('takes out what could repaint a terminal', () => {
    expect(cleanText('\u001b[31mred\u001b[0m\ta\nb\u0007\u202e', false)).toBe('red a b');
  });

  test('spells the kit’s own characters with ASCII and marks all others', () => {
    expect(cleanText('Raft §5.1–5.2 … n1 → n2 ≥ 3 日', true)).toBe('Raft section 5.1-5.2 ... n1 -> n2 >= 3 ?');
  });
});

test('cellWidth counts wide characters twice and combining ones not at all', () => {
  expect(cellWidth('abc')).toBe(3);
  expect(cellWidth('日本')).toBe(4);
  expect(cellWidth('e\u0301')).toBe(1);
});

test('truncate and padTo keep to a width', () => {
  expect(truncate('a leader is elected', 8, false)).toBe('a leade…');
  expect(truncate('a leader is elected', 8, true)).toBe('a lea...');
  expect(truncate('日本語', 4, false)).toBe('日…');
  expect(truncate('abc', 0, false)).toBe('');
  expect(padTo('ab', 4, false)).toBe('ab  ');
});

describe('wrap', () => {
  test('breaks between words and indents later lines', () => {
    expect(wrap('at most one leader in a term', 14, 2)).toEqual(['at most one', '  leader in a', '  term']);
  });

  test('breaks a word that is longer than a line', () => {
    expect(wrap('abcdefgh ij', 4)).toEqual(['abcd', 'efgh', 'ij']);
  });

  test('ends even when a character is wider than a line', () => {
    expect(wrap('日本', 1)).toEqual(['日', '本']);
  });

  test('an empty text is one empty line', () => {
    expect(wrap('', 10)).toEqual(['']);
  });
});

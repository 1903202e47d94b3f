import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SequenceSet } from './sequence-set.ts';

test('a sequence is new once', () => {
  const sequences = fc.array(fc.array(fc.constantFrom(-1, 0, 1, 2 ** 31 - 1), { maxLength: 4 }), { maxLength: 400 });
  fc.assert(
    fc.property(sequences, (all) => {
      const set = new SequenceSet();
      const expected = new Set<string>();
      for (const sequence of all) {
        const isNew = !expected.has(sequence.join());
        expected.add(sequence.join());
        // What lies behind the sequence in the array must not matter.
        expect(set.add(Int32Array.of(...sequence, all.length), sequence.length)).toBe(isNew);
      }
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('it grows', () => {
  const set = new SequenceSet();
  const count = 3_000;
  for (let i = 0; i < count; i += 1) expect(set.add(Int32Array.of(i, i >> 3, 7), 3)).toBe(true);
  for (let i = 0; i < count; i += 1) expect(set.add(Int32Array.of(i, i >> 3, 7), 3)).toBe(false);
});

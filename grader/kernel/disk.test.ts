import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ContractError, type LogEntry, type Snapshot, StorageError } from '#contract';
import { Disk, type DiskContents } from './disk.ts';
import { command, snapshotAt } from './toy-server.ts';

/** The simplest disk that could be right: everything copied, nothing shared. */
interface Model {
  currentTerm: number;
  votedFor: string | null;
  entries: LogEntry[];
  base: number;
  snapshot: Snapshot | undefined;
}

type Step =
  | { readonly kind: 'save'; readonly term: number }
  | { readonly kind: 'append'; readonly back: number; readonly count: number }
  | { readonly kind: 'truncate'; readonly index: number }
  | { readonly kind: 'snapshot'; readonly index: number }
  | { readonly kind: 'discard'; readonly index: number }
  | { readonly kind: 'flush'; readonly share: number }
  | { readonly kind: 'crash'; readonly share: number };

const index = fc.integer({ min: 1, max: 12 });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('save' as const), term: fc.nat(9) }),
  fc.record({ kind: fc.constant('append' as const), back: fc.nat(4), count: fc.nat(4) }),
  fc.record({ kind: fc.constant('truncate' as const), index }),
  fc.record({ kind: fc.constant('snapshot' as const), index }),
  fc.record({ kind: fc.constant('discard' as const), index }),
  fc.record({ kind: fc.constant('flush' as const), share }),
  fc.record({ kind: fc.constant('crash' as const), share }),
);

test('any sequence of writes, flushes and crashes leaves what a simple model says', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const disk = new Disk();
      // The state after each write that may still be lost, oldest first; before them, what is durable.
      let states: Model[] = [fresh()];
      let serial = 0;
      const write = (change: (model: Model) => void): void => {
        const next = structuredClone(states.at(-1)!);
        change(next);
        states.push(next);
      };
      for (const each of steps) {
        const view = states.at(-1)!;
        const last = view.base + view.entries.length;
        switch (each.kind) {
          case 'save':
            disk.saveHardState({ currentTerm: each.term, votedFor: `n${each.term}` });
            write((m) => Object.assign(m, { currentTerm: each.term, votedFor: `n${each.term}` }));
            break;
          case 'append': {
            const first = Math.max(view.base + 1, last + 1 - each.back);
            const entries = Array.from({ length: each.count }, (_, i) => command(first + i, 1, `${serial++}`));
            disk.append(entries);
            for (const entry of entries)
              write((m) => {
                m.entries = [...m.entries.filter((old) => old.index < entry.index), entry];
              });
            break;
          }
          case 'truncate':
            disk.truncateFrom(each.index);
            if (each.index <= last)
              write((m) => {
                m.entries = m.entries.filter((old) => old.index < each.index);
              });
            break;
          case 'snapshot':
            disk.saveSnapshot(snapshotAt(each.index));
            write((m) => {
              m.snapshot = snapshotAt(each.index);
            });
            break;
          case 'discard':
            disk.discardThrough(each.index);
            if (each.index > view.base)
              write((m) => {
                m.entries = m.entries.filter((old) => old.index > each.index);
                m.base = each.index;
              });
            break;
          case 'flush': {
            // Up to a mark in the past, as a flush that began then would.
            const count = Math.round(each.share * (states.length - 1));
            disk.makeDurable(disk.written - (states.length - 1) + count);
            states = states.slice(count);
            break;
          }
          case 'crash': {
            const kept = Math.round(each.share * (states.length - 1));
            disk.lose(kept);
            states = [states[kept]!];
          }
        }
        expect(contents(disk.view)).toEqual(states.at(-1));
        expect(contents(disk.durable)).toEqual(states[0]);
        expect(disk.buffered.length).toBe(states.length - 1);
      }
    }),
    { numRuns: 300 },
  );
});

test('each lost prefix: a crash that keeps k of n writes keeps exactly the first k', () => {
  const play = (disk: Disk): void => {
    disk.append([command(1), command(2), command(3)]);
    disk.saveHardState({ currentTerm: 4, votedFor: 'n2' });
    disk.append([command(2, 4, 'other')]);
    disk.saveSnapshot(snapshotAt(1));
    disk.discardThrough(1);
  };
  const expected: readonly Partial<Model>[] = [
    {},
    { entries: [command(1)] },
    { entries: [command(1), command(2)] },
    { entries: [command(1), command(2), command(3)] },
    { currentTerm: 4, votedFor: 'n2' },
    { entries: [command(1), command(2, 4, 'other')] },
    { snapshot: snapshotAt(1) },
    { entries: [command(2, 4, 'other')], base: 1 },
  ];
  let model = fresh();
  for (const [kept, change] of expected.entries()) {
    model = { ...model, ...change };
    const disk = new Disk();
    play(disk);
    expect(disk.buffered).toHaveLength(expected.length - 1);
    disk.lose(kept);
    expect(contents(disk.view)).toEqual(model);
  }
});

test('an entry at an index that exists replaces it and all after it', () => {
  const disk = new Disk();
  disk.append([command(1), command(2), command(3)]);
  disk.append([command(2, 5)]);
  expect(disk.view.log).toEqual([command(1), command(2, 5)]);
});

test('truncating removes the tail, and nothing when there is none', () => {
  const disk = new Disk();
  disk.append([command(1), command(2), command(3)]);
  disk.truncateFrom(2);
  expect(disk.view.log).toEqual([command(1)]);
  expect(disk.truncateFrom(2)).toBeUndefined();
  disk.truncateFrom(1);
  expect(disk.view.log).toEqual([]);
});

test('discarding beyond the end empties the log, and the next entry follows the index given', () => {
  const disk = new Disk();
  disk.append([command(1), command(2)]);
  disk.discardThrough(10);
  expect(disk.view.log).toEqual([]);
  expect(() => disk.append([command(3)])).toThrow(ContractError);
  expect(() => disk.append([command(10)])).toThrow(/index 10 was discarded/);
  expect(() => disk.append([command(12)])).toThrow(/gap/);
  disk.append([command(11)]);
  expect(disk.view.log).toEqual([command(11)]);
  expect(disk.discardThrough(10)).toBeUndefined();
});

test('a gap, index 0 and malformed values are contract errors that say what is wrong', () => {
  const disk = new Disk();
  const wrong: readonly (readonly [() => unknown, RegExp])[] = [
    [() => disk.append([command(2)]), /index 2 leaves a gap: the last index on the disk is 0/],
    [() => disk.append([command(0)]), /there is no entry 0/],
    [() => disk.append([{ ...command(1), index: 1.5 }]), /index must be a whole number/],
    [() => disk.append(command(1) as never), /append takes an array of entries, not an object/],
    [() => disk.append([{ index: 1, term: 1, kind: 'command' }]), /command must be a string, not undefined/],
    [() => disk.append([{ ...command(1), kind: 'other' as never }]), /kind must be command, noop or config/],
    [() => disk.append([{ index: 1, term: 1, kind: 'config' }]), /a configuration must be an object/],
    [() => disk.truncateFrom(0), /there is no entry 0/],
    [() => disk.truncateFrom(-1), /whole number of at least 0, not -1/],
    [() => disk.discardThrough(Number.NaN), /whole number of at least 0, not NaN/],
    [() => disk.saveHardState({ currentTerm: -1, votedFor: null }), /currentTerm must be a whole number/],
    [() => disk.saveHardState({ currentTerm: 1, votedFor: undefined as never }), /a server id or null, not undefined/],
    [() => disk.saveHardState(null as never), /saveHardState takes/],
    [() => disk.saveSnapshot({ ...snapshotAt(1), data: 5 as never }), /data must be a string, not 5/],
    [() => disk.saveSnapshot(undefined as never), /a snapshot must be an object, not undefined/],
  ];
  for (const [call, message] of wrong) {
    expect(call).toThrow(ContractError);
    expect(call).toThrow(message);
  }
  expect(disk.written).toBe(0);
});

test('a disk that fails in a flush has taken the writes, and keeps none of them for certain', () => {
  const disk = new Disk();
  disk.failure = { kind: 'flush', after: 1 };
  disk.saveHardState({ currentTerm: 1, votedFor: null });
  disk.checkFlush();
  disk.makeDurable(disk.written);
  disk.saveHardState({ currentTerm: 2, votedFor: null });
  expect(() => disk.checkFlush()).toThrow(StorageError);
  expect(() => disk.check()).toThrow(StorageError);
  disk.lose(0);
  disk.checkFlush();
  expect(disk.view.currentTerm).toBe(1);
});

test('a disk that fails does so for every later call, until a crash', () => {
  const disk = new Disk();
  disk.failure = { kind: 'write', after: 1 };
  expect(() => disk.append([command(1), command(2)])).toThrow(StorageError);
  expect(() => disk.check()).toThrow(StorageError);
  expect(disk.view.log).toEqual([command(1)]);
  disk.lose(1);
  disk.check();
  disk.append([command(2)]);
  expect(disk.view.log).toEqual([command(1), command(2)]);
});

function fresh(): Model {
  return { currentTerm: 0, votedFor: null, entries: [], base: 0, snapshot: undefined };
}

function contents(from: DiskContents): Model {
  for (let i = from.base + 1; i <= from.lastIndex; i++) expect(from.entry(i)?.index).toBe(i);
  return {
    currentTerm: from.currentTerm,
    votedFor: from.votedFor,
    entries: from.log,
    base: from.base,
    snapshot: from.snapshot,
  };
}

import type { Mutant } from '../../../grader/author/edits.ts';

/** Mistakes about where entries stand: an index of the log is a position in the array only before the first compaction. */
export const positions: readonly Mutant[] = [
  {
    slug: 'raw-index-of-an-entry',
    title: 'an entry is looked up at its index, although the array begins behind the snapshot',
    base: 'checkpoint:4',
    edits: [
      {
        file: 'log.ts',
        before: 'return this.entries[index - this.base.index - 1];',
        after: 'return this.entries[index - 1];',
      },
    ],
    expect: ['compacted-log-goes-on', 'LogMatching', 'StateMachineSafety', 'Crash'],
  },
  {
    slug: 'raw-index-of-a-term',
    title: 'terms are looked up by position in the trimmed array',
    base: 'variant:synchronous',
    edits: [
      {
        file: 'raft-log.ts',
        before: 'return this.slots[index - this.baseIndex]?.term;',
        after: 'return this.slots[index]?.term;',
      },
    ],
    expect: ['compacted-log-goes-on', 'SnapshotMatchesLog'],
  },
  {
    slug: 'raw-index-of-what-is-sent',
    title: 'the entries for a request are cut out of the array as if it began with entry 1',
    base: 'checkpoint:4',
    edits: [
      {
        file: 'log.ts',
        before: 'const start = index - this.base.index - 1;',
        after: 'const start = index - 1;',
      },
    ],
    expect: ['ContractUse', 'Budgets', 'brings-followers-to-the-snapshot', 'LogMatching'],
  },
  {
    slug: 'raw-index-of-a-cut',
    title: 'a truncation counts positions in the array, and leaves what it should remove',
    base: 'checkpoint:4',
    edits: [
      {
        file: 'log.ts',
        before: 'this.entries.length = index - this.base.index - 1;',
        after: 'this.entries.length = Math.min(this.entries.length, index - 1);',
      },
    ],
    expect: ['CommitRule', 'PromisesSurvive', 'compacted-log-goes-on', 'LogMatching'],
  },
  {
    slug: 'cut-off-by-one',
    title: 'compaction drops one entry too many in memory: the first behind the snapshot',
    base: 'variant:synchronous',
    edits: [
      {
        file: 'raft-log.ts',
        before: '...this.slots.slice(index + 1 - this.baseIndex)]',
        after: '...this.slots.slice(index + 2 - this.baseIndex)]',
      },
    ],
    expect: ['compacted-log-goes-on', 'LogMatching', 'StateMachineSafety'],
  },
  {
    slug: 'cut-off-by-one-in-front',
    title: 'compaction drops one entry too many in memory: the first of those that it keeps in front of the snapshot',
    base: 'checkpoint:4',
    edits: [
      {
        file: 'log.ts',
        before: 'this.entries = this.entries.slice(index - this.base.index);',
        after: 'this.entries = this.entries.slice(index - this.base.index + 1);',
      },
    ],
    expect: ['compacted-log-goes-on', 'LogMatching', 'StateMachineSafety', 'SnapshotMatchesLog'],
  },
  {
    slug: 'last-term-zero',
    title: 'the last term of a log that is empty behind its snapshot is 0',
    base: 'variant:synchronous',
    edits: [
      {
        file: 'raft-log.ts',
        before: 'return this.slots[this.slots.length - 1]!.term;',
        after: 'return this.slots.length === 1 ? 0 : this.slots[this.slots.length - 1]!.term;',
      },
    ],
    expect: ['empty-log-keeps-its-end'],
  },
  {
    slug: 'last-index-zero',
    title: 'the last index of a log that is empty behind its snapshot is 0',
    base: 'variant:synchronous',
    edits: [
      {
        file: 'raft-log.ts',
        before: 'return this.baseIndex + this.slots.length - 1;',
        after: 'return this.slots.length === 1 ? 0 : this.baseIndex + this.slots.length - 1;',
      },
    ],
    expect: ['IndexMonotonic', 'AckedNeverDropped', 'empty-log-keeps-its-end', 'installs-a-snapshot'],
  },
  {
    slug: 'last-term-zero-after-install',
    title: 'the last term is 0 when all entries are gone, as they are behind an installed snapshot',
    base: 'checkpoint:4',
    edits: [
      {
        file: 'log.ts',
        before: 'return this.entries.at(-1)?.term ?? this.base.term;',
        after: 'return this.entries.at(-1)?.term ?? 0;',
      },
    ],
    expect: ['empty-log-keeps-its-end'],
  },
  {
    slug: 'base-without-term',
    title: 'the index of the snapshot is remembered, and its term is not: the next entry never fits',
    base: 'checkpoint:4',
    edits: [
      {
        file: 'log.ts',
        before: 'return index === this.base.index ? this.base.term : this.at(index)?.term;',
        after: 'return index === this.base.index ? 0 : this.at(index)?.term;',
      },
    ],
    expect: ['installs-a-snapshot', 'empty-log-keeps-its-end', 'brings-followers-to-the-snapshot'],
  },
  {
    slug: 'sentinel-without-term',
    title: 'the sentinel that stands for the snapshot has term 0',
    base: 'variant:synchronous',
    edits: [
      {
        file: 'raft-log.ts',
        before: "index: snapshot.lastIncludedIndex, term: snapshot.lastIncludedTerm, kind: 'noop' };",
        after: "index: snapshot.lastIncludedIndex, term: 0, kind: 'noop' };",
      },
    ],
    expect: ['compacted-log-goes-on', 'empty-log-keeps-its-end', 'installs-a-snapshot'],
  },
];

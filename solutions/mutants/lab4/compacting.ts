import type { Mutant } from '../../../grader/author/edits.ts';

const SAVE =
  '    this.save({ lastIncludedIndex: index, lastIncludedTerm: log.termAt(index)!, configuration, data });\n';
const DISCARD = '    if (discarded > log.base.index) log.discardThrough(discarded, log.termAt(discarded)!);\n';
const ADOPT = '    this.storage.saveSnapshot(snapshot);\n    this.storage.discardThrough(index);\n';

/** Mistakes about a server's own snapshots: what stands in them, and in which order the disk changes. */
export const compacting: readonly Mutant[] = [
  {
    slug: 'index-off-by-one',
    title: 'a snapshot is saved under the index before the one that it reaches to',
    base: 'checkpoint:4',
    edits: [
      {
        file: 'snapshots.ts',
        before: SAVE,
        after: `    const last = index - 1;
    this.save({ lastIncludedIndex: last, lastIncludedTerm: log.termAt(last)!, configuration, data });
`,
      },
    ],
    expect: ['SnapshotMatchesLog'],
  },
  {
    slug: 'term-of-the-end',
    title: 'a snapshot is saved with the last term of the log, and not with that of its last entry',
    base: 'checkpoint:4',
    edits: [{ file: 'snapshots.ts', before: SAVE, after: SAVE.replace('log.termAt(index)!', 'log.lastTerm') }],
    expect: ['SnapshotMatchesLog'],
  },
  {
    slug: 'configuration-missing',
    title: 'a snapshot is saved without the configuration',
    base: 'checkpoint:4',
    edits: [
      {
        file: 'snapshots.ts',
        before: SAVE,
        after: SAVE.replace('configuration, data', 'configuration: { voters: [], learners: [] }, data'),
      },
    ],
    expect: ['SnapshotMatchesLog'],
  },
  {
    slug: 'configuration-of-one',
    title: 'a snapshot is saved with a configuration that has this server only',
    base: 'checkpoint:4',
    edits: [
      {
        file: 'snapshots.ts',
        before: SAVE,
        after: SAVE.replace(
          'configuration, data',
          'configuration: { ...configuration, voters: [this.raft.env.id] }, data',
        ),
      },
    ],
    expect: ['SnapshotMatchesLog'],
  },
  {
    slug: 'trimmed-before-saved',
    title: 'the entries are discarded before the snapshot is saved',
    base: 'variant:synchronous',
    edits: [
      {
        file: 'raft-log.ts',
        before: ADOPT,
        after: '    this.storage.discardThrough(index);\n    this.storage.saveSnapshot(snapshot);\n',
      },
    ],
    expect: ['SnapshotBeforeTrim'],
  },
  {
    slug: 'trimmed-and-flushed-before-saved',
    title: 'the entries are discarded, for good, before the snapshot is saved',
    base: 'checkpoint:4',
    edits: [
      {
        file: 'snapshots.ts',
        before: `${SAVE}    const discarded = index - TRAILING_ENTRIES;\n${DISCARD}`,
        after: `    const lastIncludedTerm = log.termAt(index)!;
    const discarded = index - TRAILING_ENTRIES;
${DISCARD}    this.raft.env.storage.flushSync();
    this.save({ lastIncludedIndex: index, lastIncludedTerm, configuration, data });
`,
      },
    ],
    expect: ['SnapshotBeforeTrim'],
  },
  {
    slug: 'trims-what-is-not-applied',
    title: 'compaction discards the log to its end, also behind the snapshot',
    base: 'checkpoint:4',
    edits: [
      {
        file: 'snapshots.ts',
        before: 'const discarded = index - TRAILING_ENTRIES;',
        after: 'const discarded = log.lastIndex;',
      },
    ],
    expect: ['SnapshotBeforeTrim', 'compacted-log-goes-on'],
  },
  {
    slug: 'older-snapshot-replaces-newer',
    title: 'compact() at a smaller index replaces the newer snapshot, whose entries are gone',
    base: 'checkpoint:4',
    edits: [
      {
        file: 'snapshots.ts',
        before: '    if (index <= (this.latest?.lastIncludedIndex ?? 0)) return;\n',
        after: '    if (log.termAt(index) === undefined) return;\n',
      },
    ],
    expect: ['older-snapshots-are-ignored'],
  },
  {
    slug: 'older-snapshot-not-expected',
    title: 'compact() at an index that is gone fails',
    base: 'variant:asynchronous',
    edits: [
      {
        file: 'raft.ts',
        before: 'if (index <= this.log.snapshotIndex || index > this.lastApplied) return;',
        after: 'if (index > this.lastApplied) return;',
      },
    ],
    expect: ['older-snapshots-are-ignored', 'ContractUse', 'Crash'],
  },
  {
    slug: 'never-trimmed',
    title: 'snapshots are taken, but no entry is ever discarded',
    base: 'checkpoint:4',
    edits: [{ file: 'snapshots.ts', before: DISCARD, after: '' }],
    expect: ['storage-is-bounded', 'Budgets'],
  },
  {
    slug: 'trimmed-in-memory-only',
    title: 'entries are discarded in memory, and stay on the disk',
    base: 'checkpoint:4',
    edits: [{ file: 'log.ts', before: '    this.storage.discardThrough(index);\n', after: '' }],
    expect: ['storage-is-bounded', 'Budgets', 'restarts-from-snapshot'],
  },
];

import type { Mutant } from '../../../grader/author/edits.ts';

/** Mistakes of servers that start over a disk with a snapshot on it. */
export const restarts: readonly Mutant[] = [
  {
    slug: 'snapshot-not-loaded',
    title: 'a restarted server takes the entries from its disk, and not the snapshot',
    base: 'checkpoint:4',
    edits: [
      {
        file: 'persistence.ts',
        before: '  if (snapshot !== undefined) raft.snapshots.adopt(snapshot);\n',
        after: '',
      },
    ],
    expect: ['ContractUse', 'restarts-from-snapshot', 'StateMachineSafety'],
  },
  {
    slug: 'snapshot-loaded-not-applied',
    title: 'a restarted server puts its log behind the snapshot, but does not give it to the state machine',
    base: 'variant:synchronous',
    edits: [
      {
        file: 'raft.ts',
        before: '    this.restoreSnapshot();\n    this.countdown.restart();',
        after: `    this.commitIndex = this.log.baseIndex;
    this.lastApplied = this.log.baseIndex;
    this.countdown.restart();`,
      },
    ],
    expect: ['restarts-from-snapshot', 'StateMachineSafety'],
  },
  {
    slug: 'applied-from-zero',
    title: 'lastApplied and commitIndex are 0 after a restart, although the log begins behind the snapshot',
    base: 'variant:synchronous',
    edits: [
      {
        file: 'raft.ts',
        before: '    this.restoreSnapshot();\n    this.countdown.restart();',
        after: `    if (this.log.snapshot !== undefined) this.env.apply(this.log.snapshot);
    this.countdown.restart();`,
      },
    ],
    expect: ['restarts-from-snapshot', 'Crash', 'ContractUse', 'StateMachineSafety', 'IndexMonotonic'],
  },
  {
    slug: 'last-applied-stays',
    title: 'a snapshot is applied without moving lastApplied: entries that it holds are applied again',
    base: 'checkpoint:4',
    edits: [{ file: 'snapshots.ts', before: '    raft.lastApplied = snapshot.lastIncludedIndex;\n', after: '' }],
    expect: ['StateMachineSafety', 'Crash', 'restarts-from-snapshot'],
  },
  {
    slug: 'covered-entries-loaded',
    title: 'entries that a crash left below the snapshot are taken for those behind it',
    base: 'variant:synchronous',
    edits: [
      {
        file: 'raft-log.ts',
        before: '...entries.filter((entry) => entry.index > snapshot.lastIncludedIndex)]',
        after: '...entries]',
      },
    ],
    expect: ['StateMachineSafety', 'crash-while-compacting', 'crash-while-installing'],
  },
  {
    slug: 'gap-left-by-a-crash',
    title: 'a server that died between saving a snapshot and discarding what it replaces never discards that',
    base: 'variant:synchronous',
    edits: [
      {
        file: 'raft-log.ts',
        before: '      this.storage.discardThrough(snapshot.lastIncludedIndex);\n    }',
        after: '    }',
      },
    ],
    expect: ['crash-while-compacting', 'crash-while-installing', 'ContractUse'],
  },
  {
    slug: 'foreign-entries-after-a-crash',
    title:
      'entries of another history, which a crash left behind an installed snapshot, are taken for its continuation',
    base: 'variant:asynchronous',
    edits: [
      {
        file: 'log.ts',
        before: 'if (!beginsBehind && boundary?.term !== lastIncludedTerm) {',
        after: 'if (!beginsBehind && boundary === undefined) {',
      },
    ],
    expect: ['crash-while-installing', 'LogMatching'],
  },
];

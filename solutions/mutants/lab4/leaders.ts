import type { Mutant } from '../../../grader/author/edits.ts';

/** Mistakes of leaders whose log no longer has what a follower lacks. */
export const leaders: readonly Mutant[] = [
  {
    slug: 'newest-snapshot-counted',
    title: 'an answer to InstallSnapshot counts for the newest snapshot, which may have been taken since',
    base: 'checkpoint:4',
    edits: [
      {
        file: 'snapshots.ts',
        before: 'progress.confirm(args.lastIncludedIndex);',
        after: 'progress.confirm(this.latest!.lastIncludedIndex);',
      },
    ],
    expect: ['CommitRule', 'counts-the-snapshot-that-was-sent'],
  },
  {
    slug: 'own-base-counted',
    title: 'an answer to InstallSnapshot counts for all that the leader has compacted by then',
    base: 'variant:synchronous',
    edits: [
      {
        file: 'replication.ts',
        before: 'this.onConfirmed(follower, request, args.lastIncludedIndex);',
        after: 'this.onConfirmed(follower, request, this.leader.log.baseIndex);',
      },
    ],
    expect: ['CommitRule', 'counts-the-snapshot-that-was-sent'],
  },
  {
    slug: 'entries-that-are-gone-sent',
    title: 'a follower that needs the last entry below the log gets entries, of which the first is missing',
    base: 'checkpoint:4',
    edits: [
      {
        file: 'replication.ts',
        before: 'if (progress.nextIndex <= log.base.index) {',
        after: 'if (progress.nextIndex < log.base.index) {',
      },
    ],
    expect: ['brings-followers-to-the-snapshot', 'ContractUse', 'Crash', 'LogMatching'],
  },
  {
    slug: 'no-snapshots-sent',
    title: 'a follower whose next entry is gone gets heartbeats only',
    base: 'checkpoint:4',
    edits: [
      {
        file: 'replication.ts',
        before: '      void this.raft.snapshots.send(follower, progress);\n      return true;\n',
        after: '      return false;\n',
      },
    ],
    expect: ['brings-followers-to-the-snapshot', 'straggler-catches-up'],
  },
  {
    slug: 'snapshot-in-place-of-the-next-entry',
    title: 'a follower that is just at the snapshot gets it again, in place of the entries behind it',
    base: 'variant:synchronous',
    edits: [
      {
        file: 'replication.ts',
        before: 'follower.nextIndex <= log.baseIndex) {',
        after: 'follower.nextIndex <= log.baseIndex + 1) {',
      },
    ],
    expect: ['brings-followers-to-the-snapshot', 'Budgets', 'snapshots-do-not-storm'],
  },
  {
    slug: 'storm-on-refusal',
    title: 'a snapshot that is refused or lost is sent again at once',
    base: 'checkpoint:4',
    edits: [
      {
        file: 'snapshots.ts',
        before: '      progress.lost(args);\n      return;\n',
        after: '      progress.answered(args);\n      raft.replication.replicate(follower);\n      return;\n',
      },
    ],
    expect: ['snapshots-do-not-storm', 'Budgets'],
  },
  {
    slug: 'term-of-answers-ignored',
    title: 'a leader does not see the higher term in an answer to InstallSnapshot',
    base: 'checkpoint:4',
    edits: [
      {
        file: 'snapshots.ts',
        before: '    if (reply !== undefined) raft.observeTerm(reply.term);\n',
        after: '',
      },
    ],
    expect: ['brings-followers-to-the-snapshot'],
  },
  {
    slug: 'no-heartbeats-besides-snapshots',
    title: 'a follower gets no heartbeats while a snapshot is under way to it',
    base: 'checkpoint:4',
    edits: [
      {
        file: 'replication.ts',
        before: 'if (this.replicate(follower)) continue;',
        after: `if (this.replicate(follower)) continue;
      const progress = this.progress.get(follower)!;
      if (progress.busy && progress.nextIndex <= this.raft.log.base.index) continue;`,
      },
    ],
    expect: ['snapshots-do-not-storm'],
  },
  {
    slug: 'no-heartbeats-besides-parts',
    title: 'a follower gets no heartbeats while parts of a snapshot are under way to it',
    base: 'variant:asynchronous',
    edits: [
      {
        file: 'replicator.ts',
        before: 'void this.append([]);',
        after: 'if (this.transfer === undefined) void this.append([]);',
      },
    ],
    expect: ['snapshots-do-not-storm'],
  },
];

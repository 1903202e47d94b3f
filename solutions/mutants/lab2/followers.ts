import type { Mutant } from '../../../grader/author/edits.ts';

const COMMIT = 'raft.commitThrough(Math.min(args.leaderCommit, args.prevLogIndex + args.entries.length));';
const MERGE = 'raft.log.merge(args.entries);';

/** Mistakes of followers: what they store, what they remove, and how far they commit and apply. */
export const followers: readonly Mutant[] = [
  {
    slug: 'refused-appends-keep-timer',
    title: 'the request of a leader starts the timeout anew only if the log matches',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'raft.ts',
        before: '    this.becomeFollower(term, leader);\n    this.election.resetTimer();',
        after: '    this.becomeFollower(term, leader);',
      },
      { file: 'following.ts', before: `    ${MERGE}`, after: `    raft.election.resetTimer();\n    ${MERGE}` },
    ],
    expect: ['refused-appends-count-as-contact'],
  },
  {
    slug: 'heartbeats-unchecked',
    title: 'an empty request succeeds although the log does not match',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'following.ts',
        before: 'if (!raft.log.matches',
        after: 'if (args.entries.length > 0 && !raft.log.matches',
      },
    ],
    expect: ['AckedNeverDropped', 'CommitRule', 'IndexMonotonic', 'checks-consistency'],
  },
  {
    slug: 'short-log-unforeseen',
    title: 'reads the entry at prevLogIndex although its log may be shorter',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'following.ts',
        before: '!raft.log.matches(args.prevLogIndex, args.prevLogTerm)',
        after: 'args.prevLogIndex > 0 && raft.log.at(args.prevLogIndex)!.term !== args.prevLogTerm',
      },
    ],
    expect: ['Crash'],
  },
  {
    slug: 'always-truncates',
    title: 'removes all that follows prevLogIndex at each request, heartbeats too',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'following.ts',
        before: MERGE,
        after: 'raft.log.truncateFrom(args.prevLogIndex + 1);\n    raft.log.append(args.entries);',
      },
    ],
    expect: ['AckedNeverDropped', 'IndexMonotonic'],
  },
  {
    slug: 'truncates-for-entries',
    title: 'removes all that follows prevLogIndex at each request that has entries',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'following.ts',
        before: MERGE,
        after: `if (args.entries.length > 0) {
      raft.log.truncateFrom(args.prevLogIndex + 1);
      raft.log.append(args.entries);
    }`,
      },
    ],
    expect: ['AckedNeverDropped', 'IndexMonotonic'],
  },
  {
    slug: 'conflict-tail-kept',
    title: 'replaces the entries that conflict, and keeps those that follow them',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'log.ts',
        before: '    this.truncateFrom(added[0]!.index);\n    this.append(added);',
        after: '    for (const entry of added) this.entries[entry.index - 1] = entry;',
      },
    ],
    expect: ['LogMatching', 'LeaderCompleteness', 'replaces-only-conflicts'],
  },
  {
    slug: 'entries-restamped-by-follower',
    title: 'stores entries with the current term instead of their own',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'following.ts',
        before: MERGE,
        after: 'raft.log.merge(args.entries.map((entry) => ({ ...entry, term: raft.currentTerm })));',
      },
    ],
    expect: ['CommitRule', 'LogMatching', 'stores-entries', 'replaces-only-conflicts'],
  },
  {
    slug: 'log-cut-on-step-down',
    title: 'a leader that steps down removes what is not committed, also what others count on',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'raft.ts',
        before: '      this.replication.stopLeading();',
        after: '      this.replication.stopLeading();\n      this.log.truncateFrom(this.commitIndex + 1);',
      },
    ],
    expect: ['LeaderCompleteness', 'AckedNeverDropped'],
  },
  {
    slug: 'leader-commit-unbounded',
    title: 'commits up to leaderCommit, beyond the end of its own log too',
    base: 'checkpoint:2',
    edits: [{ file: 'following.ts', before: COMMIT, after: 'raft.commitThrough(args.leaderCommit);' }],
    expect: ['CommitRule', 'IndexMonotonic'],
  },
  {
    slug: 'commits-unverified-entries',
    title: 'commits up to the end of its log, beyond what the request covers',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'following.ts',
        before: COMMIT,
        after: 'raft.commitThrough(Math.min(args.leaderCommit, raft.log.lastIndex));',
      },
    ],
    expect: ['CommitRule'],
  },
  {
    slug: 'heartbeats-commit-nothing',
    title: 'takes the commit index from requests with entries only',
    base: 'checkpoint:2',
    edits: [{ file: 'following.ts', before: COMMIT, after: `if (args.entries.length > 0) ${COMMIT}` }],
    expect: ['basic-agreement', 'commits-what-was-verified', 'stores-entries'],
  },
  {
    slug: 'commit-index-falls',
    title: 'the commit index follows each request, backwards too',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'raft.ts',
        before: 'this.commitIndex = Math.max(this.commitIndex, index);',
        after: 'this.commitIndex = index;',
      },
    ],
    expect: ['IndexMonotonic'],
  },
  {
    slug: 'old-entries-not-applied',
    title: 'gives only entries of the current term to the state machine',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'raft.ts',
        before: 'this.env.apply(this.log.at(this.lastApplied + 1)!);',
        after: `const entry = this.log.at(this.lastApplied + 1)!;
      if (entry.term === this.currentTerm) this.env.apply(entry);`,
      },
    ],
    expect: ['StateMachineSafety'],
  },
  {
    slug: 'entries-skipped',
    title: 'applies the first of the entries that are newly committed, and takes the others for applied',
    base: 'checkpoint:2',
    edits: [{ file: 'raft.ts', before: 'this.lastApplied += 1;', after: 'this.lastApplied = this.commitIndex;' }],
    expect: ['StateMachineSafety'],
  },
];

import type { Mutant } from '../../../grader/author/edits.ts';

const RESTORE = '  raft.log.restore(entries);\n';

/** Mistakes about what a new life begins with, besides term, vote and log. */
export const restarts: readonly Mutant[] = [
  {
    slug: 'commit-index-at-end',
    title: 'commitIndex begins at the end of the log',
    base: 'checkpoint:3',
    edits: [{ file: 'persistence.ts', before: RESTORE, after: `${RESTORE}  raft.commitIndex = raft.log.lastIndex;\n` }],
    expect: ['CommitRule'],
  },
  {
    slug: 'applied-at-end',
    title: 'commitIndex and lastApplied begin at the end of the log, and the state machine is empty',
    base: 'checkpoint:3',
    edits: [
      {
        file: 'persistence.ts',
        before: RESTORE,
        after: `${RESTORE}  raft.commitIndex = raft.log.lastIndex;\n  raft.lastApplied = raft.log.lastIndex;\n`,
      },
    ],
    expect: ['StateMachineSafety', 'CommitRule', 'applies-from-the-start'],
  },
  {
    slug: 'log-applied-at-start',
    title: 'a restarted server applies its whole log',
    base: 'checkpoint:3',
    edits: [
      { file: 'persistence.ts', before: RESTORE, after: `${RESTORE}  raft.commitThrough(raft.log.lastIndex);\n` },
    ],
    expect: ['CommitRule'],
  },
  {
    slug: 'leads-on-after-restart',
    title: 'a server that has voted for itself leads on after a restart',
    base: 'checkpoint:3',
    edits: [
      {
        file: 'raft.ts',
        before: '    restore(this);\n    this.election.resetTimer();\n',
        after: `    restore(this);
    this.election.resetTimer();
    if (this.votedFor === this.env.id) this.becomeLeader();
`,
      },
    ],
    expect: ['LeaderElected', 'LegalTransition', 'keeps-its-own-vote', 'leader-restarts'],
  },
  {
    slug: 'waits-for-a-leader-only',
    title: 'a restarted server that has a log never campaigns',
    base: 'checkpoint:3',
    edits: [
      {
        file: 'raft.ts',
        before: '    restore(this);\n    this.election.resetTimer();\n',
        after: '    restore(this);\n    if (this.log.lastIndex === 0) this.election.resetTimer();\n',
      },
    ],
    expect: ['remembers-its-term', 'single-server', 'all-at-once'],
  },
  {
    slug: 'timer-before-loading',
    title: 'the election timer starts, and requests are answered, before the disk has been read',
    base: 'checkpoint:3',
    edits: [
      {
        file: 'raft.ts',
        before: '    restore(this);\n    this.election.resetTimer();\n',
        after: `    this.election.resetTimer();
    this.env.clock.setTimeout(() => restore(this), 1);
`,
      },
    ],
    expect: [
      'TermMonotonic',
      'OneVotePerTerm',
      'PromisesSurvive',
      'remembers-its-term',
      'remembers-its-vote',
      'keeps-its-log',
    ],
  },
];

import type { Mutant } from '../../../grader/author/edits.ts';

const CHECK = 'raft.log.isUpToDate(args.lastLogIndex, args.lastLogTerm)';
const EXPECT = ['LeaderCompleteness', 'votes-for-up-to-date-logs'];

/** Mistakes of voters: whose log is up to date enough. */
export const voters: readonly Mutant[] = [
  {
    slug: 'any-log-may-win',
    title: 'votes without a look at the log of the candidate',
    base: 'checkpoint:2',
    edits: [{ file: 'election.ts', before: `voteGranted &&= ${CHECK};`, after: '' }],
    expect: EXPECT,
  },
  {
    slug: 'longer-log-wins',
    title: 'compares the lengths of the logs, and not their last terms',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'log.ts',
        before: '    if (lastLogTerm !== this.lastTerm) return lastLogTerm > this.lastTerm;\n',
        after: '',
      },
    ],
    expect: EXPECT,
  },
  {
    slug: 'equal-log-denied',
    title: 'votes only for a log that is longer than its own',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'log.ts',
        before: 'return lastLogIndex >= this.lastIndex;',
        after: 'return lastLogIndex > this.lastIndex;',
      },
    ],
    expect: ['votes-for-up-to-date-logs'],
  },
  {
    slug: 'compared-with-commit-index',
    title: 'a candidate that has what the voter knows to be committed gets the vote',
    base: 'checkpoint:2',
    edits: [{ file: 'election.ts', before: CHECK, after: 'args.lastLogIndex >= raft.commitIndex' }],
    expect: EXPECT,
  },
  {
    slug: 'compared-with-campaign-term',
    title: 'compares the term of the campaign, and not that of the last entry of the candidate',
    base: 'checkpoint:2',
    edits: [{ file: 'election.ts', before: CHECK, after: 'args.term >= raft.log.lastTerm' }],
    expect: EXPECT,
  },
  {
    slug: 'candidate-tells-commit-index',
    title: 'a candidate tells voters its commit index in place of its last index',
    base: 'checkpoint:2',
    edits: [
      { file: 'election.ts', before: 'lastLogIndex: raft.log.lastIndex,', after: 'lastLogIndex: raft.commitIndex,' },
    ],
    expect: ['LeaderCompleteness', 'votes-for-up-to-date-logs'],
  },
];

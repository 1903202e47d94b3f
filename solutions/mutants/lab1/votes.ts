import type { Mutant } from '../../../grader/author/edits.ts';

/** Mistakes of voters: who gets the vote of a term, and for how long it stays given. */
export const votes: readonly Mutant[] = [
  {
    slug: 'two-votes',
    title: 'votes for every candidate of a term',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'election.ts',
        before: 'const free = raft.votedFor === null || raft.votedFor === args.candidateId;',
        after: 'const free = true;',
      },
    ],
    expect: ['OneVotePerTerm', 'LeaderElected'],
  },
  {
    slug: 'vote-kept-for-ever',
    title: 'a vote stays given when the term grows',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'raft.ts',
        before: 'if (term > this.currentTerm) this.setHardState(term, null);',
        after: 'if (term > this.currentTerm) this.setHardState(term, this.votedFor);',
      },
    ],
  },
  {
    slug: 'vote-cleared-by-heartbeats',
    title: 'each heartbeat clears the vote of its own term',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'raft.ts',
        before: 'this.becomeFollower(term, leader);\n    this.election.resetTimer();',
        after:
          'this.becomeFollower(term, leader);\n    this.setHardState(term, null);\n    this.election.resetTimer();',
      },
    ],
    expect: ['OneVotePerTerm'],
  },
  {
    slug: 'refused-vote-recorded',
    title: 'votedFor is set although the vote is refused',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'election.ts',
        before: `    if (voteGranted) {
      raft.setHardState(raft.currentTerm, args.candidateId);
`,
        after: `    raft.setHardState(raft.currentTerm, args.candidateId);
    if (voteGranted) {
`,
      },
    ],
  },
  {
    slug: 'vote-not-recorded',
    title: 'votedFor is never set for another candidate',
    base: 'checkpoint:1',
    edits: [{ file: 'election.ts', before: 'raft.setHardState(raft.currentTerm, args.candidateId);', after: '' }],
    expect: ['OneVotePerTerm'],
  },
  {
    slug: 'own-vote-not-recorded',
    title: 'a candidate counts its vote for itself, and gives it to a rival too',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'raft.ts',
        before: 'this.setHardState(this.currentTerm + 1, this.env.id);',
        after: 'this.setHardState(this.currentTerm + 1, null);',
      },
    ],
    expect: ['LeaderElected', 'ElectionSafety', 'candidate-votes-for-itself'],
  },
  {
    slug: 'old-candidates-granted',
    title: 'grants its vote to a candidate of an earlier term',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'election.ts',
        before: 'let voteGranted = args.term === raft.currentTerm && free;',
        after: 'let voteGranted = free;',
      },
    ],
  },
  {
    slug: 'granted-in-the-old-term',
    title: 'a vote carries the term that the voter was in before it was asked',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'election.ts',
        before: '    raft.observeTerm(args.term);\n    const free',
        after: '    const term = raft.currentTerm;\n    raft.observeTerm(args.term);\n    const free',
      },
      {
        file: 'election.ts',
        before: 'return { term: raft.currentTerm, voteGranted };',
        after: 'return { term, voteGranted };',
      },
    ],
    expect: ['votes-once-per-term'],
  },
];

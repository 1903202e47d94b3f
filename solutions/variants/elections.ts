import type { Variant } from '../../grader/author/edits.ts';

/** Variants in how a candidate asks and counts. */
export const elections: readonly Variant[] = [
  {
    slug: 'vote-by-rpc',
    title: 'a candidate asks itself like everybody else, and counts its own vote when the answer comes',
    labs: [1, 2, 3, 4, 5, 6],
    base: 'solution',
    edits: [
      {
        file: 'election.ts',
        before: 'this.votes = new Set([raft.env.id]);',
        after: 'this.votes = new Set<ServerId>();',
      },
      {
        file: 'election.ts',
        before: 'if (voter !== raft.env.id) void this.requestVote(voter, args);',
        after: 'void this.requestVote(voter, args);',
      },
    ],
  },
  {
    slug: 'vote-retransmission',
    title: 'a candidate asks again, with every heartbeat interval, whoever has not voted for it yet',
    labs: [1, 2, 3, 4, 5, 6],
    base: 'solution',
    edits: [
      {
        file: 'election.ts',
        before: '  constructor(raft: Raft) {',
        after: '  private retransmission: Timer | undefined;\n\n  constructor(raft: Raft) {',
      },
      {
        file: 'election.ts',
        before: `    for (const voter of votersOf(raft.configuration)) {
      if (voter !== raft.env.id) void this.requestVote(voter, args);
    }
  }
`,
        after: `    raft.env.clock.clear(this.retransmission);
    this.retransmission = raft.env.clock.setInterval(() => this.askOthers(args), raft.env.timing.heartbeatMs);
    this.askOthers(args);
  }

  /** Asks all who have not voted for this candidate, as long as it campaigns in the term of \`args\`. */
  private askOthers(args: RequestVoteArgs): void {
    const { raft } = this;
    if (raft.role !== 'candidate' || raft.currentTerm !== args.term) {
      raft.env.clock.clear(this.retransmission);
      return;
    }
    for (const voter of votersOf(raft.configuration)) {
      if (!this.votes.has(voter)) void this.requestVote(voter, args);
    }
  }
`,
      },
    ],
  },
  {
    slug: 'patient-candidate',
    title: 'a candidate waits up to twice as long after a round that nobody has won',
    labs: [1, 2, 3, 4, 5, 6],
    base: 'solution',
    edits: [
      { file: 'election.ts', before: 'resetTimer(): void {', after: 'resetTimer(patience = 1): void {' },
      {
        file: 'election.ts',
        before: 'this.raft.env.random() * spreadMs,',
        after: 'this.raft.env.random() * patience * spreadMs,',
      },
      {
        file: 'election.ts',
        before: '  constructor(raft: Raft) {',
        after: '  private lostTerm = 0;\n\n  constructor(raft: Raft) {',
      },
      {
        file: 'election.ts',
        before: 'this.resetTimer();\n    this.votes =',
        after: `const again = this.lostTerm + 1 === raft.currentTerm;
    this.lostTerm = raft.currentTerm;
    this.resetTimer(again ? 2 : 1);
    this.votes =`,
      },
    ],
  },
  {
    slug: 'slow-voter',
    title: 'answers a candidate a moment later, from a timer',
    labs: [1, 2, 3, 4, 5, 6],
    base: 'solution',
    edits: [
      {
        file: 'raft.ts',
        before: 'return this.election.onRequestVote(args);',
        after: `const reply = this.election.onRequestVote(args);
    return new Promise((resolve) => {
      this.env.clock.setTimeout(() => resolve(reply), 1);
    });`,
      },
    ],
  },
];

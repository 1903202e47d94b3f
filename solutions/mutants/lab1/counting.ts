import type { Mutant } from '../../../grader/author/edits.ts';

const STALE_REPLY = "if (raft.role !== 'candidate' || raft.currentTerm !== args.term || !reply.voteGranted) return;";

/** Mistakes of candidates: which votes count, and how many are enough. */
export const counting: readonly Mutant[] = [
  {
    slug: 'stale-votes-counted',
    title: 'a vote for an earlier campaign counts in the present one',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'election.ts',
        before: STALE_REPLY,
        after: "if (raft.role !== 'candidate' || !reply.voteGranted) return;",
      },
    ],
    expect: ['LeaderElected', 'ElectionSafety'],
  },
  {
    slug: 'votes-kept-between-campaigns',
    title: 'a new campaign begins with the votes of the one before',
    base: 'checkpoint:1',
    edits: [
      { file: 'election.ts', before: 'this.votes = new Set([raft.env.id]);', after: 'this.votes.add(raft.env.id);' },
    ],
    expect: ['LeaderElected', 'ElectionSafety'],
  },
  {
    slug: 'duplicate-votes-counted',
    title: 'counts grants, and not who granted',
    base: 'variant:vote-retransmission',
    edits: [
      { file: 'election.ts', before: 'private votes = new Set<ServerId>();', after: 'private votes: ServerId[] = [];' },
      { file: 'election.ts', before: 'this.votes = new Set([raft.env.id]);', after: 'this.votes = [raft.env.id];' },
      {
        file: 'election.ts',
        before: `    if (isQuorum(raft.configuration, this.votes)) {
      raft.becomeLeader();
      return;
    }`,
        after: `    if (isQuorum(raft.configuration, new Set(this.votes))) {
      raft.becomeLeader();
      return;
    }`,
      },
      { file: 'election.ts', before: '!this.votes.has(voter)', after: 'voter !== this.raft.env.id' },
      { file: 'election.ts', before: 'this.votes.add(voter);', after: 'this.votes.push(voter);' },
      {
        file: 'election.ts',
        before: 'if (isQuorum(raft.configuration, this.votes)) raft.becomeLeader();',
        after: 'if (this.votes.length > raft.configuration.voters.length / 2) raft.becomeLeader();',
      },
    ],
    expect: ['LeaderElected', 'ElectionSafety'],
  },
  {
    slug: 'refusals-counted',
    title: 'every answer counts as a vote',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'election.ts',
        before: STALE_REPLY,
        after: "if (raft.role !== 'candidate' || raft.currentTerm !== args.term) return;",
      },
    ],
    expect: ['LeaderElected'],
  },
  {
    slug: 'half-is-enough',
    title: 'half of the votes win an election',
    base: 'checkpoint:1',
    edits: [
      { file: 'quorum.ts', before: 'return count > voters.length / 2;', after: 'return count >= voters.length / 2;' },
    ],
    expect: ['LeaderElected'],
  },
  {
    slug: 'one-more-than-a-majority',
    title: 'an election takes one vote more than a majority',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'quorum.ts',
        before: 'return count > voters.length / 2;',
        after: 'return count > voters.length / 2 + 1;',
      },
    ],
  },
  {
    slug: 'even-majority',
    title: 'the majority is wrong in clusters of an even size only',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'quorum.ts',
        before: 'return count > voters.length / 2;',
        after: 'return count >= Math.ceil(voters.length / 2);',
      },
    ],
    expect: ['LeaderElected'],
  },
  {
    slug: 'own-vote-not-counted',
    title: 'a candidate does not count its vote for itself',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'election.ts',
        before: 'this.votes = new Set([raft.env.id]);',
        after: 'this.votes = new Set<ServerId>();',
      },
    ],
  },
  {
    slug: 'late-vote-wins-again',
    title: 'a vote that comes after the election is won makes the leader begin anew',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'election.ts',
        before: STALE_REPLY,
        after: "if (raft.role === 'follower' || raft.currentTerm !== args.term || !reply.voteGranted) return;",
      },
    ],
  },
  {
    slug: 'one-voter-after-another',
    title: 'waits for each answer before it asks the next voter',
    base: 'checkpoint:1',
    edits: [
      { file: 'election.ts', before: 'campaign(): void {', after: 'async campaign(): Promise<void> {' },
      {
        file: 'election.ts',
        before: 'if (voter !== raft.env.id) void this.requestVote(voter, args);',
        after: 'if (voter !== raft.env.id) await this.requestVote(voter, args);',
      },
    ],
  },
];

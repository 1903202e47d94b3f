import type { Mutant } from '../../../grader/author/edits.ts';

/** Mistakes about terms and roles: who steps down, for whom, and what ends with a leadership. */
export const terms: readonly Mutant[] = [
  {
    slug: 'term-not-raised-again',
    title: 'a candidate that campaigns again stays in its term',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'raft.ts',
        before: 'this.setHardState(this.currentTerm + 1, this.env.id);',
        after: "this.setHardState(this.currentTerm + (this.role === 'candidate' ? 0 : 1), this.env.id);",
      },
    ],
  },
  {
    slug: 'term-adopted-role-kept',
    title: 'a higher term is taken over without becoming a follower',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'raft.ts',
        before: 'if (term > this.currentTerm) this.becomeFollower(term);',
        after: 'if (term > this.currentTerm) this.setHardState(term, null);',
      },
    ],
    expect: ['LeaderElected', 'ElectionSafety'],
  },
  {
    slug: 'heartbeat-reply-term-ignored',
    title: 'a higher term in the answer to a heartbeat is ignored',
    base: 'checkpoint:1',
    edits: [{ file: 'replication.ts', before: 'if (reply !== undefined) raft.observeTerm(reply.term);', after: '' }],
  },
  {
    slug: 'vote-reply-term-ignored',
    title: 'a higher term in the answer to a request for votes is ignored',
    base: 'checkpoint:1',
    edits: [{ file: 'election.ts', before: 'raft.observeTerm(reply.term);', after: '' }],
  },
  {
    slug: 'vote-request-term-ignored',
    title: 'a leader ignores requests for votes of higher terms, and never says why',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'election.ts',
        before: 'raft.observeTerm(args.term);',
        after:
          "if (raft.role === 'leader') return { term: raft.currentTerm, voteGranted: false };\n    raft.observeTerm(args.term);",
      },
      { file: 'replication.ts', before: 'if (reply !== undefined) raft.observeTerm(reply.term);', after: '' },
    ],
  },
  {
    slug: 'leader-ignores-newer-leader',
    title: 'a leader ignores the heartbeats of a newer leader',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'raft.ts',
        before: "    this.observeTerm(term);\n    if (term < this.currentTerm || this.role === 'leader') return false;",
        after:
          "    if (this.role === 'leader') return false;\n    this.observeTerm(term);\n    if (term < this.currentTerm) return false;",
      },
    ],
  },
  {
    slug: 'candidate-ignores-newer-leader',
    title: 'a candidate ignores the heartbeats of a leader of a higher term',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'raft.ts',
        before: "    this.observeTerm(term);\n    if (term < this.currentTerm || this.role === 'leader') return false;",
        after:
          "    if (this.role === 'candidate' && term > this.currentTerm) return false;\n    this.observeTerm(term);\n    if (term < this.currentTerm || this.role === 'leader') return false;",
      },
    ],
  },
  {
    slug: 'candidate-ignores-winner',
    title: 'a candidate does not give way to the leader of its own term',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'raft.ts',
        before: "if (term < this.currentTerm || this.role === 'leader') return false;",
        after: "if (term < this.currentTerm || this.role !== 'follower') return false;",
      },
    ],
  },
  {
    slug: 'old-heartbeats-accepted',
    title: 'follows a leader of an earlier term',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'raft.ts',
        before: "if (term < this.currentTerm || this.role === 'leader') return false;",
        after: "if (this.role === 'leader') return false;",
      },
    ],
  },
  {
    slug: 'heartbeats-outlive-leadership',
    title: 'a leader that has stepped down goes on sending heartbeats, in the new term',
    base: 'checkpoint:1',
    edits: [{ file: 'replication.ts', before: 'this.raft.env.clock.clear(this.heartbeatTimer);', after: '' }],
    expect: ['LeaderSends', 'ElectionSafety', 'LeaderElected'],
  },
  {
    slug: 'leader-campaigns',
    title: 'the election timeout runs on in a leader',
    base: 'checkpoint:1',
    edits: [{ file: 'raft.ts', before: '    this.election.stopTimer();\n', after: '' }],
    expect: ['LegalTransition'],
  },
  {
    slug: 'deposed-leader-sleeps',
    title: 'a leader that steps down starts no election timeout',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'raft.ts',
        before: 'this.replication.stopLeading();\n      this.election.resetTimer();',
        after: 'this.replication.stopLeading();',
      },
    ],
  },
];

import type { Mutant } from '../../../grader/author/edits.ts';

/** Mistakes of leadership transfer. */
export const transfers: readonly Mutant[] = [
  {
    slug: 'laggards-told',
    title: 'the target is told to campaign whatever it lacks',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'transfer.ts',
        before:
          'if (target === undefined || this.told || raft.replication.matchIndexOf(target) < raft.log.lastIndex) return;',
        after: 'if (target === undefined || this.told || !raft.leads(raft.currentTerm)) return;',
      },
    ],
    expect: ['transfer-catches-up-first'],
  },
  {
    slug: 'never-given-up',
    title: 'a transfer that does not succeed never ends',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'transfer.ts',
        before:
          '    this.deadline = raft.env.clock.setTimeout(() => this.cancel(), raft.env.timing.electionTimeoutMsMax);\n',
        after: '',
      },
    ],
    expect: ['transfer-gives-up'],
  },
  {
    slug: 'not-cleared-by-a-new-term',
    title: 'a transfer goes on when its leader has stepped down and leads again',
    base: 'checkpoint:5',
    edits: [
      { file: 'replication.ts', before: '    this.raft.transfer.cancel();\n', after: '' },
      {
        file: 'transfer.ts',
        before: 'this.deadline = raft.env.clock.setTimeout(() => this.cancel(), raft',
        after: `const term = raft.currentTerm;
    this.deadline = raft.env.clock.setTimeout(() => {
      if (raft.leads(term)) this.cancel();
    }, raft`,
      },
    ],
    expect: ['transfer-ends-with-the-term'],
  },
  {
    slug: 'commands-taken-meanwhile',
    title: 'a leader that hands over goes on taking commands, so that its target need never catch up',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'replication.ts',
        before: '    if (raft.transfer.underWay) return { accepted: false, leader: raft.env.id };\n',
        after: '',
      },
    ],
    expect: ['transfer-catches-up-first'],
  },
  {
    slug: 'members-changed-meanwhile',
    title: 'a leader that hands over begins a change of members',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'membership.ts',
        before: 'if (this.changing || raft.transfer.underWay || voters',
        after: 'if (this.changing || voters',
      },
    ],
    expect: ['transfer-catches-up-first'],
  },
  {
    slug: 'silent-meanwhile',
    title: 'a leader that hands over sends no heartbeats until that has succeeded or failed',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'replication.ts',
        before: '  private beat(): void {\n',
        after: '  private beat(): void {\n    if (this.raft.transfer.underWay) return;\n',
      },
    ],
    expect: ['transfer-gives-up'],
  },
  {
    slug: 'told-and-waits',
    title: 'the target of a transfer waits for its election timeout',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'transfer.ts',
        before: 'if (raft.follow(args.term, args.leaderId)) raft.election.takeOver();',
        after: 'raft.follow(args.term, args.leaderId);',
      },
    ],
    expect: ['takes-over-when-told'],
  },
  {
    slug: 'old-orders-followed',
    title: 'TimeoutNow of a term that is over starts an election',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'transfer.ts',
        before: 'if (raft.follow(args.term, args.leaderId)) raft.election.takeOver();',
        after: "if (raft.follow(args.term, args.leaderId) || raft.role === 'follower') raft.election.takeOver();",
      },
    ],
    expect: ['takes-over-when-told'],
  },
  {
    slug: 'learners-take-over',
    title: 'a learner that gets TimeoutNow campaigns',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'election.ts',
        before: '    if (!votersOf(this.raft.configuration).includes(this.raft.env.id)) return;\n',
        after: '',
      },
    ],
    expect: ['takes-over-when-told'],
  },
  {
    slug: 'successor-not-recognised',
    title: 'servers refuse to vote while they hear a leader, even for its chosen successor',
    base: 'variant:sticky-leader',
    edits: [
      {
        file: 'election.ts',
        before: 'if (this.hasLeader && !args.transfer) return',
        after: 'if (this.hasLeader) return',
      },
    ],
    expect: ['takes-over-when-told', 'hands-over'],
  },
];

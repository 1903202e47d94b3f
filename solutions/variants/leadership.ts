import type { Variant } from '../../grader/author/edits.ts';

/** Variants in how a leader makes itself heard, and when it gives up. */
export const leadership: readonly Variant[] = [
  {
    slug: 'bare-heartbeat-first',
    title: 'a new leader sends a heartbeat before it appends its no-op',
    labs: [1, 2, 3, 4, 5, 6],
    base: 'solution',
    edits: [
      {
        file: 'replication.ts',
        before: "    raft.log.append([{ index: nextIndex, term: raft.currentTerm, kind: 'noop' }]);\n",
        after: '',
      },
      {
        file: 'replication.ts',
        before: '    this.beat();\n    this.countOwnCopy();\n',
        after: `    this.beat();
    raft.log.append([{ index: nextIndex, term: raft.currentTerm, kind: 'noop' }]);
    for (const follower of this.followers()) this.replicate(follower);
    this.countOwnCopy();
`,
      },
    ],
  },
  {
    slug: 'timer-per-follower',
    title: 'a leader has a timer for each follower',
    labs: [1, 2, 3, 4],
    base: 'checkpoint:4',
    edits: [
      {
        file: 'replication.ts',
        before: 'private heartbeatTimer: Timer | undefined;',
        after: 'private heartbeatTimers: Timer[] = [];',
      },
      {
        file: 'replication.ts',
        before: `    this.heartbeatTimer = raft.env.clock.setInterval(() => this.beat(), raft.env.timing.heartbeatMs);
    this.beat();
`,
        after: `    const { clock, timing } = raft.env;
    this.heartbeatTimers = this.followers().map((follower) => {
      this.beat(follower);
      return clock.setInterval(() => this.beat(follower), timing.heartbeatMs);
    });
`,
      },
      {
        file: 'replication.ts',
        before: `    this.raft.env.clock.clear(this.heartbeatTimer);
    this.heartbeatTimer = undefined;
`,
        after: `    for (const timer of this.heartbeatTimers) this.raft.env.clock.clear(timer);
    this.heartbeatTimers = [];
`,
      },
      {
        file: 'replication.ts',
        before: `  private beat(): void {
    for (const follower of this.followers()) {
      this.progress.get(follower)?.onBeat();
      if (this.replicate(follower)) continue;
      void this.appendEntries(follower, []);
    }
  }
`,
        after: `  private beat(follower: ServerId): void {
    this.progress.get(follower)?.onBeat();
    if (!this.replicate(follower)) void this.appendEntries(follower, []);
  }
`,
      },
    ],
  },
  {
    slug: 'quorum-check',
    title: 'a leader that no quorum has answered for an election timeout steps down (thesis, section 6.2)',
    labs: [1, 2, 3, 4, 5, 6],
    base: 'solution',
    edits: [
      {
        file: 'replication.ts',
        before: 'import { membersOf, quorumIndex }',
        after: 'import { isQuorum, membersOf, quorumIndex }',
      },
      {
        file: 'replication.ts',
        before: '  constructor(raft: Raft) {',
        after: `  private quorumTimer: Timer | undefined;
  /** Who has answered since the quorum was looked at last. */
  private answering = new Set<ServerId>();

  constructor(raft: Raft) {`,
      },
      {
        file: 'replication.ts',
        before: '    this.beat();\n    this.countOwnCopy();\n',
        after: `    this.answering = new Set();
    this.quorumTimer = raft.env.clock.setInterval(() => this.checkQuorum(), raft.env.timing.electionTimeoutMsMax);
    this.beat();
    this.countOwnCopy();
`,
      },
      {
        file: 'replication.ts',
        before: '    this.heartbeatTimer = undefined;\n  }\n',
        after: `    this.heartbeatTimer = undefined;
    this.raft.env.clock.clear(this.quorumTimer);
  }

  private checkQuorum(): void {
    const { raft } = this;
    if (!isQuorum(raft.configuration, this.answering.add(raft.env.id))) raft.becomeFollower(raft.currentTerm);
    this.answering = new Set();
  }
`,
      },
      {
        file: 'replication.ts',
        before: 'if (reply === undefined) progress.lost(args);',
        after:
          'if (reply !== undefined) this.answering.add(follower);\n    if (reply === undefined) progress.lost(args);',
      },
    ],
  },
  {
    slug: 'leader-lease',
    title: 'neither a leader nor those who hear it answer candidates, and a leader without a quorum steps down',
    labs: [1, 2, 3, 4, 5, 6],
    base: 'variant:quorum-check',
    edits: [
      {
        file: 'raft.ts',
        before: 'this.becomeFollower(term, leader);\n    this.election.resetTimer();',
        after: 'this.becomeFollower(term, leader);\n    this.election.heardFromLeader();',
      },
      {
        file: 'election.ts',
        before: '  /** Stops the election timeout: a leader has none. */',
        after: `  private contactMs = Number.NEGATIVE_INFINITY;

  heardFromLeader(): void {
    this.contactMs = this.raft.env.clock.now();
    this.resetTimer();
  }

  private get hasLeader(): boolean {
    const { clock, timing } = this.raft.env;
    if (this.raft.role !== 'follower') return this.raft.role === 'leader';
    return clock.now() - this.contactMs < timing.electionTimeoutMsMin;
  }

  /** Stops the election timeout: a leader has none. */`,
      },
      {
        file: 'election.ts',
        before: `  onRequestVote(args: RequestVoteArgs): RequestVoteReply {
    const { raft } = this;
`,
        after: `  onRequestVote(args: RequestVoteArgs): RequestVoteReply | undefined {
    const { raft } = this;
    if (this.hasLeader && !args.transfer) return undefined;
`,
      },
    ],
  },
];

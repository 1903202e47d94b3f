import type { Edit, Variant } from '../../grader/author/edits.ts';

/** When this server last heard from a leader, and what follows from that for candidates. */
const REMEMBERED_CONTACT: readonly Edit[] = [
  {
    file: 'raft.ts',
    before: 'this.becomeFollower(term, leader);\n    this.election.resetTimer();',
    after: 'this.becomeFollower(term, leader);\n    this.election.heardFromLeader();',
  },
  {
    file: 'election.ts',
    before: '  constructor(raft: Raft) {',
    after: `  /** When a leader was heard last, in milliseconds of this server's clock. */
  private contactMs = Number.NEGATIVE_INFINITY;

  constructor(raft: Raft) {`,
  },
  {
    file: 'election.ts',
    before: '  /** Stops the election timeout: a leader has none. */',
    after: `  /** A leader that is well needs no rival for a whole election timeout. */
  heardFromLeader(): void {
    this.contactMs = this.raft.env.clock.now();
    this.resetTimer();
  }

  /** Whether a follower has heard from a leader so recently that nobody should campaign (thesis, section 4.2.3). */
  private get hasLeader(): boolean {
    const { clock, timing } = this.raft.env;
    return this.raft.role === 'follower' && clock.now() - this.contactMs < timing.electionTimeoutMsMin;
  }

  /** Stops the election timeout: a leader has none. */`,
  },
];

const REQUEST_ANSWERED = `  onRequestVote(args: RequestVoteArgs): RequestVoteReply {
    const { raft } = this;
`;

/** Variants that protect a leader that is well from candidates that do not hear it. */
export const preVote: readonly Variant[] = [
  {
    slug: 'pre-vote',
    title: 'asks whether it would win before it raises its term (thesis, section 9.6)',
    labs: [1, 2, 3, 4, 5, 6],
    base: 'solution',
    edits: [
      ...REMEMBERED_CONTACT,
      {
        file: 'election.ts',
        before: '  constructor(raft: Raft) {',
        after: `  /** Who would vote for this server, while it asks; a set of its own for each time. */
  private willing: Set<ServerId> | undefined;

  constructor(raft: Raft) {`,
      },
      {
        file: 'election.ts',
        before: 'includes(this.raft.env.id)) this.raft.becomeCandidate();',
        after: 'includes(this.raft.env.id)) this.askAround();',
      },
      {
        // Whatever starts the timeout anew also ends the asking.
        file: 'election.ts',
        before: 'this.stopTimer();\n    this.timer = clock.setTimeout(',
        after: 'this.stopTimer();\n    this.willing = undefined;\n    this.timer = clock.setTimeout(',
      },
      {
        file: 'election.ts',
        before: `  /**
   * Asks one voter and counts its vote;`,
        after: `  /** Asks all voters whether they would vote for this server, and campaigns if a quorum would. */
  private askAround(): void {
    const { raft } = this;
    raft.becomeFollower(raft.currentTerm);
    this.resetTimer();
    const willing = new Set([raft.env.id]);
    this.willing = willing;
    if (isQuorum(raft.configuration, willing)) {
      raft.becomeCandidate();
      return;
    }
    const args: RequestVoteArgs = {
      term: raft.currentTerm + 1,
      candidateId: raft.env.id,
      lastLogIndex: raft.log.lastIndex,
      lastLogTerm: raft.log.lastTerm,
      preVote: true,
    };
    for (const voter of votersOf(raft.configuration)) {
      if (voter !== raft.env.id) void this.requestPreVote(voter, args, willing);
    }
  }

  private async requestPreVote(voter: ServerId, args: RequestVoteArgs, willing: Set<ServerId>): Promise<void> {
    const { raft } = this;
    const reply = await raft.env.rpc.requestVote(voter, args);
    if (reply === undefined) return;
    raft.observeTerm(reply.term);
    if (this.willing !== willing || raft.currentTerm + 1 !== args.term || !reply.voteGranted) return;
    willing.add(voter);
    if (isQuorum(raft.configuration, willing)) raft.becomeCandidate();
  }

  /** Answers whether it would vote for a candidate. Nothing changes here. */
  private onPreVote(args: RequestVoteArgs): RequestVoteReply {
    const { raft } = this;
    const later = args.term > raft.currentTerm;
    const upToDate = raft.log.isUpToDate(args.lastLogIndex, args.lastLogTerm);
    const led = raft.role === 'leader' || this.hasLeader;
    return { term: raft.currentTerm, voteGranted: later && upToDate && !led };
  }

  /**
   * Asks one voter and counts its vote;`,
      },
      {
        file: 'election.ts',
        before: REQUEST_ANSWERED,
        after: `${REQUEST_ANSWERED}    if (args.preVote) return this.onPreVote(args);\n`,
      },
    ],
  },
  {
    slug: 'sticky-leader',
    title: 'followers refuse candidates soon after they have heard from a leader (thesis, section 4.2.3)',
    labs: [1, 2, 3, 4, 5, 6],
    base: 'solution',
    edits: [
      ...REMEMBERED_CONTACT,
      {
        file: 'election.ts',
        before: REQUEST_ANSWERED,
        after: `${REQUEST_ANSWERED}    if (this.hasLeader && !args.transfer) return { term: raft.currentTerm, voteGranted: false };\n`,
      },
    ],
  },
  {
    slug: 'silent-sticky-leader',
    title: 'followers do not answer candidates soon after they have heard from a leader',
    labs: [1, 2, 3, 4, 5, 6],
    base: 'solution',
    edits: [
      ...REMEMBERED_CONTACT,
      {
        file: 'election.ts',
        before: REQUEST_ANSWERED,
        after: `  onRequestVote(args: RequestVoteArgs): RequestVoteReply | undefined {
    const { raft } = this;
    if (this.hasLeader && !args.transfer) return undefined;
`,
      },
    ],
  },
];

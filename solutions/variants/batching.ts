import type { Edit, Variant } from '../../grader/author/edits.ts';

const base = 'checkpoint:6';
const labs = [6];

/** Commands wait in a queue of their own, and join the log when the batch leaves. */
const QUEUED: readonly Edit[] = [
  {
    file: 'replication.ts',
    before: '  constructor(raft: Raft) {',
    after: '  private waiting: string[] = [];\n\n  constructor(raft: Raft) {',
  },
  {
    file: 'replication.ts',
    before: '    const index = raft.log.lastIndex + 1;\n    const term = raft.currentTerm;\n',
    after: `    this.waiting.push(command);
    const index = raft.log.lastIndex + this.waiting.length;
    const term = raft.currentTerm;
`,
  },
  {
    file: 'replication.ts',
    before: "    raft.log.append([{ index, term, kind: 'command', command }]);\n",
    after: '',
  },
  {
    file: 'replication.ts',
    before: 'if (this.batching!.congested)',
    after: 'if (this.batching!.congested || this.waiting.length >= 4_096)',
  },
  {
    file: 'replication.ts',
    before: '  /** Sends every follower what it lacks. */',
    after: `  appendWaiting(): void {
    const { log, currentTerm: term } = this.raft;
    const first = log.lastIndex + 1;
    log.append(this.waiting.map((command, i) => ({ index: first + i, term, kind: 'command', command })));
    this.waiting = [];
  }

  /** Sends every follower what it lacks. */`,
  },
  {
    file: 'replication.ts',
    before: '    this.batching = undefined;\n',
    after: '    this.batching = undefined;\n    this.waiting = [];\n',
  },
  {
    file: 'batching.ts',
    before: '    this.timer = undefined;\n',
    after: '    this.timer = undefined;\n    if (raft.leads(this.term)) raft.replication.appendWaiting();\n',
  },
];

/** Votes wait for the shared flush, a server's own, too. */
const SHARED_VOTES: readonly Edit[] = [
  {
    file: 'election.ts',
    before: `      raft.env.storage.flushSync();
      this.resetTimer();
    }
    return`,
    after: `      this.resetTimer();
      return raft.groupFlush.flush().then(() => ({
        term: raft.currentTerm,
        voteGranted: raft.currentTerm === args.term && raft.votedFor === args.candidateId,
      }));
    }
    return`,
  },
  {
    file: 'election.ts',
    before: 'onRequestVote(args: RequestVoteArgs): RequestVoteReply {',
    after: 'onRequestVote(args: RequestVoteArgs): RequestVoteReply | Promise<RequestVoteReply> {',
  },
  { file: 'election.ts', before: '  campaign(): void {', after: '  async campaign(): Promise<void> {' },
  {
    file: 'election.ts',
    before: `    raft.env.storage.flushSync(); // Only a vote that survives a crash may count, one's own too.
    this.resetTimer();
`,
    after: `    this.resetTimer();
    this.votes = new Set();
    const { currentTerm } = raft;
    const taking = this.takingOver;
    await raft.groupFlush.flush();
    if (raft.currentTerm !== currentTerm || raft.role !== 'candidate') return;
`,
  },
  {
    file: 'election.ts',
    before: '...(this.takingOver ? { transfer: true } : {}),',
    after: '...(taking ? { transfer: true } : {}),',
  },
];

/** Variants in what waits for what, in leaders. */
const leaders: readonly Variant[] = [
  {
    slug: 'commands-in-a-queue',
    title: 'commands wait outside the log until the batch leaves',
    labs,
    base,
    edits: QUEUED,
  },
  {
    slug: 'small-queue',
    title: 'a leader asks clients to try later as soon as 64 entries wait for a quorum',
    labs,
    base,
    edits: [{ file: 'batching.ts', before: 'UNCOMMITTED_MAX = 4_096', after: 'UNCOMMITTED_MAX = 64' }],
  },
  {
    slug: 'batches-after-noop',
    title: 'a leader asks clients to try later until its no-op is committed',
    labs,
    base,
    edits: [
      {
        file: 'replication.ts',
        before: '    const index = raft.log.lastIndex + 1;\n    const term',
        after: `    if (raft.log.termAt(raft.commitIndex) !== raft.currentTerm) return { accepted: false, leader: raft.env.id };
    const index = raft.log.lastIndex + 1;
    const term`,
      },
    ],
  },
  {
    slug: 'steps-down-in-place-of-refusing',
    title: 'a leader takes in all that comes, and steps down when no quorum has answered for an election timeout',
    labs,
    base: 'variant:quorum-check',
    edits: [{ file: 'batching.ts', before: 'UNCOMMITTED_MAX = 4_096', after: 'UNCOMMITTED_MAX = 1_000_000' }],
  },
  {
    slug: 'leader-flushes-late',
    title: 'a leader flushes every 40 ms: until then the copies of its followers do',
    labs,
    base,
    edits: [
      {
        file: 'batching.ts',
        before: '    await raft.groupFlush.flush();\n',
        after: `    await new Promise<void>((resolve) => {
      raft.env.clock.setTimeout(() => resolve(), 40);
    });
    await raft.groupFlush.flush();
`,
      },
      { file: 'batching.ts', before: 'isTail && this.flushing &&', after: 'isTail &&' },
    ],
  },
  {
    slug: 'commit-in-a-message-of-its-own',
    title: 'tells each commit at once, beside the batches',
    labs,
    base,
    edits: [
      {
        file: 'replication.ts',
        before: 'if (raft.log.termAt(index) === raft.currentTerm) raft.commitThrough(index);',
        after: `const before = raft.commitIndex;
    if (raft.log.termAt(index) === raft.currentTerm) raft.commitThrough(index);
    if (raft.commitIndex > before) for (const id of this.followers()) void this.appendEntries(id, []);`,
      },
    ],
  },
];

/** Variants in what is under way. */
const windows: readonly Variant[] = [
  {
    slug: 'stop-and-wait',
    title: 'one request is under way to each follower: no pipeline',
    labs,
    slowIn: ['lab6/catch-up-best'],
    base,
    edits: [{ file: 'pipeline.ts', before: 'REQUESTS_MAX = 16', after: 'REQUESTS_MAX = 1' }],
  },
  {
    slug: 'fixed-window',
    title: 'a window is as wide from the start, and behind a refusal, as it ever is',
    labs,
    base,
    edits: [
      { file: 'pipeline.ts', before: 'private width = 1;', after: 'private width = REQUESTS_MAX;' },
      {
        file: 'pipeline.ts',
        before: '    this.requests = [];\n    this.width = 1;\n',
        after: '    this.requests = [];\n    this.width = REQUESTS_MAX;\n',
      },
    ],
  },
  {
    slug: 'window-in-bytes',
    title: 'a window counts bytes, however many requests carry them',
    labs,
    base,
    edits: [
      {
        file: 'pipeline.ts',
        before: 'return this.requests.length >= this.width;',
        after: `const lengths = this.requests.flatMap(({ entries }) => entries.map(({ command = '' }) => command.length + 100));
    return lengths.reduce((sum, length) => sum + length, 0) >= 1_000_000;`,
      },
    ],
  },
  {
    slug: 'heartbeats-run-ahead',
    title: 'heartbeats stand behind all that is under way, and their refusals count only when nothing is',
    labs,
    base,
    edits: [
      {
        file: 'replication.ts',
        before: 'if (entries.length === 0) prevLogIndex = progress.matchIndex;',
        after: '',
      },
      {
        file: 'progress.ts',
        before: 'if (!this.pipeline.refused(request)) return false;',
        after: `if (request.entries.length > 0 || !this.pipeline.idle) {
      if (!this.pipeline.refused(request)) return false;
    }`,
      },
    ],
  },
];

/** Variants in how a follower, or a voter, answers. */
const followers: readonly Variant[] = [
  {
    slug: 'votes-share-flushes',
    title: 'votes wait for the flush that all share, a candidate’s own, too',
    labs,
    base,
    edits: SHARED_VOTES,
  },
  {
    slug: 'waits-for-the-gap',
    title: 'a follower keeps a request that came too early for up to 18 ms before it refuses it',
    labs,
    base,
    edits: [
      {
        file: 'following.ts',
        before: '  onAppendEntries(args: AppendEntriesArgs): Answer<AppendEntriesReply> {',
        after: `  onAppendEntries(args: AppendEntriesArgs): Answer<AppendEntriesReply> {
    const { raft } = this;
    if (args.term < raft.currentTerm || args.prevLogIndex <= raft.log.lastIndex) return this.handle(args);
    raft.follow(args.term, args.leaderId);
    return this.waitAndHandle(args);
  }

  private async waitAndHandle(args: AppendEntriesArgs): Promise<AppendEntriesReply | undefined> {
    for (let n = 0; n < 6 && args.prevLogIndex > this.raft.log.lastIndex; n++) {
      await new Promise<void>((resolve) => {
        this.raft.env.clock.setTimeout(() => resolve(), 3);
      });
    }
    return this.handle(args);
  }

  private handle(args: AppendEntriesArgs): Answer<AppendEntriesReply> {`,
      },
    ],
  },
];

/** Variants in how batches are made, sent and answered. */
export const batching: readonly Variant[] = [...leaders, ...windows, ...followers];

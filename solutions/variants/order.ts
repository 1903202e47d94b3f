import type { Variant } from '../../grader/author/edits.ts';

const base = 'checkpoint:5';

/** Variants in what a server does later than others, or has wait for something else. */
const later: readonly Variant[] = [
  {
    slug: 'applies-later',
    title: 'gives committed entries to the state machine from a timer, a few at a time',
    labs: [2, 3, 4, 5],
    base,
    edits: [
      {
        file: 'raft.ts',
        before: `    while (this.lastApplied < this.commitIndex) {
      this.env.apply(this.log.at(this.lastApplied + 1)!);
      this.lastApplied += 1;
    }
  }
`,
        after: `    this.applySoon();
  }

  private applying = false;

  private applySoon(): void {
    if (this.applying || this.lastApplied >= this.commitIndex) return;
    this.applying = true;
    this.env.clock.setTimeout(() => {
      this.applying = false;
      for (let n = 0; n < 4 && this.lastApplied < this.commitIndex; n++) {
        this.env.apply(this.log.at(this.lastApplied + 1)!);
        this.lastApplied += 1;
      }
      this.applySoon();
    }, 2);
  }
`,
      },
    ],
  },
  {
    slug: 'compacts-later',
    title: 'saves a snapshot a few milliseconds after it has been taken',
    labs: [4, 5],
    base,
    edits: [
      {
        file: 'raft.ts',
        before: 'this.snapshots.compact(index, data);',
        after: 'this.env.clock.setTimeout(() => this.snapshots.compact(index, data), 5);',
      },
    ],
  },
  {
    slug: 'accepts-after-noop',
    title: 'a leader asks clients to try later until its no-op is committed',
    labs: [2, 3, 4, 5],
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
    slug: 'probes-first',
    title: 'a new leader sends no entries to a follower before it knows where their logs agree',
    labs: [2, 3, 4, 5],
    base,
    edits: [
      { file: 'progress.ts', before: '  matchIndex = 0;', after: '  matchIndex = 0;\n  verified = false;' },
      {
        file: 'progress.ts',
        before: 'this.matchIndex = Math.max(this.matchIndex, index);',
        after: 'this.matchIndex = Math.max(this.matchIndex, index);\n    this.verified = true;',
      },
      {
        file: 'replication.ts',
        before: '    void this.appendEntries(follower, log.from(',
        after: '    if (!progress.verified) return false;\n    void this.appendEntries(follower, log.from(',
      },
      {
        file: 'replication.ts',
        before: '      return;\n    }\n    this.replicate(follower);',
        after: `      return;
    }
    // Who has been removed meanwhile is sent nothing.
    const asks = this.progress.has(follower) && !progress.verified;
    if (!this.replicate(follower) && asks) void this.appendEntries(follower, []);`,
      },
    ],
  },
  {
    slug: 'one-request-at-a-time',
    title: 'handles a request when the one before it is answered',
    labs: [1, 2, 3, 4, 5],
    base: 'variant:asynchronous',
    edits: [
      ...(['RequestVote', 'AppendEntries', 'InstallSnapshot'] as const).map((method) => ({
        file: 'raft.ts',
        before: `async on${method}(`,
        after: `on${method}(args: ${method}Args): Promise<${method}Reply> {
    return this.inTurn(() => this.handle${method}(args));
  }

  private async handle${method}(`,
      })),
      {
        file: 'raft.ts',
        before: '  private get role(): Role {',
        after: `  private queue: Promise<unknown> = Promise.resolve();

  private inTurn<Reply>(handle: () => Promise<Reply>): Promise<Reply> {
    const answer = this.queue.then(handle);
    this.queue = answer.catch(() => undefined);
    return answer;
  }

  private get role(): Role {`,
      },
    ],
  },
];

/** Variants in what a server does earlier than others. */
const earlier: readonly Variant[] = [
  {
    slug: 'asks-while-flushing',
    title: 'a candidate asks the others while its disk still writes its own vote, which counts once it is durable',
    labs: [1, 2, 3, 4, 5],
    base: 'variant:asynchronous',
    edits: [
      { file: 'campaign.ts', before: '    await disk.sync();\n    if (!this.active) return;\n', after: '' },
      {
        file: 'campaign.ts',
        before: '    this.count(env.id);\n',
        after: '    await disk.sync();\n    if (this.active) this.count(env.id);\n',
      },
      {
        file: 'campaign.ts',
        before: 'if (hasQuorum(',
        after: 'if (this.votes.has(this.host.env.id) && hasQuorum(',
      },
    ],
  },
  {
    slug: 'quick-quorum-check',
    title: 'a leader that no quorum has answered for the shortest election timeout steps down',
    labs: [1, 2, 3, 4, 5],
    base: 'variant:quorum-check',
    edits: [
      {
        file: 'replication.ts',
        before: 'this.checkQuorum(), raft.env.timing.electionTimeoutMsMax)',
        after: 'this.checkQuorum(), raft.env.timing.electionTimeoutMsMin)',
      },
    ],
  },
  {
    slug: 'out-of-order-kept',
    title: 'a follower keeps entries that come before those in front of them, and stores them when these have come',
    labs: [2, 3, 4, 5],
    base,
    edits: [
      {
        file: 'following.ts',
        before: '  constructor(raft: Raft) {',
        after: '  private early: AppendEntriesArgs[] = [];\n\n  constructor(raft: Raft) {',
      },
      {
        file: 'following.ts',
        before: '    if (!raft.log.matches(',
        after: `    if (this.early[0]?.term !== args.term) this.early = [];
    if (args.entries.length > 0 && args.prevLogIndex > raft.log.lastIndex) this.early.push(args);
    if (!raft.log.matches(`,
      },
      {
        file: 'following.ts',
        before: 'raft.log.merge(args.entries);',
        after: `raft.log.merge(args.entries);
    this.early.sort((a, b) => a.prevLogIndex - b.prevLogIndex);
    for (const each of this.early) {
      if (raft.log.matches(each.prevLogIndex, each.prevLogTerm)) raft.log.merge(each.entries);
    }`,
      },
    ],
  },
];

/** Variants in the order in which a server does things. */
export const order: readonly Variant[] = [...later, ...earlier];

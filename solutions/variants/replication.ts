import type { Variant } from '../../grader/author/edits.ts';

const REFUSAL = 'return { term: raft.currentTerm, success: false, ...raft.log.conflictAt(args.prevLogIndex) };';
const COMMIT = 'raft.commitThrough(Math.min(args.leaderCommit, args.prevLogIndex + args.entries.length));';
const BACK_UP = 'Math.max(this.matchIndex + 1, Math.min(hint, prevLogIndex))';
const FIRST_GUESS = '[id, new Progress(nextIndex)]';
const SEND = 'const reply = await raft.env.rpc.appendEntries(follower, args);';
const COMMIT_OWN_TERM = 'if (raft.log.termAt(index) === raft.currentTerm) raft.commitThrough(index);';

const base = 'checkpoint:5';
/** Lab 1 has nothing to replicate. */
const labs = [2, 3, 4, 5];

/** Variants in what a leader sends, and when: how many entries, how soon, how often. */
const sending: readonly Variant[] = [
  {
    slug: 'one-entry-per-request',
    title: 'sends one entry at a time',
    labs,
    base,
    edits: [{ file: 'replication.ts', before: 'MAX_ENTRIES_PER_REQUEST = 64', after: 'MAX_ENTRIES_PER_REQUEST = 1' }],
  },
  {
    slug: 'entries-in-heartbeats-only',
    title: 'sends entries with heartbeats only, so that each command takes two of them',
    labs,
    base,
    edits: [
      {
        file: 'replication.ts',
        before: '    this.replicateToAll();\n    this.countOwnCopy();',
        after: '    this.countOwnCopy();',
      },
      { file: 'replication.ts', before: '    }\n    this.replicate(follower);\n  }', after: '    }\n  }' },
    ],
  },
  {
    slug: 'entries-in-every-heartbeat',
    title: 'each heartbeat carries all that the follower is not known to hold, whatever is under way',
    labs: [2, 3],
    base: 'checkpoint:3',
    edits: [
      {
        file: 'replication.ts',
        before: 'void this.appendEntries(follower, []);',
        after: `const { nextIndex } = this.progress.get(follower)!;
      void this.appendEntries(follower, this.raft.log.from(nextIndex, 1_000));`,
      },
    ],
  },
  {
    slug: 'requests-twice',
    title: 'sends each request twice, and takes nothing but the term from the first answer',
    labs: [1, 2, 3, 4, 5],
    base,
    edits: [
      {
        file: 'replication.ts',
        before: SEND,
        after: `void raft.env.rpc.appendEntries(follower, args).then((first) => raft.observeTerm(first?.term ?? 0));
    ${SEND}`,
      },
    ],
  },
  {
    slug: 'requests-overlap',
    title: 'sends what a follower lacks with each proposal and heartbeat, whatever is under way',
    labs: [2, 3],
    base: 'checkpoint:3',
    edits: [
      { file: 'progress.ts', before: 'return this.underWay !== undefined;', after: 'return false;' },
      // An answer that led to the next request each time would begin a chain of requests with each proposal.
      {
        file: 'replication.ts',
        before: '      this.advanceCommitIndex();\n    } else',
        after: '      this.advanceCommitIndex();\n      return;\n    } else',
      },
    ],
  },
  {
    slug: 'no-noop',
    title: 'a leader begins without a no-op, and commits old entries along with the next command',
    labs,
    base,
    edits: [
      {
        file: 'replication.ts',
        before: "    raft.log.append([{ index: nextIndex, term: raft.currentTerm, kind: 'noop' }]);\n",
        after: '',
      },
    ],
  },
];

/** Variants in how a commit is told. */
const committing: readonly Variant[] = [
  {
    slug: 'eager-commit',
    title: 'tells each commit at once, in a message of its own',
    labs,
    base,
    edits: [
      {
        file: 'replication.ts',
        before: COMMIT_OWN_TERM,
        after: `const before = raft.commitIndex;
    ${COMMIT_OWN_TERM}
    if (raft.commitIndex > before) for (const id of this.followers()) void this.appendEntries(id, []);`,
      },
    ],
  },
  {
    slug: 'lazy-commit',
    title: 'looks with each heartbeat, and not with each answer, how far it may commit',
    // From lab 3 on it would be wrong: its first heartbeat counts a no-op that is not durable yet.
    labs: [2],
    base,
    edits: [
      {
        file: 'replication.ts',
        before: 'args.entries.length);\n      this.advanceCommitIndex();\n',
        after: 'args.entries.length);\n',
      },
      {
        file: 'replication.ts',
        before: '  private beat(): void {\n',
        after: `  private beat(): void {
    this.advanceCommitIndex();
    if (this.raft.role !== 'leader') return; // It was removed, and that is committed now.
`,
      },
      {
        file: 'replication.ts',
        before: '    this.beat();\n    this.raft.becomeFollower(',
        after: '    this.raft.becomeFollower(',
      },
    ],
  },
  {
    slug: 'commits-what-was-ever-verified',
    title: 'a follower commits up to the highest index that this leader has verified, by whichever request',
    labs,
    base,
    edits: [
      {
        file: 'following.ts',
        before: COMMIT,
        after: `if (this.verified.term !== args.term) this.verified = { term: args.term, index: 0 };
    this.verified.index = Math.max(this.verified.index, args.prevLogIndex + args.entries.length);
    raft.commitThrough(Math.min(args.leaderCommit, this.verified.index));`,
      },
      {
        file: 'following.ts',
        before: '  constructor(raft: Raft) {',
        after: '  private verified = { term: 0, index: 0 };\n\n  constructor(raft: Raft) {',
      },
    ],
  },
];

/** Variants in how a leader finds out where the logs part. */
const repairing: readonly Variant[] = [
  {
    slug: 'backs-up-by-one',
    title: 'refusals say nothing but no, and lower nextIndex by one',
    labs,
    base,
    edits: [{ file: 'following.ts', before: REFUSAL, after: 'return { term: raft.currentTerm, success: false };' }],
  },
  {
    slug: 'backs-up-by-half',
    title: 'searches where the logs part by halves',
    labs,
    base,
    edits: [{ file: 'progress.ts', before: BACK_UP, after: 'Math.floor((this.matchIndex + prevLogIndex) / 2) + 1' }],
  },
  {
    slug: 'first-guess-is-one',
    title: 'a new leader takes it that its followers have nothing',
    labs: [2, 3],
    base: 'checkpoint:3',
    edits: [{ file: 'replication.ts', before: FIRST_GUESS, after: '[id, new Progress(1)]' }],
  },
  {
    slug: 'first-guess-is-committed',
    title: 'a new leader takes it that its followers have what is committed',
    labs,
    base,
    edits: [{ file: 'replication.ts', before: FIRST_GUESS, after: '[id, new Progress(raft.commitIndex + 1)]' }],
  },
  {
    slug: 'truncates-at-refusal',
    title: 'removes the entry at prevLogIndex that does not match right away, and all behind it',
    labs,
    base,
    edits: [
      {
        file: 'following.ts',
        before: REFUSAL,
        after: `raft.log.truncateFrom(args.prevLogIndex);\n      ${REFUSAL}`,
      },
    ],
  },
];

/** Variants in how a follower answers. */
const answering: readonly Variant[] = [
  {
    slug: 'answers-later',
    title: 'answers each request after 3 ms, from a timer',
    labs: [2],
    base: 'checkpoint:2',
    edits: [
      {
        file: 'raft.ts',
        before: 'return this.following.onAppendEntries(args);',
        after: 'return this.later(this.following.onAppendEntries(args));',
      },
      {
        file: 'raft.ts',
        before: 'return this.election.onRequestVote(args);',
        after: 'return this.later(this.election.onRequestVote(args));',
      },
      {
        file: 'raft.ts',
        before: '  status(): Status {',
        after: `  private later<Reply>(reply: Answer<Reply>): Answer<Reply> {
    return new Promise((resolve) => {
      this.env.clock.setTimeout(() => resolve(reply), 3);
    });
  }

  status(): Status {`,
      },
    ],
  },
  {
    slug: 'silent-to-its-equal',
    title: 'does not answer a request that it cannot understand: one of another leader of its own term',
    labs,
    base,
    edits: [
      {
        file: 'following.ts',
        before: 'return { term: raft.currentTerm, success: false };',
        after: 'return args.term < raft.currentTerm ? { term: raft.currentTerm, success: false } : undefined;',
      },
    ],
  },
];

/** Variants in how the log is replicated. */
export const replication: readonly Variant[] = [...sending, ...committing, ...repairing, ...answering];

import type { Mutant } from '../../../grader/author/edits.ts';

const GRANTED = '      raft.setHardState(raft.currentTerm, args.candidateId);\n      raft.env.storage.flushSync();\n';
const STORED = '    raft.log.merge(args.entries);\n    raft.env.storage.flushSync();\n';
const CAMPAIGN = "    raft.env.storage.flushSync(); // Only a vote that survives a crash may count, one's own too.\n";
const OWN_COPY = '    this.raft.env.storage.flushSync();\n';

/** Mistakes about the moment of a promise: it leaves, or counts, before the disk has what it rests on. */
export const flushes: readonly Mutant[] = [
  {
    slug: 'vote-before-flush',
    title: 'a vote leaves before it is flushed',
    base: 'checkpoint:3',
    edits: [
      {
        file: 'election.ts',
        before: GRANTED,
        after: '      raft.setHardState(raft.currentTerm, args.candidateId);\n',
      },
    ],
    expect: ['ReplyAfterDurable'],
  },
  {
    slug: 'vote-flush-not-awaited',
    title: 'a vote leaves while its flush runs',
    base: 'checkpoint:3',
    edits: [
      {
        file: 'election.ts',
        before: GRANTED,
        after: `      raft.setHardState(raft.currentTerm, args.candidateId);
      void raft.env.storage.flush();
`,
      },
    ],
    expect: ['ReplyAfterDurable'],
  },
  {
    slug: 'vote-flushed-before-written',
    title: 'the flush comes before the vote is written',
    base: 'checkpoint:3',
    edits: [
      {
        file: 'election.ts',
        before: GRANTED,
        after: '      raft.env.storage.flushSync();\n      raft.setHardState(raft.currentTerm, args.candidateId);\n',
      },
    ],
    expect: ['ReplyAfterDurable'],
  },
  {
    slug: 'success-before-flush',
    title: 'a success leaves before its entries are flushed',
    base: 'checkpoint:3',
    edits: [{ file: 'following.ts', before: STORED, after: '    raft.log.merge(args.entries);\n' }],
    expect: ['ReplyAfterDurable'],
  },
  {
    slug: 'success-flush-not-awaited',
    title: 'a success leaves while its flush runs',
    base: 'checkpoint:3',
    edits: [
      {
        file: 'following.ts',
        before: STORED,
        after: '    raft.log.merge(args.entries);\n    void raft.env.storage.flush();\n',
      },
    ],
    expect: ['ReplyAfterDurable'],
  },
  {
    slug: 'term-of-heartbeats-not-flushed',
    title: 'only requests with entries are flushed, and the term of a heartbeat is not',
    base: 'checkpoint:3',
    edits: [
      {
        file: 'following.ts',
        before: STORED,
        after: '    raft.log.merge(args.entries);\n    if (args.entries.length > 0) raft.env.storage.flushSync();\n',
      },
    ],
    expect: ['ReplyAfterDurable', 'TermMonotonic', 'remembers-its-term'],
  },
  {
    slug: 'flushed-when-the-log-grows',
    title: 'a request that replaces entries, and makes the log no longer, is answered without a flush',
    base: 'checkpoint:3',
    edits: [
      {
        file: 'following.ts',
        before: STORED,
        after: `    const { lastIndex } = raft.log;
    raft.log.merge(args.entries);
    if (raft.log.lastIndex > lastIndex || args.entries.length === 0) raft.env.storage.flushSync();
`,
      },
    ],
    expect: ['ReplyAfterDurable'],
  },
  {
    slug: 'own-vote-not-flushed',
    title: 'a candidate counts its own vote before it is durable',
    base: 'checkpoint:3',
    edits: [{ file: 'election.ts', before: CAMPAIGN, after: '' }],
    expect: ['LeaderElected', 'keeps-its-own-vote'],
  },
  {
    slug: 'own-vote-not-awaited',
    title: 'a candidate campaigns while its vote for itself is still being flushed',
    base: 'variant:asynchronous',
    edits: [
      {
        file: 'campaign.ts',
        before: '    await disk.sync();\n    if (!this.active) return;\n',
        after: '    void disk.sync();\n',
      },
    ],
    expect: ['LeaderElected', 'keeps-its-own-vote'],
  },
  {
    slug: 'own-entries-not-flushed',
    title: 'a leader counts its own entries before they are flushed',
    base: 'checkpoint:3',
    edits: [{ file: 'replication.ts', before: OWN_COPY, after: '' }],
    expect: ['CommitRule'],
  },
  {
    slug: 'own-flush-not-awaited',
    title: 'a leader counts its own entries while their flush runs',
    base: 'checkpoint:3',
    edits: [{ file: 'replication.ts', before: OWN_COPY, after: '    void this.raft.env.storage.flush();\n' }],
    expect: ['CommitRule'],
  },
  {
    slug: 'own-entries-counted-first',
    title: 'a leader counts its entry, which commits it where the leader is alone, and flushes then',
    base: 'variant:synchronous',
    edits: [
      {
        file: 'raft.ts',
        before: '    this.log.store([entry]);\n    this.env.storage.flushSync();\n    this.commitWhatQuorumHolds();\n',
        after: '    this.log.store([entry]);\n    this.commitWhatQuorumHolds();\n    this.env.storage.flushSync();\n',
      },
    ],
    expect: ['CommitRule', 'single-server'],
  },
];

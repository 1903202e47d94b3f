import type { Mutant } from '../../../grader/author/edits.ts';

/** Rafts that are right, and not fast: each costs points of speed. */
export const slowness: readonly Mutant[] = [
  {
    slug: 'flush-for-each-command',
    title: 'propose flushes before it answers',
    base: 'checkpoint:6',
    edits: [
      {
        file: 'replication.ts',
        before: "    raft.log.append([{ index, term, kind: 'command', command }]);\n",
        after: "    raft.log.append([{ index, term, kind: 'command', command }]);\n    raft.env.storage.flushSync();\n",
      },
    ],
    expect: ['flushes', 'throughput-good', 'order-in-a-batch'],
  },
  {
    slug: 'flush-for-each-request',
    title: 'a follower flushes for each request by itself, and handles nothing meanwhile',
    base: 'checkpoint:6',
    edits: [
      {
        file: 'following.ts',
        before: '    await raft.groupFlush.flush();\n',
        after: '    raft.env.storage.flushSync();\n',
      },
    ],
    expect: ['catch-up-best'],
  },
  {
    slug: 'request-for-each-entry',
    title: 'each entry gets a request of its own',
    base: 'checkpoint:6',
    edits: [{ file: 'batching.ts', before: 'const ENTRIES_MAX = 256;', after: 'const ENTRIES_MAX = 1;' }],
    expect: ['requests', 'throughput-best', 'catch-up-best'],
  },
  {
    slug: 'batch-waits-for-a-timer',
    title: 'a batch is collected for 10 ms before it leaves',
    base: 'checkpoint:6',
    edits: [
      {
        file: 'batching.ts',
        before: 'setTimeout(() => this.release(), 0)',
        after: 'setTimeout(() => this.release(), 10)',
      },
    ],
    expect: ['latency-1'],
  },
  {
    slug: 'sends-behind-its-flush',
    title: 'the leader sends a batch when its own disk has it',
    base: 'checkpoint:6',
    edits: [
      {
        file: 'batching.ts',
        before: '    raft.replication.replicateToAll();\n    this.flushing = true;\n',
        after: '    this.flushing = true;\n',
      },
      {
        file: 'batching.ts',
        before: '    this.durableIndex = lastIndex;\n',
        after: '    this.durableIndex = lastIndex;\n    raft.replication.replicateToAll();\n',
      },
    ],
    expect: ['latency-1'],
  },
];

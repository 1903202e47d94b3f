import type { Edit, Mutant } from '../../../grader/author/edits.ts';

/** Proposals are collected, and join the log when the batch leaves. What is wrong is where each is put: `put` says it. */
function collecting(put: string): readonly Edit[] {
  return [
    {
      file: 'replication.ts',
      before: '  constructor(raft: Raft) {',
      after: `  /** Commands that are to join the log with the next batch. */
  private waiting: string[] = [];

  constructor(raft: Raft) {`,
    },
    {
      file: 'replication.ts',
      before: '    const index = raft.log.lastIndex + 1;\n    const term = raft.currentTerm;\n',
      after: `    ${put}
    const index = raft.log.lastIndex + this.waiting.length;
    const term = raft.currentTerm;
`,
    },
    {
      file: 'replication.ts',
      before: `    raft.log.append([{ index, term, kind: 'command', command }]);\n`,
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
      after: `  /** The batch leaves: its commands join the log. */
  appendWaiting(): void {
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
}

/** Mistakes about what stands in a batch, when it leaves, and whose it is. */
export const batches: readonly Mutant[] = [
  {
    slug: 'batch-in-reverse',
    title: 'what waits for the next batch is put in front of what waits already',
    base: 'checkpoint:6',
    edits: collecting('this.waiting.unshift(command);'),
    expect: ['order-in-a-batch', 'ProposalKept'],
  },
  {
    slug: 'tail-waits-for-company',
    title: 'what comes while the disk writes is flushed only when another command comes',
    base: 'checkpoint:6',
    edits: [
      {
        file: 'batching.ts',
        before: 'while (raft.leads(this.term) && this.durableIndex < raft.log.lastIndex) await',
        after: 'if (raft.leads(this.term) && this.durableIndex < raft.log.lastIndex) await',
      },
    ],
    expect: ['tail-of-a-batch', 'while-the-disk-writes'],
  },
  {
    slug: 'batch-outlives-its-term',
    title:
      'what was durable in an earlier term counts as durable when the server leads again, over a log that was rewritten',
    base: 'checkpoint:6',
    edits: [
      {
        file: 'replication.ts',
        before: 'this.batching = new Batching(',
        after: 'this.batching ??= new Batching(',
      },
      { file: 'replication.ts', before: '    this.batching = undefined;\n', after: '' },
      {
        file: 'batching.ts',
        before: 'while (raft.leads(this.term) &&',
        after: "while (raft.role === 'leader' &&",
      },
      {
        file: 'batching.ts',
        before: '} else if (raft.leads(this.term)) {',
        after: "} else if (raft.role === 'leader') {",
      },
      {
        file: 'batching.ts',
        before: 'if (!raft.leads(this.term)) return;',
        after: "if (raft.role !== 'leader') return;",
      },
    ],
    expect: ['CommitRule', 'deposed-with-a-batch'],
  },
  {
    slug: 'batch-still-open',
    title: 'a request carries the array that the log goes on to push into',
    base: 'checkpoint:6',
    edits: [
      {
        file: 'log.ts',
        before: '    return this.entries.slice(start, start + count);',
        after: '    return start === 0 ? this.entries : this.entries.slice(start, start + count);',
      },
    ],
    expect: ['ContractUse'],
  },
  {
    slug: 'no-back-pressure',
    title: 'propose accepts whatever comes, also when nothing can be committed',
    base: 'checkpoint:6',
    edits: [
      {
        file: 'batching.ts',
        before: 'const UNCOMMITTED_MAX = 4_096;',
        after: 'const UNCOMMITTED_MAX = Number.POSITIVE_INFINITY;',
      },
    ],
    expect: ['no-quorum-no-queue'],
  },
  {
    slug: 'large-command-stays',
    title: 'a command that is larger than a batch may be is never sent',
    base: 'checkpoint:6',
    edits: [
      { file: 'batching.ts', before: 'entries.slice(0, Math.max(1, end));', after: 'entries.slice(0, end);' },
      {
        file: 'replication.ts',
        before: 'if (this.batching!.mayGrow(progress, entries)) return false;',
        after: 'if (entries.length === 0 || this.batching!.mayGrow(progress, entries)) return false;',
      },
    ],
    expect: ['tail-of-a-batch'],
  },
];

import type { Mutant } from '../../../grader/author/edits.ts';

/** Mistakes about requests that are under way: what an answer proves, and what becomes of those that get none. */
export const pipelines: readonly Mutant[] = [
  {
    slug: 'success-counts-the-window',
    title: 'a success counts for all that was sent, and not for what its own request covered',
    base: 'checkpoint:6',
    edits: [
      {
        file: 'replication.ts',
        before: 'progress.confirm(args.prevLogIndex + args.entries.length);',
        after: 'progress.confirm(progress.nextIndex - 1);',
      },
    ],
    expect: ['counts-each-answer', 'CommitRule'],
  },
  {
    slug: 'answers-of-another-term',
    title: 'answers to requests of an earlier term count when the server leads again',
    base: 'checkpoint:6',
    edits: [
      {
        file: 'replication.ts',
        before:
          '    if (!raft.leads(args.term)) return;\n    if (reply === undefined) progress.lost(args);\n    else this.onReply(follower, progress, args, reply);',
        after: `    if (raft.role !== 'leader') return;
    if (reply === undefined) progress.lost(args);
    else this.onReply(follower, this.progress.get(follower)!, args, reply);`,
      },
    ],
    expect: ['answers-of-an-earlier-term', 'CommitRule'],
  },
  {
    slug: 'each-refusal-goes-back',
    title: 'the window is wide from the start, and each of the refusals to it has all of it sent again',
    base: 'checkpoint:6',
    edits: [
      { file: 'pipeline.ts', before: 'private width = 1;', after: 'private width = REQUESTS_MAX;' },
      { file: 'pipeline.ts', before: '    if (!this.requests.includes(request)) return false;\n', after: '' },
      {
        file: 'pipeline.ts',
        before: '    this.requests = [];\n    this.width = 1;\n',
        after: '    this.requests = [];\n',
      },
    ],
    expect: ['overtaken-in-the-pipeline', 'refused-in-the-pipeline'],
  },
  {
    slug: 'lost-for-ever',
    title: 'a request that gets no answer keeps its place in the window',
    base: 'checkpoint:6',
    edits: [{ file: 'pipeline.ts', before: '    if (this.beatsLeft > 0) return;\n', after: '    return;\n' }],
    expect: ['lost-in-the-pipeline', 'bounded-window'],
  },
  {
    slug: 'gap-in-the-log',
    title: 'the entry before is looked at only if there is one: a request that overtook another leaves a gap',
    base: 'checkpoint:6',
    edits: [
      {
        file: 'following.ts',
        before: 'if (!raft.log.matches(args.prevLogIndex, args.prevLogTerm)) {',
        after: `const { prevLogIndex, prevLogTerm } = args;
    if (prevLogIndex <= raft.log.lastIndex && !raft.log.matches(prevLogIndex, prevLogTerm)) {`,
      },
    ],
    expect: ['ContractUse'],
  },
  {
    slug: 'window-without-end',
    title: 'as many requests are under way as there are batches',
    base: 'checkpoint:6',
    edits: [{ file: 'pipeline.ts', before: 'const REQUESTS_MAX = 16;', after: 'const REQUESTS_MAX = 100_000;' }],
    expect: ['bounded-window'],
  },
  {
    slug: 'bytes-without-end',
    title: 'requests are bounded by entries only, however long the commands are',
    base: 'checkpoint:6',
    edits: [
      {
        file: 'batching.ts',
        before: 'const CHARACTERS_MAX = 64 * 1024;',
        after: 'const CHARACTERS_MAX = Number.POSITIVE_INFINITY;',
      },
    ],
    expect: ['bounded-window', 'backlog'],
  },
  {
    slug: 'proofs-of-an-earlier-term',
    title: 'what followers have proven in a term counts when the server leads again, over a log that was rewritten',
    base: 'checkpoint:6',
    edits: [
      {
        file: 'replication.ts',
        before: 'new Map(this.followers().map((id) => [id, new Progress(nextIndex)]));',
        after: 'new Map(this.followers().map((id) => [id, this.progress.get(id) ?? new Progress(nextIndex)]));',
      },
      { file: 'replication.ts', before: '    this.progress.clear();\n', after: '' },
    ],
    expect: ['answers-of-an-earlier-term', 'CommitRule', 'ContractUse'],
  },
  {
    slug: 'silent-while-it-waits',
    title: 'no heartbeat leaves for a follower that owes an answer',
    base: 'checkpoint:6',
    edits: [
      {
        file: 'replication.ts',
        before: '      void this.appendEntries(follower, []);',
        after: '      if (this.progress.get(follower)?.pipeline.idle) void this.appendEntries(follower, []);',
      },
      { file: 'pipeline.ts', before: 'const PATIENCE_BEATS = 2;', after: 'const PATIENCE_BEATS = 20;' },
    ],
    expect: ['bounded-window'],
  },
];

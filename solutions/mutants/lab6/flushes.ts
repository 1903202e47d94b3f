import type { Mutant } from '../../../grader/author/edits.ts';

/** Mistakes about what a flush covers, and what must not be said before it is done. */
export const flushes: readonly Mutant[] = [
  {
    slug: 'acknowledges-before-the-flush',
    title: 'a follower answers success at once, and flushes a little later: asynchronous commit',
    base: 'checkpoint:6',
    edits: [
      {
        file: 'following.ts',
        before: '    await raft.groupFlush.flush();\n',
        after: '    void raft.groupFlush.flush();\n',
      },
    ],
    expect: ['ReplyAfterDurable'],
  },
  {
    slug: 'counts-itself-before-the-flush',
    title: 'the leader counts its own copy of a batch when its flush begins',
    base: 'checkpoint:6',
    edits: [
      {
        file: 'batching.ts',
        before: '    this.flushing = true;\n',
        after: '    this.flushing = true;\n    this.durableIndex = lastIndex;\n',
      },
    ],
    expect: ['CommitRule'],
  },
  {
    slug: 'votes-before-the-flush',
    title: 'a vote leaves while the group flush that covers it runs',
    base: 'checkpoint:6',
    edits: [
      {
        file: 'election.ts',
        before: `      raft.env.storage.flushSync();
      this.resetTimer();
    }
    return`,
        after: `      void raft.groupFlush.flush();
      this.resetTimer();
    }
    return`,
      },
    ],
    expect: ['ReplyAfterDurable'],
  },
  {
    slug: 'joins-the-running-flush',
    title: 'who comes while a flush runs waits for that one, which began before the write',
    base: 'checkpoint:6',
    edits: [
      {
        file: 'group-flush.ts',
        before: `    if (this.next !== undefined) return this.next;
    if (this.running === undefined) return this.begin();
    this.next = this.running.then(() => {
      this.next = undefined;
      return this.begin();
    });
    return this.next;
`,
        after: '    return this.running ?? this.begin();\n',
      },
    ],
    expect: ['ReplyAfterDurable', 'CommitRule'],
  },
  {
    slug: 'durable-through-the-end',
    title: 'when a flush ends, the leader takes all of its log for durable, with what came meanwhile',
    base: 'checkpoint:6',
    edits: [
      {
        file: 'batching.ts',
        before: 'this.durableIndex = lastIndex;',
        after: 'this.durableIndex = raft.log.lastIndex;',
      },
    ],
    expect: ['CommitRule'],
  },
  {
    slug: 'answers-for-what-was-replaced',
    title: 'a follower acknowledges in the old term what a new leader has replaced before it was flushed',
    base: 'checkpoint:6',
    edits: [
      {
        file: 'following.ts',
        before: 'return { term: raft.currentTerm, success: raft.currentTerm === term };',
        after: 'return { term, success: true };',
      },
    ],
    expect: ['ReplyAfterDurable'],
  },
];

import type { Mutant } from '../../../grader/author/edits.ts';

const SAVE = 'this.env.storage.saveHardState({ currentTerm, votedFor });';
const NEW_TERM = '    if (term > this.currentTerm) this.setHardState(term, null);\n';
const VOTED_AGAIN = ['ReplyAfterDurable', 'OneVotePerTerm', 'PromisesSurvive', 'remembers-its-vote'];

/** Mistakes about term and vote: what is written, in how many writes, and what comes back. */
export const hardState: readonly Mutant[] = [
  {
    slug: 'vote-not-saved',
    title: 'votedFor is not saved',
    base: 'checkpoint:3',
    edits: [
      { file: 'raft.ts', before: SAVE, after: 'this.env.storage.saveHardState({ currentTerm, votedFor: null });' },
    ],
    expect: VOTED_AGAIN,
  },
  {
    slug: 'vote-not-restored',
    title: 'votedFor is saved, but not restored',
    base: 'checkpoint:3',
    edits: [{ file: 'persistence.ts', before: '  raft.votedFor = votedFor;\n', after: '' }],
    expect: ['OneVotePerTerm'],
  },
  {
    slug: 'only-own-vote-not-saved',
    title: 'the vote that a candidate gives itself is not saved',
    base: 'checkpoint:3',
    edits: [
      {
        file: 'raft.ts',
        before: SAVE,
        after: 'this.env.storage.saveHardState({ currentTerm, votedFor: votedFor === this.env.id ? null : votedFor });',
      },
    ],
    expect: ['LeaderElected', 'keeps-its-own-vote'],
  },
  {
    slug: 'term-not-saved',
    title: 'currentTerm is not saved',
    base: 'checkpoint:3',
    edits: [{ file: 'raft.ts', before: SAVE, after: 'this.env.storage.saveHardState({ currentTerm: 0, votedFor });' }],
    expect: ['ReplyAfterDurable', 'TermMonotonic', 'remembers-its-term'],
  },
  {
    slug: 'term-from-log',
    title: 'currentTerm is taken from the last entry of the log after a restart',
    base: 'checkpoint:3',
    edits: [
      {
        file: 'persistence.ts',
        before: 'raft.currentTerm = currentTerm;',
        after: 'raft.currentTerm = entries.at(-1)?.term ?? 0;',
      },
    ],
    expect: ['TermMonotonic', 'remembers-its-term'],
  },
  {
    slug: 'term-saved-with-votes-only',
    title: 'a term is saved when a vote is given in it, and not when it is only seen',
    base: 'variant:synchronous',
    edits: [
      {
        file: 'raft.ts',
        before: '    this.votedFor = null;\n    this.saveHardState();\n',
        after: '    this.votedFor = null;\n',
      },
    ],
    expect: ['ReplyAfterDurable', 'TermMonotonic', 'remembers-its-term'],
  },
  {
    slug: 'vote-cleared-first',
    title: 'a new term is saved in two writes, the vote of the old one being cleared first',
    base: 'checkpoint:3',
    edits: [
      {
        file: 'raft.ts',
        before: NEW_TERM,
        after: `    if (term > this.currentTerm) {
      this.setHardState(this.currentTerm, null);
      this.setHardState(term, null);
    }
`,
      },
    ],
    expect: ['PromisesSurvive'],
  },
  {
    slug: 'vote-kept-into-new-term',
    title: 'a new term is saved in two writes, the term first, while the vote of the old one still stands',
    base: 'checkpoint:3',
    edits: [
      {
        file: 'raft.ts',
        before: '    this.setHardState(this.currentTerm + 1, this.env.id);\n',
        after: `    this.setHardState(this.currentTerm + 1, null);
    this.env.storage.flushSync();
    this.votedFor = this.env.id;
`,
      },
    ],
    expect: ['LeaderElected', 'keeps-its-own-vote'],
  },
  {
    slug: 'campaigns-in-old-term',
    title: 'a restarted server campaigns in the term that it was in, where it has voted already',
    base: 'checkpoint:3',
    edits: [
      {
        file: 'raft.ts',
        before: 'this.setHardState(this.currentTerm + 1, this.env.id);',
        after: `const restarted = this.role === 'follower' && this.leader === undefined && this.currentTerm > 0;
    this.setHardState(restarted ? this.currentTerm : this.currentTerm + 1, this.env.id);`,
      },
    ],
    expect: ['OneVotePerTerm', 'PromisesSurvive', 'remembers-its-term'],
  },
  {
    slug: 'older-state-written-last',
    title: 'a vote is written when a flush is done, over whatever term and vote were written meanwhile',
    base: 'variant:asynchronous',
    edits: [
      {
        file: 'raft.ts',
        before:
          '    if (this.votedFor === null) this.saveHardState(term, candidateId);\n    this.timer.arm();\n    await this.disk.sync();\n',
        after: `    this.votedFor = candidateId;
    this.timer.arm();
    await this.disk.sync();
    this.disk.saveHardState({ currentTerm: term, votedFor: candidateId });
    await this.disk.sync();
`,
      },
    ],
    expect: ['PromisesSurvive', 'ReplyAfterDurable', 'TermMonotonic'],
  },
];

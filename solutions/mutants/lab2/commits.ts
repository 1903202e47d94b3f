import type { Mutant } from '../../../grader/author/edits.ts';

const MAJORITY = 'indexes[Math.floor(voters.length / 2)]';

/** Mistakes of leaders that commit: how many copies are enough, and of which entries. */
export const commits: readonly Mutant[] = [
  {
    slug: 'old-terms-counted',
    title: 'entries of earlier terms are committed by counting their copies',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'replication.ts',
        before: 'if (raft.log.termAt(index) === raft.currentTerm) raft.commitThrough(index);',
        after: 'raft.commitThrough(index);',
      },
    ],
    expect: ['CommitRule', 'never-counts-old-terms'],
  },
  {
    slug: 'old-terms-counted-asynchronously',
    title: 'entries of earlier terms are committed by counting their copies, where each step takes its time',
    base: 'variant:asynchronous',
    edits: [
      {
        file: 'leadership.ts',
        before: 'if (log.termAt(index) === this.term) this.host.commitTo(index);',
        after: 'this.host.commitTo(index);',
      },
    ],
    expect: ['CommitRule', 'never-counts-old-terms'],
  },
  {
    slug: 'committed-when-proposed',
    title: 'a command is committed as soon as its leader has it',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'replication.ts',
        before: '    this.countOwnCopy();\n    return { accepted',
        after: '    raft.commitThrough(index);\n    return { accepted',
      },
    ],
    expect: ['CommitRule'],
  },
  {
    slug: 'sorted-as-text',
    title: 'sorts indexes as strings, so that 9 is above 10',
    base: 'checkpoint:2',
    edits: [{ file: 'quorum.ts', before: '.sort((a, b) => b - a)', after: '.sort().reverse()' }],
    expect: ['CommitRule', 'more-digits'],
  },
  {
    slug: 'all-copies-needed',
    title: 'an entry is committed when all servers have it',
    base: 'checkpoint:2',
    edits: [{ file: 'quorum.ts', before: MAJORITY, after: 'indexes[voters.length - 1]' }],
    expect: ['commits-on-a-majority', 'servers-stop'],
  },
  {
    slug: 'majority-too-small',
    title: 'one copy less than a majority commits an entry',
    base: 'checkpoint:2',
    edits: [{ file: 'quorum.ts', before: MAJORITY, after: 'indexes[Math.max(0, Math.floor(voters.length / 2) - 1)]' }],
    expect: ['CommitRule'],
  },
  {
    slug: 'half-commits',
    title: 'half of the copies commit an entry in clusters of an even size',
    base: 'checkpoint:2',
    edits: [{ file: 'quorum.ts', before: MAJORITY, after: 'indexes[Math.floor((voters.length - 1) / 2)]' }],
    expect: ['CommitRule'],
  },
  {
    slug: 'majority-too-large',
    title: 'a commit takes one copy more than a majority',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'quorum.ts',
        before: MAJORITY,
        after: 'indexes[Math.min(voters.length - 1, Math.floor(voters.length / 2) + 1)]',
      },
    ],
    expect: ['commits-on-a-majority', 'servers-stop'],
  },
  {
    slug: 'own-copy-not-counted',
    title: 'a leader does not count its own copy',
    base: 'checkpoint:2',
    edits: [{ file: 'replication.ts', before: 'const ownIndex = raft.log.lastIndex;', after: 'const ownIndex = 0;' }],
    expect: ['commits-on-a-majority', 'servers-stop'],
  },
];

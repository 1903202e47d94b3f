import type { Mutant } from '../../../grader/author/edits.ts';

const SYNC = '    await this.disk.sync();\n';

/** Mistakes of servers that go on while their disk works: what held before the wait need not hold behind it. */
export const waiting: readonly Mutant[] = [
  {
    slug: 'success-not-checked-again',
    title: 'a success is sent whatever has happened while the disk worked',
    base: 'variant:asynchronous',
    edits: [
      {
        file: 'raft.ts',
        before:
          '    // In a later term another leader may have replaced the entries, perhaps before the flush that would have kept them.\n    return { term: this.currentTerm, success: this.currentTerm === term };',
        after: '    return { term: this.currentTerm, success: true };',
      },
    ],
    expect: ['ReplyAfterDurable', 'answers-after-the-flush'],
  },
  {
    slug: 'vote-kept-after-the-flush',
    title: 'votedFor is set when the flush is done, and a second candidate asks during the flush',
    base: 'variant:asynchronous',
    edits: [
      {
        file: 'raft.ts',
        before: `    if (this.votedFor === null) this.saveHardState(term, candidateId);\n    this.timer.arm();\n${SYNC}`,
        after: `    this.timer.arm();
${SYNC}    if (this.currentTerm === term) this.saveHardState(term, candidateId);
${SYNC}`,
      },
    ],
    expect: ['ReplyAfterDurable', 'PromisesSurvive', 'OneVotePerTerm'],
  },
  {
    slug: 'joins-a-running-flush',
    title: 'a write is taken for durable when the flush that ran before it is done',
    base: 'variant:asynchronous',
    edits: [
      {
        file: 'disk.ts',
        before: '    while (this.durable < wanted) {',
        after: '    if (this.durable < wanted) {',
      },
    ],
    expect: ['ReplyAfterDurable', 'CommitRule'],
  },
  {
    slug: 'flush-covers-later-writes',
    title: 'a flush that is done is taken to have covered what was written while it ran',
    base: 'variant:asynchronous',
    edits: [
      {
        file: 'disk.ts',
        before: '    const covered = this.written;\n    await this.storage.flush();\n    this.durable = covered;',
        after: '    await this.storage.flush();\n    this.durable = this.written;',
      },
    ],
    expect: ['ReplyAfterDurable', 'CommitRule'],
  },
  {
    slug: 'own-log-counted-to-its-end',
    title: 'when a flush is done, a leader counts its log as it is by then',
    base: 'variant:asynchronous',
    edits: [
      {
        file: 'leadership.ts',
        before: '    this.ownMatch = Math.max(this.ownMatch, index);',
        after: '    this.ownMatch = Math.max(this.ownMatch, this.host.log.lastIndex);',
      },
    ],
    expect: ['CommitRule'],
  },
  {
    slug: 'own-copy-not-awaited',
    title: 'a leader counts its own copy, and waits for the flush then',
    base: 'variant:asynchronous',
    edits: [
      {
        file: 'leadership.ts',
        before: '    await this.host.disk.sync();\n    this.ownMatch = Math.max(this.ownMatch, index);\n',
        after: '    this.ownMatch = Math.max(this.ownMatch, index);\n    await this.host.disk.sync();\n',
      },
    ],
    expect: ['CommitRule'],
  },
];

import type { Mutant } from '../../../grader/author/edits.ts';

const APPEND = '    this.storage.append(entries);\n';
const SAVE = '    this.env.storage.saveHardState({ currentTerm, votedFor });\n';
const GRANTED = '      raft.setHardState(raft.currentTerm, args.candidateId);\n      raft.env.storage.flushSync();\n';
const CAMPAIGN = "    raft.env.storage.flushSync(); // Only a vote that survives a crash may count, one's own too.\n";
const OWN_COPY = '    this.raft.env.storage.flushSync();\n';
const STORED = '    raft.log.merge(args.entries);\n    raft.env.storage.flushSync();\n';

/** @returns the statements, with whatever they throw ignored */
function swallowed(statements: string): string {
  const indent = /^ */.exec(statements)![0];
  return `${indent}try {\n${statements.replaceAll(/^/gm, '  ').trimEnd()}\n${indent}} catch {}\n`;
}

/** Mistakes about disks that fail: a promise that could not be written is made all the same. */
export const failures: readonly Mutant[] = [
  {
    slug: 'error-swallowed',
    title: 'every StorageError is caught, and the server goes on as if nothing had happened',
    base: 'checkpoint:3',
    edits: [
      { file: 'log.ts', before: APPEND, after: swallowed(APPEND) },
      { file: 'raft.ts', before: SAVE, after: swallowed(SAVE) },
      { file: 'election.ts', before: GRANTED, after: swallowed(GRANTED) },
      { file: 'election.ts', before: CAMPAIGN, after: swallowed('    raft.env.storage.flushSync();\n') },
      { file: 'following.ts', before: STORED, after: swallowed(STORED) },
      { file: 'replication.ts', before: OWN_COPY, after: swallowed(OWN_COPY) },
    ],
    expect: ['ReplyAfterDurable'],
  },
  {
    slug: 'failed-append-acknowledged',
    title: 'a follower catches the error of its disk, and acknowledges what it could not write',
    base: 'checkpoint:3',
    edits: [{ file: 'following.ts', before: STORED, after: swallowed(STORED) }],
    expect: ['ReplyAfterDurable'],
  },
  {
    slug: 'failed-vote-given',
    title: 'a voter catches the error of its disk, and grants the vote that it could not write',
    base: 'checkpoint:3',
    edits: [
      { file: 'raft.ts', before: SAVE, after: swallowed(SAVE) },
      { file: 'election.ts', before: GRANTED, after: swallowed(GRANTED) },
    ],
    expect: ['ReplyAfterDurable'],
  },
  {
    slug: 'failed-leader-counts-itself',
    title: 'a leader whose disk has failed goes on counting its own copies',
    base: 'checkpoint:3',
    edits: [
      { file: 'log.ts', before: APPEND, after: swallowed(APPEND) },
      { file: 'replication.ts', before: OWN_COPY, after: swallowed(OWN_COPY) },
    ],
    expect: ['CommitRule'],
  },
  {
    slug: 'failed-candidate-leads',
    title: 'a candidate whose disk has failed counts its own vote',
    base: 'checkpoint:3',
    edits: [
      { file: 'raft.ts', before: SAVE, after: swallowed(SAVE) },
      { file: 'election.ts', before: CAMPAIGN, after: swallowed('    raft.env.storage.flushSync();\n') },
      { file: 'log.ts', before: APPEND, after: swallowed(APPEND) },
      { file: 'replication.ts', before: OWN_COPY, after: swallowed(OWN_COPY) },
    ],
    expect: ['LeaderElected'],
  },
  {
    slug: 'failed-flush-acknowledged',
    title: 'a follower catches the error of a flush, and acknowledges what its disk has taken and not kept',
    base: 'checkpoint:3',
    edits: [
      {
        file: 'following.ts',
        before: STORED,
        after: `    raft.log.merge(args.entries);\n${swallowed('    raft.env.storage.flushSync();\n')}`,
      },
    ],
    expect: ['ReplyAfterDurable'],
  },
  {
    slug: 'failed-vote-flush-ignored',
    title: 'a voter catches the error of a flush, and grants the vote',
    base: 'checkpoint:3',
    edits: [
      {
        file: 'election.ts',
        before: GRANTED,
        after: `      raft.setHardState(raft.currentTerm, args.candidateId);\n${swallowed('      raft.env.storage.flushSync();\n')}`,
      },
    ],
    expect: ['ReplyAfterDurable'],
  },
  {
    slug: 'failed-flush-counted',
    title: 'a leader catches the error of a flush, and counts its own copies',
    base: 'checkpoint:3',
    edits: [{ file: 'replication.ts', before: OWN_COPY, after: swallowed(OWN_COPY) }],
    expect: ['CommitRule'],
  },
  {
    slug: 'failed-flush-taken-for-done',
    title: 'whoever waits for a flush goes on when it has failed',
    base: 'variant:asynchronous',
    edits: [
      {
        file: 'disk.ts',
        before: 'await this.storage.flush();',
        after: 'await this.storage.flush().catch(() => undefined);',
      },
    ],
    expect: ['ReplyAfterDurable', 'CommitRule', 'LeaderElected'],
  },
];

import type { Mutant } from '../../../grader/author/edits.ts';

const APPEND = '    this.storage.append(entries);\n';
const TRUNCATE = '    this.storage.truncateFrom(index);\n';
const REPLACE = '    this.truncateFrom(added[0]!.index);\n    this.append(added);\n';
const LOST = ['ReplyAfterDurable', 'keeps-its-log'];
const CAME_BACK = ['ReplyAfterDurable', 'keeps-replacements'];

/** Mistakes about the log on the disk: entries that are not there, or are there again. */
export const storedLogs: readonly Mutant[] = [
  {
    slug: 'log-not-saved',
    title: 'the log is not saved',
    base: 'checkpoint:3',
    edits: [{ file: 'log.ts', before: APPEND, after: '' }],
    expect: LOST,
  },
  {
    slug: 'log-saved-when-committed',
    title: 'an entry is saved when it is applied, and not when it is stored',
    base: 'checkpoint:3',
    edits: [
      { file: 'log.ts', before: APPEND, after: '' },
      {
        file: 'log.ts',
        before: '  /** Removes the entry at `index`',
        after: `  save(index: number): void {
    const { length } = this.storage.load().entries;
    this.storage.append(this.entries.slice(length, index));
  }

  /** Removes the entry at \`index\``,
      },
      {
        file: 'raft.ts',
        before: '    while (this.lastApplied < this.commitIndex) {\n',
        after: '    this.log.save(this.commitIndex);\n    while (this.lastApplied < this.commitIndex) {\n',
      },
    ],
    expect: LOST,
  },
  {
    slug: 'log-not-restored',
    title: 'the log is saved, but not restored',
    base: 'checkpoint:3',
    edits: [{ file: 'persistence.ts', before: '  raft.log.restore(entries);\n', after: '' }],
    expect: ['keeps-its-log'],
  },
  {
    slug: 'last-entry-not-restored',
    title: 'all entries are restored but the last',
    base: 'checkpoint:3',
    edits: [
      { file: 'log.ts', before: '    this.entries = entries;\n', after: '    this.entries = entries.slice(0, -1);\n' },
    ],
    expect: ['keeps-its-log'],
  },
  {
    slug: 'saved-by-length',
    title: 'only what stands behind the end of the saved log is saved',
    base: 'checkpoint:3',
    edits: [
      {
        file: 'log.ts',
        before: APPEND,
        after: `    const saved = this.storage.load().entries.length;
    this.storage.append(entries.filter(({ index }) => index > saved));
`,
      },
      { file: 'log.ts', before: TRUNCATE, after: '' },
    ],
    expect: CAME_BACK,
  },
  {
    slug: 'dirty-by-length',
    title: 'a change that leaves the length of the log as it was is not saved',
    base: 'checkpoint:3',
    edits: [
      {
        file: 'log.ts',
        before: REPLACE,
        after: `    if (added.at(-1)!.index === this.lastIndex) this.entries.splice(added[0]!.index - 1, added.length, ...added);
    else {
      this.truncateFrom(added[0]!.index);
      this.append(added);
    }
`,
      },
    ],
    expect: CAME_BACK,
  },
  {
    slug: 'truncation-not-saved',
    title: 'entries are removed in memory only, and new ones are saved where the saved log is shorter',
    base: 'checkpoint:3',
    edits: [
      { file: 'log.ts', before: TRUNCATE, after: '' },
      {
        file: 'log.ts',
        before: APPEND,
        after: `    if (this.storage.load().entries.length < entries.at(-1)!.index) this.storage.append(entries);
`,
      },
    ],
    expect: CAME_BACK,
  },
  {
    slug: 'truncation-after-the-flush',
    title: 'what a leader replaces is removed from the disk when the rest has been flushed and answered',
    base: 'variant:asynchronous',
    edits: [
      {
        file: 'log.ts',
        before: '    this.disk.append(entries);\n    for (let i = from;',
        after: `    const shrinks = from <= this.last;
    if (!shrinks) this.disk.append(entries);
    else void this.disk.sync().then(() => this.disk.append(entries));
    for (let i = from;`,
      },
    ],
    expect: CAME_BACK,
  },
  {
    slug: 'whole-log-rewritten',
    title: 'with each change the saved log is emptied and written anew',
    base: 'checkpoint:3',
    edits: [
      {
        file: 'log.ts',
        before: APPEND,
        after: '    this.storage.truncateFrom(1);\n    this.storage.append([...this.entries]);\n',
      },
    ],
    expect: ['PromisesSurvive'],
  },
  {
    slug: 'repeats-are-written',
    title: 'entries that are there already are written once more, and those behind them after them',
    base: 'checkpoint:3',
    edits: [
      {
        file: 'log.ts',
        before: '    if (firstNew === -1) return;\n',
        after: `    if (firstNew === -1) {
      this.storage.append(entries);
      if (entries.length > 0) this.storage.append(this.entries.slice(entries.at(-1)!.index));
      return;
    }
`,
      },
    ],
    expect: ['PromisesSurvive'],
  },
  {
    slug: 'truncated-before-the-rest-comes',
    title: 'what a leader replaces is removed and flushed at the mere sight of a refused request, matching entries too',
    base: 'checkpoint:3',
    edits: [
      {
        file: 'following.ts',
        before: '    if (!raft.log.matches(args.prevLogIndex, args.prevLogTerm)) {\n',
        after: `    if (!raft.log.matches(args.prevLogIndex, args.prevLogTerm)) {
      if (args.prevLogIndex > 1) raft.log.truncateFrom(Math.min(raft.log.lastIndex, args.prevLogIndex - 1));
`,
      },
    ],
    expect: ['PromisesSurvive', 'AckedNeverDropped', 'keeps-replacements'],
  },
  {
    slug: 'first-hundred-restored',
    title: 'a restarted server reads a hundred entries, and not those behind them',
    base: 'checkpoint:3',
    edits: [{ file: 'log.ts', before: 'this.entries = entries;', after: 'this.entries = entries.slice(0, 100);' }],
    expect: ['keeps-its-log', 'TermMonotonic', 'ContractUse'],
  },
];

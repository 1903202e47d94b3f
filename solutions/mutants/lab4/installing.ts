import type { Mutant } from '../../../grader/author/edits.ts';

const FOLLOW =
  '    if (!raft.follow(args.term, args.leaderId) || !whole) return { term: raft.currentTerm, success: false };\n';
const BOUNDARY = 'if (lastIncludedIndex <= this.lastIndex && this.termAt(lastIncludedIndex) !== lastIncludedTerm) {';
const HAS_ALL = '    const hasAll = lastIncludedIndex <= this.commitIndex;\n';
const STALE = ['stale-snapshots-change-nothing', 'StateMachineSafety', 'IndexMonotonic'];

/** Mistakes of followers that get a snapshot, or entries that a snapshot covers. */
export const installing: readonly Mutant[] = [
  {
    slug: 'stale-snapshot-installed',
    title: 'a snapshot is installed although more than it holds was applied',
    base: 'checkpoint:4',
    edits: [
      {
        file: 'snapshots.ts',
        before: 'if (args.lastIncludedIndex > raft.commitIndex) {',
        after: 'if (args.lastIncludedIndex > 0) {',
      },
    ],
    expect: STALE,
  },
  {
    slug: 'compared-with-own-snapshot',
    title: 'a snapshot is compared with the own snapshot, and not with what is committed',
    base: 'variant:synchronous',
    edits: [
      {
        file: 'raft.ts',
        before: HAS_ALL,
        after: '    const hasAll = lastIncludedIndex <= this.log.baseIndex;\n',
      },
    ],
    expect: STALE,
  },
  {
    slug: 'second-copy-refused',
    title: 'a snapshot that comes twice makes the server fail',
    base: 'variant:synchronous',
    edits: [
      {
        file: 'raft.ts',
        before: HAS_ALL,
        after: `    if (lastIncludedIndex === this.log.baseIndex) throw new Error(\`snapshot \${lastIncludedIndex} exists\`);
${HAS_ALL}`,
      },
    ],
    expect: ['Crash', 'installs-a-snapshot'],
  },
  {
    slug: 'drops-matching-entries',
    title: 'installing a snapshot drops the whole log, also where it agrees with the snapshot',
    base: 'checkpoint:4',
    edits: [
      {
        file: 'log.ts',
        before: 'const keepsSuffix = index === this.base.index || this.termAt(index) === term;',
        after: 'const keepsSuffix = index === this.base.index;',
      },
    ],
    expect: ['keeps-what-follows', 'PromisesSurvive', 'AckedNeverDropped'],
  },
  {
    slug: 'keeps-contradicting-entries',
    title: 'entries behind an installed snapshot stay, though they belong to another history',
    base: 'checkpoint:4',
    edits: [
      { file: 'log.ts', before: '    if (!keepsSuffix) this.truncateFrom(this.base.index + 1);\n', after: '' },
      {
        file: 'log.ts',
        before: '    const keepsSuffix = index === this.base.index || this.termAt(index) === term;\n',
        after: '',
      },
    ],
    expect: ['drops-what-contradicts', 'LogMatching'],
  },
  {
    slug: 'truncates-only-when-empty',
    title: 'the entry where the snapshot ends is not compared, and what stands behind it stays',
    base: 'variant:synchronous',
    edits: [{ file: 'raft-log.ts', before: BOUNDARY, after: 'if (lastIncludedIndex < this.baseIndex) {' }],
    expect: ['drops-what-contradicts', 'LogMatching'],
  },
  {
    slug: 'log-stays-on-disk',
    title: 'installing a snapshot empties the log in memory, and leaves it on the disk',
    base: 'variant:asynchronous',
    edits: [
      {
        file: 'log.ts',
        before: '    this.restartBehind(snapshot.lastIncludedIndex);\n  }\n\n  private adopt',
        after: `    this.entries.clear();
    this.configurations = this.configurations.slice(0, 1);
    this.first = snapshot.lastIncludedIndex + 1;
    this.last = snapshot.lastIncludedIndex;
  }

  private adopt`,
      },
    ],
    expect: ['ContractUse', 'drops-what-contradicts', 'ReplyAfterDurable'],
  },
  {
    slug: 'installed-not-applied',
    title: 'a snapshot replaces the log, but does not reach the state machine',
    base: 'checkpoint:4',
    edits: [{ file: 'snapshots.ts', before: '    raft.env.apply(snapshot);\n', after: '' }],
    expect: ['StateMachineSafety', 'installs-a-snapshot', 'restarts-from-snapshot'],
  },
  {
    slug: 'commit-index-stays',
    title: 'commitIndex stays below an installed snapshot',
    base: 'checkpoint:4',
    edits: [{ file: 'snapshots.ts', before: '    raft.commitIndex = snapshot.lastIncludedIndex;\n', after: '' }],
    expect: ['IndexMonotonic', 'installs-a-snapshot', 'stale-snapshots-change-nothing', 'StateMachineSafety'],
  },
  {
    slug: 'acknowledged-before-flush',
    title: 'a snapshot is acknowledged before it is flushed',
    base: 'variant:synchronous',
    edits: [
      {
        file: 'raft.ts',
        before: '    this.env.storage.flushSync();\n    if (!hasAll) {',
        after: '    if (!hasAll) {',
      },
    ],
    expect: ['ReplyAfterDurable'],
  },
  {
    slug: 'old-leader-obeyed',
    title: 'a snapshot of a leader of an earlier term is installed',
    base: 'checkpoint:4',
    edits: [
      {
        file: 'snapshots.ts',
        before: FOLLOW,
        after: `    raft.follow(args.term, args.leaderId);
    if (!whole) return { term: raft.currentTerm, success: false };
`,
      },
    ],
    expect: ['refuses-snapshots-of-old-leaders'],
  },
  {
    slug: 'timer-runs-on',
    title: 'a snapshot does not reset the election timer',
    base: 'checkpoint:4',
    edits: [
      {
        file: 'snapshots.ts',
        before: FOLLOW,
        after: `    raft.observeTerm(args.term);
    if (args.term < raft.currentTerm || raft.role === 'leader' || !whole) return { term: raft.currentTerm, success: false };
    raft.becomeFollower(args.term, args.leaderId);
`,
      },
    ],
    expect: ['snapshots-count-as-contact'],
  },
  {
    slug: 'candidate-stays-candidate',
    title: 'a candidate that gets a snapshot of the leader of its term campaigns on',
    base: 'variant:synchronous',
    edits: [
      {
        file: 'raft.ts',
        before: '    if (!this.follows(args.leaderId, args.term) || args.offset !== 0 || !args.done) {\n',
        after: `    this.noticeTerm(args.term);
    if (args.term < this.currentTerm || this.role === 'leader' || args.offset !== 0 || !args.done) {
`,
      },
    ],
    expect: ['snapshots-count-as-contact'],
  },
  {
    slug: 'covered-entries-appended',
    title: 'entries that the snapshot covers are unknown, and so they are appended once more',
    base: 'checkpoint:4',
    edits: [
      {
        file: 'log.ts',
        before: 'const firstNew = entries.findIndex((entry) => !this.matches(entry.index, entry.term));',
        after: 'const firstNew = entries.findIndex((entry) => this.termAt(entry.index) !== entry.term);',
      },
    ],
    expect: ['Crash', 'append-below-the-snapshot', 'ContractUse'],
  },
  {
    slug: 'covered-entries-replace-the-log',
    title: 'a request that begins below the snapshot replaces whatever stands behind it',
    base: 'variant:synchronous',
    edits: [
      {
        file: 'raft-log.ts',
        before: '(entry) => entry.index > this.baseIndex && this.termAt(entry.index) !== entry.term,',
        after: '(entry) => this.termAt(entry.index) !== entry.term,',
      },
    ],
    expect: ['append-below-the-snapshot', 'ContractUse', 'Crash'],
  },
  {
    slug: 'covered-prefix-only-extends',
    title: 'a request that begins below the snapshot only adds entries, and replaces none',
    base: 'checkpoint:4',
    edits: [
      {
        file: 'log.ts',
        before: '    this.truncateFrom(added[0]!.index);\n    this.append(added);\n',
        after: `    if (entries[0]!.index > this.base.index) this.truncateFrom(added[0]!.index);
    else if (added[0]!.index <= this.lastIndex) return;
    this.append(added);
`,
      },
    ],
    expect: ['append-below-the-snapshot', 'ReplyAfterDurable'],
  },
  {
    slug: 'renumbered-from-the-end',
    title: 'entries sent from the beginning go behind the end of a compacted log, with new indexes',
    base: 'checkpoint:4',
    edits: [
      {
        file: 'log.ts',
        before: '    const added = entries.slice(firstNew);\n',
        after: `    const again = entries[0]!.index === 1 && this.base.index > 0;
    const end = this.lastIndex;
    const added = again ? entries.map((entry, i) => ({ ...entry, index: end + 1 + i })) : entries.slice(firstNew);
`,
      },
    ],
    expect: ['append-below-the-snapshot', 'LogMatching', 'AckedNeverDropped'],
  },
  {
    slug: 'applies-on-over-an-install',
    title: 'entries are applied one by one, with a pause between, and the loop goes on when a snapshot came meanwhile',
    base: 'variant:asynchronous',
    edits: [
      {
        file: 'raft.ts',
        before: `    while (this.lastApplied < this.commitIndex) {
      this.env.apply(this.log.at(this.lastApplied + 1)!);
      this.lastApplied += 1;
    }
  }`,
        after: `    void this.applyAll();
  }

  private applying = false;

  private async applyAll(): Promise<void> {
    if (this.applying) return;
    this.applying = true;
    const entries = [];
    while (this.lastApplied + entries.length < this.commitIndex) entries.push(this.log.at(this.lastApplied + 1 + entries.length)!);
    for (const entry of entries) {
      await new Promise<void>((resolve) => this.env.clock.setTimeout(resolve, 1));
      this.env.apply(entry);
      this.lastApplied = entry.index;
    }
    this.applying = false;
    if (this.lastApplied < this.commitIndex) void this.applyAll();
  }`,
      },
    ],
    expect: ['StateMachineSafety', 'IndexMonotonic'],
  },
  {
    slug: 'old-leader-refuses',
    title: 'a leader refuses every snapshot, also that of a leader of a later term',
    base: 'variant:synchronous',
    edits: [
      {
        file: 'raft.ts',
        before: '    // This server sends whole snapshots, and takes no other.\n',
        after: "    if (this.role === 'leader') return { term: this.currentTerm, success: false };\n",
      },
    ],
    expect: ['snapshots-count-as-contact'],
  },
  {
    slug: 'vote-cleared',
    title: 'a snapshot that replaces the whole log clears the vote of its term too',
    base: 'checkpoint:4',
    edits: [
      {
        file: 'snapshots.ts',
        before: 'raft.env.apply(snapshot);',
        after: `raft.env.apply(snapshot);
    if (raft.log.lastIndex === snapshot.lastIncludedIndex) raft.votedFor = null;`,
      },
    ],
    expect: ['OneVotePerTerm'],
  },
];

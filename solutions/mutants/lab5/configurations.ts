import type { Mutant } from '../../../grader/author/edits.ts';

/** Mistakes about which configuration is in force: its beginning, its end, and its way through restarts and snapshots. */
export const configurations: readonly Mutant[] = [
  {
    slug: 'in-force-when-committed',
    title: 'a configuration is used when its entry is committed, and not when it is appended',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'raft.ts',
        before: 'return this.membership.configurationAt(this.log.lastIndex);',
        after: 'return this.membership.configurationAt(this.commitIndex);',
      },
    ],
    expect: ['ConfigurationInForce'],
  },
  {
    slug: 'counts-by-the-committed',
    title: 'status tells of the newest configuration, but votes and copies are counted by the newest committed one',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'raft.ts',
        before: 'return this.membership.configurationAt(this.log.lastIndex);',
        after: 'return this.membership.configurationAt(this.commitIndex);',
      },
      {
        file: 'raft.ts',
        before: 'configuration: this.configuration,',
        after: 'configuration: this.membership.configurationAt(this.log.lastIndex),',
      },
    ],
    expect: ['LeaderElected', 'CommitRule', 'ConfigChange'],
  },
  {
    slug: 'not-rolled-back',
    title: 'a configuration stays when its entry is truncated',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'log.ts',
        before: '    this.configEntries = this.configEntries.filter((entry) => entry.index < index);\n',
        after: '',
      },
    ],
    expect: ['ConfigurationInForce', 'rolls-back'],
  },
  {
    slug: 'rolled-back-to-the-start',
    title: 'when a configuration is truncated, those before it are forgotten too',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'log.ts',
        before: 'this.configEntries = this.configEntries.filter((entry) => entry.index < index);',
        after: 'if (this.configEntries.some((entry) => entry.index >= index)) this.configEntries = [];',
      },
    ],
    expect: ['ConfigurationInForce', 'rolls-back'],
  },
  {
    slug: 'forgotten-by-a-restart',
    title: 'a restarted server begins with the configuration of its snapshot, or of the start',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'log.ts',
        before: "this.configEntries = entries.filter(({ kind }) => kind === 'config');",
        after: 'this.configEntries = [];',
      },
    ],
    expect: ['ConfigurationInForce', 'configurations-survive'],
  },
  {
    slug: 'snapshot-of-the-first-members',
    title: 'a snapshot is saved with the configuration of the start',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'snapshots.ts',
        before: 'const configuration = this.raft.membership.configurationAt(index);',
        after: 'const configuration = this.raft.env.bootstrap;',
      },
    ],
    expect: ['SnapshotMatchesLog'],
  },
  {
    slug: 'snapshot-of-later-members',
    title: 'a snapshot is saved with the configuration in force, which may stand behind it',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'snapshots.ts',
        before: 'const configuration = this.raft.membership.configurationAt(index);',
        after: 'const { configuration } = this.raft;',
      },
    ],
    expect: ['SnapshotMatchesLog', 'configurations-survive'],
  },
  {
    slug: 'installed-members-ignored',
    title: 'a server keeps its own configuration when it installs a snapshot',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'snapshots.ts',
        before: 'const { lastIncludedIndex, lastIncludedTerm, configuration, data } = args;',
        after: 'const { lastIncludedIndex, lastIncludedTerm, data } = args;\n      const { configuration } = raft;',
      },
    ],
    expect: ['SnapshotMatchesLog', 'ConfigurationInForce', 'configurations-survive', 'answers-anyone'],
  },
  {
    slug: 'unknown-leaders-refused',
    title: 'AppendEntries of a leader outside the own configuration is refused',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'following.ts',
        before: '    if (!raft.follow(args.term, args.leaderId)) return',
        after:
          '    if (!membersOf(raft.configuration).includes(args.leaderId)) return { term: raft.currentTerm, success: false };\n    if (!raft.follow(args.term, args.leaderId)) return',
      },
      {
        file: 'following.ts',
        before: "import type { Raft } from './raft.ts';",
        after: "import { membersOf } from './quorum.ts';\nimport type { Raft } from './raft.ts';",
      },
    ],
    expect: ['answers-anyone'],
  },
  {
    slug: 'unknown-candidates-refused',
    title: 'a candidate outside the own configuration gets no vote',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'election.ts',
        before: 'let voteGranted = args.term === raft.currentTerm && free;',
        after:
          'let voteGranted = args.term === raft.currentTerm && free;\n    voteGranted &&= votersOf(raft.configuration).includes(args.candidateId);',
      },
    ],
    expect: ['answers-anyone'],
  },
];

import type { Mutant } from '../../../grader/author/edits.ts';

const EVERY_SET = 'return memberships(configuration).every(({ voters }) => {';
const WORST_SET = 'return Math.min(...perSet);';
const SETS = 'return configuration.next === undefined ? [configuration] : [configuration, configuration.next];';

/** Mistakes about who decides: of joint configurations, learners, and strangers. */
export const majorities: readonly Mutant[] = [
  {
    slug: 'majority-of-the-union',
    title: 'a joint configuration takes one majority, of old and new voters together',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'quorum.ts',
        before: EVERY_SET,
        after: 'return [{ voters: votersOf(configuration) }].every(({ voters }) => {',
      },
      {
        file: 'quorum.ts',
        before: 'const perSet = memberships(configuration).map(({ voters }) => {',
        after: 'const perSet = [{ voters: votersOf(configuration) }].map(({ voters }) => {',
      },
    ],
    expect: ['LeaderElected', 'CommitRule', 'ConfigChange'],
  },
  {
    slug: 'majority-of-either-side',
    title: 'a joint configuration takes a majority of the old or of the new voters',
    base: 'checkpoint:5',
    edits: [
      { file: 'quorum.ts', before: EVERY_SET, after: EVERY_SET.replace('every', 'some') },
      { file: 'quorum.ts', before: WORST_SET, after: 'return Math.max(...perSet);' },
    ],
    expect: ['LeaderElected', 'CommitRule', 'ConfigChange'],
  },
  {
    slug: 'elections-by-either-side',
    title: 'a joint configuration takes both majorities to commit, but only one to elect',
    base: 'checkpoint:5',
    edits: [{ file: 'quorum.ts', before: EVERY_SET, after: EVERY_SET.replace('every', 'some') }],
    expect: ['LeaderElected'],
  },
  {
    slug: 'commits-by-either-side',
    title: 'a joint configuration takes both majorities to elect, but only one to commit',
    base: 'checkpoint:5',
    edits: [{ file: 'quorum.ts', before: WORST_SET, after: 'return Math.max(...perSet);' }],
    expect: ['CommitRule', 'ConfigChange'],
  },
  {
    slug: 'new-side-decides',
    title: 'the new voters decide alone from the moment that a joint configuration is appended',
    base: 'checkpoint:5',
    edits: [{ file: 'quorum.ts', before: SETS, after: 'return [configuration.next ?? configuration];' }],
    expect: ['LeaderElected', 'CommitRule', 'ConfigChange'],
  },
  {
    slug: 'learners-vote',
    title: 'learners are asked for votes, and their votes count',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'quorum.ts',
        before: `${EVERY_SET}
    const count = voters.filter((id) => agreeing.has(id)).length;
    return count`,
        after: `return memberships(configuration).every(({ voters, learners }) => {
    const count = [...voters, ...learners].filter((id) => agreeing.has(id)).length;
    return count`,
      },
      {
        file: 'election.ts',
        before: 'for (const voter of votersOf(raft.configuration)) {',
        after: 'for (const voter of membersOf(raft.configuration)) {',
      },
      {
        file: 'election.ts',
        before: 'import { isQuorum, votersOf }',
        after: 'import { isQuorum, membersOf, votersOf }',
      },
    ],
    expect: ['LeaderElected'],
  },
  {
    slug: 'anybodys-copies-count',
    title: 'the copies of learners, of removed servers, and of a leader that is out itself, count',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'replication.ts',
        before: `const index = quorumIndex(raft.configuration, (voter) =>
      voter === raft.env.id ? ownIndex : (this.progress.get(voter)?.matchIndex ?? 0),
    );`,
        after: `const { voters, next } = raft.configuration;
    const reached = [ownIndex, ...[...this.progress.values()].map((each) => each.matchIndex)].sort((a, b) => b - a);
    const sets = next === undefined ? [voters] : [voters, next.voters];
    const index = Math.min(...sets.map((set) => reached[Math.floor(set.length / 2)] ?? 0));`,
      },
      { file: 'replication.ts', before: 'import { membersOf, quorumIndex }', after: 'import { membersOf }' },
    ],
    expect: ['CommitRule'],
  },
  {
    slug: 'learners-campaign',
    title: 'a learner whose election timeout ends starts an election',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'election.ts',
        before: 'if (votersOf(this.raft.configuration).includes(this.raft.env.id)) this.raft.becomeCandidate();',
        after: 'if (membersOf(this.raft.configuration).includes(this.raft.env.id)) this.raft.becomeCandidate();',
      },
      {
        file: 'election.ts',
        before: 'import { isQuorum, votersOf }',
        after: 'import { isQuorum, membersOf, votersOf }',
      },
    ],
    expect: ['only-voters-campaign'],
  },
  {
    slug: 'leavers-do-not-campaign',
    title: 'in a joint configuration only the new voters campaign',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'election.ts',
        before: 'if (votersOf(this.raft.configuration).includes(this.raft.env.id)) this.raft.becomeCandidate();',
        after: `const { voters } = this.raft.configuration.next ?? this.raft.configuration;
    if (voters.includes(this.raft.env.id)) this.raft.becomeCandidate();`,
      },
    ],
    expect: ['elections-while-members-change'],
  },
  {
    slug: 'elections-by-the-first-configuration',
    title: 'the majority that wins an election is computed once, from the first configuration',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'election.ts',
        before: 'this.votes.add(voter);\n    if (isQuorum(raft.configuration, this.votes))',
        after: 'this.votes.add(voter);\n    if (this.votes.size > raft.env.bootstrap.voters.length / 2)',
      },
    ],
    expect: ['LeaderElected'],
  },
  {
    slug: 'commits-by-the-first-configuration',
    title: 'copies are counted among the first members',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'replication.ts',
        before: 'const index = quorumIndex(raft.configuration, (voter) =>',
        after: 'const index = quorumIndex(raft.env.bootstrap, (voter) =>',
      },
    ],
    expect: ['CommitRule', 'ConfigChange'],
  },
];

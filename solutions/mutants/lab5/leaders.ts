import type { Mutant } from '../../../grader/author/edits.ts';

/** Mistakes of leaders that change members. */
export const leaders: readonly Mutant[] = [
  {
    slug: 'joint-left-too-early',
    title: 'the new configuration is appended before the joint one is committed',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'membership.ts',
        before: `    const { raft } = this;
    if (!this.isSettled) return;
    const { voters, next } = raft.configuration;
    if (next !== undefined) this.append(next);
    else if`,
        after: `    const { raft } = this;
    const { voters, next } = raft.configuration;
    if (next !== undefined && raft.log.termAt(raft.commitIndex) === raft.currentTerm) this.append(next);
    else if (!this.isSettled) return;
    else if`,
      },
    ],
    expect: ['ConfigChange'],
  },
  {
    slug: 'joint-left-by-one-copy',
    title: 'the joint configuration is left as soon as one follower has it',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'membership.ts',
        before: `    if (!this.isSettled) return;
    const { voters, next } = raft.configuration;
    if (next !== undefined) this.append(next);
    else if`,
        after: `    const { voters, next } = raft.configuration;
    const { lastIndex } = raft.log;
    const copied = membersOf(raft.configuration).some((id) => raft.replication.matchIndexOf(id) === lastIndex);
    if (next !== undefined && copied) this.append(next);
    else if (!this.isSettled) return;
    else if`,
      },
    ],
    expect: ['ConfigChange'],
  },
  {
    slug: 'joint-left-by-its-leader-only',
    title: 'a new leader does not leave a joint configuration that it finds',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'membership.ts',
        before: 'if (next !== undefined) this.append(next);\n    else if',
        after:
          'if (next !== undefined && this.newestEntry?.term === raft.currentTerm) this.append(next);\n    else if (next !== undefined) return;\n    else if',
      },
    ],
    expect: ['a-new-leader-takes-the-change-over', 'leader-dies-in-a-change'],
  },
  {
    slug: 'changes-overlap',
    title: 'a change is begun while another is under way',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'membership.ts',
        before: 'if (this.changing || raft.transfer.underWay || voters.length === 0)',
        after: 'if (raft.transfer.underWay || voters.length === 0)',
      },
    ],
    expect: ['ConfigChange', 'one-change-at-a-time'],
  },
  {
    slug: 'no-joint-phase',
    title: 'changes several voters at once, without a joint configuration',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'membership.ts',
        before: 'sameVoters ? { voters, learners } : { ...current, next: { voters, learners } };',
        after:
          'sameVoters || current.learners.length < 9 ? { voters, learners } : { ...current, next: { voters, learners } };',
      },
    ],
    expect: ['ConfigChange'],
  },
  {
    slug: 'bug-of-2015',
    title: 'a new leader changes one server before it has committed an entry of its term',
    base: 'variant:single-server',
    edits: [
      {
        file: 'membership.ts',
        before: 'return !this.isSettled || this.goal !== undefined;',
        after: 'return this.isUncommitted || this.goal !== undefined;',
      },
    ],
    expect: ['ConfigChange'],
  },
  {
    slug: 'all-steps-at-once',
    title: 'without joint consensus, several servers are added in one step',
    base: 'variant:single-server',
    edits: [
      {
        file: 'membership.ts',
        before: '...(added === undefined ? [] : [added])];',
        after: '...goal.voters.filter((id) => !configuration.voters.includes(id))];',
      },
    ],
    expect: ['ConfigChange'],
  },
  {
    slug: 'step-before-commit',
    title: 'without joint consensus, the next server follows before the one before it is committed',
    base: 'variant:single-server',
    edits: [
      {
        file: 'membership.ts',
        before: `    if (!this.isSettled) return;
    const { voters } = raft.configuration;`,
        after: `    const { voters } = raft.configuration;
    if (this.goal === undefined && !this.isSettled) return;`,
      },
    ],
    expect: ['ConfigChange'],
  },
  {
    slug: 'removed-leader-quits-at-once',
    title: 'a leader that removes itself steps down when it appends that, before anybody else has it',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'membership.ts',
        before: '    replication.countOwnCopy();\n    return { accepted: true',
        after:
          '    replication.countOwnCopy();\n    if (!votersOf(configuration).includes(this.raft.env.id)) replication.retire();\n    return { accepted: true',
      },
    ],
    expect: ['leads-until-it-is-out'],
  },
  {
    slug: 'removed-leader-silent',
    title: 'a leader that is out of its own configuration sends no heartbeats',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'replication.ts',
        before: '  private beat(): void {\n',
        after: `  private beat(): void {
    if (!membersOf(this.raft.configuration).includes(this.raft.env.id)) return;
`,
      },
    ],
    expect: ['leads-until-it-is-out'],
  },
  {
    slug: 'newcomers-without-next-index',
    title: 'a server that is added has no nextIndex until the next election, and gets nothing',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'replication.ts',
        before:
          'this.progress = new Map(this.followers().map((id) => [id, this.progress.get(id) ?? new Progress(lastIndex)]));',
        after: `for (const id of [...this.progress.keys()]) {
      if (lastIndex > 0 && !this.followers().includes(id)) this.progress.delete(id);
    }`,
      },
      {
        file: 'replication.ts',
        before: '      this.progress.get(follower)?.onBeat();',
        after: '      if (!this.progress.has(follower)) continue;\n      this.progress.get(follower)?.onBeat();',
      },
    ],
  },
  {
    slug: 'learners-get-nothing',
    title: 'only voters get the log',
    base: 'checkpoint:5',
    edits: [
      {
        file: 'replication.ts',
        before: 'const members = new Set(membersOf(this.raft.configuration));',
        after: 'const members = new Set(votersOf(this.raft.configuration));',
      },
      {
        file: 'replication.ts',
        before: 'import { membersOf, quorumIndex }',
        after: 'import { quorumIndex, votersOf }',
      },
    ],
  },
];

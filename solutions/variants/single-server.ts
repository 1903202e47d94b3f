import type { Edit, Variant } from '../../grader/author/edits.ts';

/** Where the leader is going, and the steps on the way there. */
const STEP_BY_STEP: readonly Edit[] = [
  {
    file: 'membership.ts',
    before: '  constructor(raft: Raft) {',
    after: `  /** What the operator has asked this leader for, until it is there. */
  private goal: Membership | undefined;

  constructor(raft: Raft) {`,
  },
  {
    file: 'membership.ts',
    before: 'return !this.isSettled || this.raft.configuration.next !== undefined;',
    after: 'return !this.isSettled || this.goal !== undefined;',
  },
  {
    file: 'membership.ts',
    before: `    const current = raft.configuration;
    const sameVoters = voters.length === current.voters.length && voters.every((id) => current.voters.includes(id));
    // Learners decide nothing, so that a change of them alone needs no joint phase.
    const configuration = sameVoters ? { voters, learners } : { ...current, next: { voters, learners } };
    return this.append(configuration);
  }
`,
    after: `    this.goal = { voters, learners };
    return this.step();
  }

  /** A leader that leads no more goes nowhere. */
  forget(): void {
    this.goal = undefined;
  }

  /** Adds one voter, or removes one, this server last, so that majorities before and after always overlap (thesis, section 4.1). */
  private step(): ProposeResult {
    const { env, configuration } = this.raft;
    const goal = this.goal!;
    const added = goal.voters.find((id) => !configuration.voters.includes(id));
    const surplus = configuration.voters.filter((id) => !goal.voters.includes(id));
    const removed = added !== undefined ? undefined : (surplus.find((id) => id !== env.id) ?? surplus[0]);
    const voters = [...configuration.voters.filter((id) => id !== removed), ...(added === undefined ? [] : [added])];
    const isLast = voters.length === goal.voters.length && surplus.every((id) => id === removed);
    const learners = isLast ? goal.learners : configuration.learners.filter((id) => !voters.includes(id));
    if (isLast) this.goal = undefined;
    return this.append({ voters, learners });
  }
`,
  },
  {
    file: 'membership.ts',
    before: `    const { voters, next } = raft.configuration;
    if (next !== undefined) this.append(next);
    else if`,
    after: `    const { voters } = raft.configuration;
    if (this.goal !== undefined) this.step();
    else if`,
  },
  {
    file: 'replication.ts',
    before: '    this.raft.transfer.cancel();\n',
    after: '    this.raft.transfer.cancel();\n    this.raft.membership.forget();\n',
  },
];

/** Variants that change members without joint consensus. */
export const singleServer: readonly Variant[] = [
  {
    slug: 'single-server',
    title: 'adds or removes one server at a time, on the way to any target (thesis, section 4.1)',
    labs: [1, 2, 3, 4, 5, 6],
    base: 'solution',
    edits: STEP_BY_STEP,
  },
];

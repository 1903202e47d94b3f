import type { Edit, Variant } from '../../grader/author/edits.ts';

const base = 'checkpoint:5';
const labs = [5];

const LEAVE_JOINT = 'if (next !== undefined) this.append(next);';
const CHOICE = '    const sameVoters = voters.length';
const FIELDS = '  constructor(raft: Raft) {';

/** Whoever is out hears nothing more, and the leader that is out says nothing more. */
const NO_FAREWELL: readonly Edit[] = [
  {
    file: 'replication.ts',
    before: '    for (const id of this.raft.membership.leaving()) members.add(id);\n',
    after: '',
  },
  {
    file: 'replication.ts',
    before: '    this.beat();\n    this.raft.becomeFollower(',
    after: '    this.raft.becomeFollower(',
  },
];

/** Variants in how a leader changes the members. */
const changing: readonly Variant[] = [
  {
    slug: 'hands-over-before-it-leaves',
    title: 'a leader that is asked to remove itself asks to try later, and hands over to a server that stays',
    labs,
    base,
    edits: [
      {
        file: 'membership.ts',
        before: CHOICE,
        after: `    const stays = (id: ServerId): boolean => current.voters.includes(id);
    const heir = voters.includes(raft.env.id) ? undefined : voters.find(stays);
    if (heir !== undefined) {
      raft.transfer.begin(heir);
      return { accepted: false, leader: raft.env.id };
    }
${CHOICE}`,
      },
    ],
  },
  {
    slug: 'long-joint-phase',
    title: 'leaves a joint configuration not before it has been committed for 400 ms',
    labs,
    base,
    edits: [
      {
        file: 'membership.ts',
        before: LEAVE_JOINT,
        after: `if (next !== undefined) {
      const term = raft.currentTerm;
      if (this.waitingIn === term) return;
      this.waitingIn = term;
      raft.env.clock.setTimeout(() => {
        this.waitingIn = 0;
        if (!raft.leads(term) || !this.isSettled) return;
        if (raft.configuration.next !== undefined) this.append(raft.configuration.next);
      }, 400);
    }`,
      },
      { file: 'membership.ts', before: FIELDS, after: `  private waitingIn = 0;\n\n${FIELDS}` },
    ],
  },
  {
    slug: 'promotes-who-has-all',
    title: 'refuses to make a voter of a server that does not have all that is committed',
    labs,
    base,
    edits: [
      {
        file: 'membership.ts',
        before: CHOICE,
        after: `    const promoted = voters.filter((id) => !current.voters.includes(id));
    const lags = (id: ServerId): boolean => raft.replication.matchIndexOf(id) < raft.commitIndex;
    if (promoted.some(lags)) return { accepted: false, leader: raft.env.id };
${CHOICE}`,
      },
    ],
  },
  {
    slug: 'joint-if-need-be',
    title: 'changes one voter at once, and several by joint consensus',
    labs,
    base,
    edits: [
      {
        file: 'membership.ts',
        before:
          'const sameVoters = voters.length === current.voters.length && voters.every((id) => current.voters.includes(id));',
        after: `const added = voters.filter((id) => !current.voters.includes(id));
    const sameVoters = added.length + current.voters.filter((id) => !voters.includes(id)).length <= 1;`,
      },
    ],
  },
  {
    slug: 'joint-before-own-term',
    title: 'begins a joint change with nothing of its own term committed, as joint consensus does not ask for that',
    labs,
    base,
    edits: [
      {
        file: 'membership.ts',
        before: 'return !this.isSettled || this.raft.configuration.next !== undefined;',
        after: 'return this.isUncommitted || this.raft.configuration.next !== undefined;',
      },
      {
        // Without a joint phase it would.
        file: 'membership.ts',
        before: 'const configuration = sameVoters ? ',
        after: 'const configuration = sameVoters && this.isSettled ? ',
      },
    ],
  },
  {
    slug: 'no-farewell',
    title:
      'sends nothing to a server from the moment that it is out, and steps down without a word when it is out itself',
    labs,
    base,
    edits: NO_FAREWELL,
  },
];

/** Variants in how a leader hands over. */
const handingOver: readonly Variant[] = [
  {
    slug: 'steps-down-when-it-has-told',
    title: 'a leader steps down as soon as it has told its successor to campaign',
    labs,
    base,
    edits: [
      {
        file: 'transfer.ts',
        before: '    const reply = await raft.env.rpc.timeoutNow(target, args);',
        after: `    const answer = raft.env.rpc.timeoutNow(target, args);
    raft.becomeFollower(raft.currentTerm);
    const reply = await answer;`,
      },
    ],
  },
  {
    slug: 'leisurely-transfer',
    title: 'a leader tells its successor with a heartbeat and soon gives up; the successor campaigns a moment later',
    labs,
    base,
    edits: [
      { file: 'replication.ts', before: '      raft.transfer.proceed();\n', after: '' },
      {
        file: 'replication.ts',
        before: '  private beat(): void {\n',
        after: '  private beat(): void {\n    this.raft.transfer.proceed();\n',
      },
      { file: 'transfer.ts', before: '    this.proceed();\n    return', after: '    return' },
      {
        file: 'transfer.ts',
        before: 'this.cancel(), raft.env.timing.electionTimeoutMsMax)',
        after: 'this.cancel(), raft.env.timing.electionTimeoutMsMin)',
      },
      {
        file: 'transfer.ts',
        before: 'raft.election.takeOver();',
        after: `{
      raft.env.clock.setTimeout(() => {
        if (raft.currentTerm === args.term && raft.role === 'follower') raft.election.takeOver();
      }, 10);
    }`,
      },
    ],
  },
];

/** Variants in how members and leaders are changed. */
export const membership: readonly Variant[] = [...changing, ...handingOver];

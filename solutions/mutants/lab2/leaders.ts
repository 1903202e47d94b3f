import type { Mutant } from '../../../grader/author/edits.ts';

const CONFIRM = 'progress.confirm(args.prevLogIndex + args.entries.length);';
const GUESS = 'Math.min(hint, prevLogIndex)';

/** Mistakes of leaders: what they send and send again, and what they make of answers. */
export const leaders: readonly Mutant[] = [
  {
    slug: 'stale-answers-counted',
    title: 'an answer to a request of an earlier term counts in this one',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'replication.ts',
        before: 'if (!raft.leads(args.term)) return;',
        after: "if (raft.role !== 'leader') return;",
      },
      {
        file: 'replication.ts',
        before: 'else this.onReply(follower, progress, args, reply);',
        after: 'else this.onReply(follower, this.progress.get(follower)!, args, reply);',
      },
    ],
    expect: ['CommitRule', 'counts-what-was-acknowledged'],
  },
  {
    slug: 'match-index-kept',
    title: 'matchIndex is kept from an earlier time as leader',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'replication.ts',
        before: 'this.progress = new Map(this.followers().map((id) => [id, new Progress(nextIndex)]));',
        after: `const before = this.progress;
    this.progress = new Map(this.followers().map((id) => [id, new Progress(nextIndex)]));
    for (const [id, { matchIndex }] of before) this.progress.get(id)!.matchIndex = matchIndex;`,
      },
    ],
    expect: ['CommitRule', 'ContractUse', 'counts-what-was-acknowledged'],
  },
  {
    slug: 'match-index-from-own-log',
    title: 'a success counts for all of the log, and not for what its request carried',
    base: 'checkpoint:2',
    edits: [{ file: 'replication.ts', before: CONFIRM, after: 'progress.confirm(raft.log.lastIndex);' }],
    expect: ['CommitRule', 'counts-what-was-acknowledged'],
  },
  {
    slug: 'every-refusal-counts',
    title: 'each refusal lowers nextIndex by one, without end, whichever request it answers',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'progress.ts',
        before: `    if (prevLogIndex !== this.nextIndex - 1 || prevLogIndex <= this.matchIndex) return false;
    this.nextIndex = Math.max(this.matchIndex + 1, ${GUESS});
`,
        after: '    this.nextIndex -= 1;\n',
      },
    ],
    expect: ['ContractUse', 'Crash', 'ignores-late-refusals'],
  },
  {
    slug: 'stale-refusals-count',
    title: 'a refusal of an older guess drives nextIndex back too',
    base: 'variant:synchronous',
    edits: [
      {
        file: 'replication.ts',
        before: 'if (args.prevLogIndex === follower.nextIndex - 1 && args.prevLogIndex > follower.matchIndex) {',
        after: '{',
      },
    ],
    expect: ['ContractUse', 'Crash', 'ignores-late-refusals'],
  },
  {
    slug: 'back-up-stands-still',
    title: 'the search for the common entry goes on at the one that was just refused',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'log.ts',
        before: 'return shared === undefined ? conflictIndex : shared + 1;',
        after: 'return shared === undefined ? conflictIndex + 1 : shared + 1;',
      },
      { file: 'progress.ts', before: GUESS, after: 'hint' },
    ],
    expect: ['Budgets', 'counts-what-was-acknowledged', 'repairs-logs'],
  },
  {
    slug: 'request-term-read-late',
    title: 'a request waits for a moment, and leaves with the term of that moment',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'replication.ts',
        before: '    const reply = await raft.env.rpc.appendEntries(follower, args);',
        after: `    await new Promise<void>((resolve) => raft.env.clock.setTimeout(resolve, 1));
    (args as { term: number }).term = raft.currentTerm;
    const reply = await raft.env.rpc.appendEntries(follower, args);`,
      },
    ],
    expect: ['LeaderElected', 'LeaderSends', 'ElectionSafety'],
  },
  {
    slug: 'entries-restamped-by-leader',
    title: 'sends the entries of earlier terms as entries of its own',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'replication.ts',
        before: '      entries,\n',
        after: '      entries: entries.map((entry) => ({ ...entry, term: raft.currentTerm })),\n',
      },
    ],
    expect: ['LogMatching'],
  },
  {
    slug: 'log-handed-out',
    title: 'puts its own log into a request, and changes it afterwards',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'log.ts',
        before: 'return this.entries.slice(start, start + count);',
        after: 'return start === 0 ? this.entries : this.entries.slice(start, start + count);',
      },
    ],
    expect: ['ContractUse'],
  },
  {
    slug: 'lost-requests-multiply',
    title: 'each request that is lost is sent again, besides what the heartbeats send',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'replication.ts',
        before: 'if (reply === undefined) progress.lost(args);',
        after: `if (reply === undefined) {
      progress.lost(args);
      void this.appendEntries(follower, entries);
    }`,
      },
    ],
    expect: ['Budgets', 'repeats-lost-appends'],
  },
  {
    slug: 'lost-entries-wait',
    title: 'heartbeats stay empty, and entries that are lost wait for the next proposal',
    base: 'checkpoint:2',
    edits: [
      { file: 'replication.ts', before: '      if (this.replicate(follower)) continue;\n', after: '' },
      {
        file: 'replication.ts',
        before: '    }\n    this.replicate(follower);\n  }',
        after: '    }\n    if (args.entries.length > 0) this.replicate(follower);\n  }',
      },
    ],
    expect: ['repeats-lost-appends', 'repairs-logs'],
  },
  {
    slug: 'whole-log-sent',
    title: 'each request carries all of the log',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'replication.ts',
        before: 'const args = this.requestFor(progress, entries);',
        after: `const request = this.requestFor(progress, entries);
    const args = { ...request, prevLogIndex: 0, prevLogTerm: 0, entries: raft.log.from(1, 100_000) };`,
      },
    ],
    expect: ['Budgets', 'traffic'],
  },
  {
    slug: 'refusals-overshoot',
    title: 'after a refusal it tries one entry further than the follower has asked for',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'log.ts',
        before: 'return shared === undefined ? conflictIndex : shared + 1;',
        after: 'return shared === undefined ? conflictIndex + 1 : shared + 1;',
      },
      { file: 'progress.ts', before: 'Math.min(hint, prevLogIndex)', after: 'hint' },
    ],
    expect: ['repairs-logs', 'Budgets'],
  },
  {
    slug: 'refused-entries-again',
    title: 'a refused request is sent again as it was',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'replication.ts',
        before: `      return;
    }
    this.replicate(follower);`,
        after: `      void this.appendEntries(follower, args.entries);
      return;
    }
    this.replicate(follower);`,
      },
    ],
    expect: ['ignores-late-refusals', 'ContractUse', 'Budgets'],
  },
  {
    slug: 'waits-for-the-unanswered',
    title: 'sends nothing more to a follower until it has answered, be it never',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'progress.ts',
        before: `    if (this.underWay.beatsLeft === 0) this.underWay = undefined;
`,
        after: '',
      },
    ],
    expect: ['repeats-lost-appends'],
  },
  {
    slug: 'match-index-from-their-log',
    title: 'a success counts for all that the follower has, stale entries too',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'replication.ts',
        before: 'progress.confirm(args.prevLogIndex + args.entries.length);',
        after: 'progress.confirm(Number(reply.ext ?? args.prevLogIndex + args.entries.length));',
      },
      {
        file: 'following.ts',
        before: 'return { term: raft.currentTerm, success: true };',
        after: 'return { term: raft.currentTerm, success: true, ext: raft.log.lastIndex };',
      },
    ],
    expect: ['CommitRule', 'ContractUse'],
  },
  {
    slug: 'next-index-overshoots',
    title: 'nextIndex skips an entry after each success',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'progress.ts',
        before: 'this.nextIndex = Math.max(this.nextIndex, this.matchIndex + 1);',
        after: 'this.nextIndex = Math.max(this.nextIndex, index + 2);',
      },
    ],
    expect: ['stores-entries', 'sends-to-all', 'ContractUse'],
  },
  {
    slug: 'tells-the-next-index',
    title: 'tells its client the index behind the one that the command has',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'replication.ts',
        before: 'return { accepted: true, index, term };',
        after: 'return { accepted: true, index: index + 1, term };',
      },
    ],
    expect: ['ProposalKept'],
  },
  {
    slug: 'candidates-accept-commands',
    title: 'a candidate accepts commands',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'replication.ts',
        before: `if (raft.role !== 'leader') return { accepted: false, leader: raft.leader };`,
        after: `if (raft.role === 'follower') return { accepted: false, leader: raft.leader };`,
      },
    ],
    expect: ['only-leaders-accept', 'ProposalKept'],
  },
  {
    slug: 'followers-accept-commands',
    title: 'everybody accepts commands',
    base: 'checkpoint:2',
    edits: [
      {
        file: 'replication.ts',
        before: `    if (raft.role !== 'leader') return { accepted: false, leader: raft.leader };
`,
        after: '',
      },
    ],
    expect: ['only-leaders-accept', 'ProposalKept'],
  },
];

import type { Mutant } from '../../../grader/author/edits.ts';

const DRAW = 'timing.electionTimeoutMsMin + this.raft.env.random() * spreadMs,';

/** Mistakes about time: how long an election timeout is, what starts it anew, and how often a leader is heard. */
export const timers: readonly Mutant[] = [
  {
    slug: 'fixed-timeouts',
    title: 'every election timeout is the same',
    base: 'checkpoint:1',
    edits: [{ file: 'election.ts', before: DRAW, after: 'timing.electionTimeoutMsMin + spreadMs / 2,' }],
  },
  {
    slug: 'drawn-once',
    title: 'a server draws its election timeout once, for ever',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'election.ts',
        before: '    this.raft = raft;\n',
        after: '    this.raft = raft;\n    this.draw = raft.env.random();\n',
      },
      {
        file: 'election.ts',
        before: '  constructor(raft: Raft) {\n',
        after: '  private readonly draw: number;\n\n  constructor(raft: Raft) {\n',
      },
      { file: 'election.ts', before: DRAW, after: 'timing.electionTimeoutMsMin + this.draw * spreadMs,' },
    ],
  },
  {
    slug: 'timeouts-too-short',
    title: 'some timeouts are shorter than the minimum',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'election.ts',
        before: DRAW,
        after: 'timing.electionTimeoutMsMin / 2 + this.raft.env.random() * spreadMs,',
      },
    ],
  },
  {
    slug: 'timeouts-too-long',
    title: 'some timeouts are longer than the maximum',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'election.ts',
        before: DRAW,
        after: 'timing.electionTimeoutMsMin + this.raft.env.random() * timing.electionTimeoutMsMax,',
      },
    ],
  },
  {
    slug: 'candidate-never-retries',
    title: 'a candidate that nobody answers waits for ever',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'election.ts',
        before: 'this.resetTimer();\n    this.votes =',
        after: 'this.stopTimer();\n    this.votes =',
      },
    ],
  },
  {
    slug: 'refused-votes-reset-timer',
    title: 'a request for votes starts the timeout anew even if it is refused',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'election.ts',
        before: '    if (voteGranted) {\n',
        after: "    if (raft.role !== 'leader') this.resetTimer();\n    if (voteGranted) {\n",
      },
    ],
  },
  {
    slug: 'old-heartbeats-reset-timer',
    title: 'the heartbeat of an earlier term starts the timeout anew',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'raft.ts',
        before: "    if (term < this.currentTerm || this.role === 'leader') return false;",
        after:
          "    if (this.role !== 'leader') this.election.resetTimer();\n    if (term < this.currentTerm || this.role === 'leader') return false;",
      },
    ],
  },
  {
    slug: 'grants-keep-timer',
    title: 'a granted vote does not start the timeout anew',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'election.ts',
        before: 'raft.setHardState(raft.currentTerm, args.candidateId);\n      this.resetTimer();',
        after: 'raft.setHardState(raft.currentTerm, args.candidateId);',
      },
    ],
  },
  {
    slug: 'heartbeats-keep-timer',
    title: 'a heartbeat does not start the timeout anew',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'raft.ts',
        before: 'this.becomeFollower(term, leader);\n    this.election.resetTimer();',
        after: 'this.becomeFollower(term, leader);',
      },
    ],
  },
  {
    slug: 'timers-leaked',
    title: 'a new timeout is started and the old one runs on',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'election.ts',
        before: 'this.stopTimer();\n    this.timer = clock.setTimeout(',
        after: 'this.timer = clock.setTimeout(',
      },
    ],
  },
  {
    slug: 'slow-heartbeats',
    title: 'heartbeats are as far apart as election timeouts',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'replication.ts',
        before: 'raft.env.timing.heartbeatMs);',
        after: 'raft.env.timing.electionTimeoutMsMax);',
      },
    ],
  },
  {
    slug: 'no-heartbeats-when-idle',
    title: 'a leader is heard once, and then only when it has entries to send',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'replication.ts',
        before:
          '    this.heartbeatTimer = raft.env.clock.setInterval(() => this.beat(), raft.env.timing.heartbeatMs);\n',
        after: '',
      },
    ],
  },
  {
    slug: 'first-heartbeat-late',
    title: 'a new leader is heard when its heartbeat timer fires for the first time, and not before',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'replication.ts',
        before: 'raft.env.timing.heartbeatMs);\n    this.beat();',
        after: 'raft.env.timing.heartbeatMs);',
      },
    ],
    expect: ['sends-heartbeats'],
  },
  {
    slug: 'heartbeat-timers-pile-up',
    title: 'each time that a server leads it gets one more heartbeat timer, and all of them go on when it leads again',
    base: 'checkpoint:1',
    edits: [
      { file: 'replication.ts', before: 'this.raft.env.clock.clear(this.heartbeatTimer);', after: '' },
      {
        file: 'replication.ts',
        before: 'private beat(): void {',
        after: "private beat(): void {\n    if (this.raft.role !== 'leader') return;",
      },
    ],
    expect: ['sends-heartbeats'],
  },
  {
    slug: 'candidacy-timer-runs-on',
    title: 'a candidate that gives way to a leader does not start its timeout anew',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'raft.ts',
        before: 'this.becomeFollower(term, leader);\n    this.election.resetTimer();',
        after: `const before = this.role;
    this.becomeFollower(term, leader);
    if (before === 'follower') this.election.resetTimer();`,
      },
    ],
    expect: ['candidate-steps-down'],
  },
  {
    slug: 'candidacy-timer-runs-on-asynchronously',
    title: 'a candidate that gives way to a leader does not start its timeout anew, where each step takes its time',
    base: 'variant:asynchronous',
    edits: [
      {
        file: 'raft.ts',
        before: 'this.becomeFollower();\n    this.leader = leaderId;\n    this.timer.arm();',
        after: `const { campaign } = this;
    this.becomeFollower();
    this.leader = leaderId;
    if (campaign === undefined) this.timer.arm();`,
      },
    ],
    expect: ['candidate-steps-down'],
  },
  {
    slug: 'grants-of-candidates-keep-timer',
    title: 'a candidate that votes for another one of a later term does not start its timeout anew',
    base: 'checkpoint:1',
    edits: [
      {
        file: 'election.ts',
        before: '    raft.observeTerm(args.term);\n    const free',
        after: "    const campaigns = raft.role === 'candidate';\n    raft.observeTerm(args.term);\n    const free",
      },
      {
        file: 'election.ts',
        before: 'raft.setHardState(raft.currentTerm, args.candidateId);\n      this.resetTimer();',
        after: 'raft.setHardState(raft.currentTerm, args.candidateId);\n      if (!campaigns) this.resetTimer();',
      },
    ],
    expect: ['candidate-votes-for-itself'],
  },
];

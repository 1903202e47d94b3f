import {
  type AppendEntriesArgs,
  type AppendEntriesReply,
  type Env,
  type InstallSnapshotArgs,
  type InstallSnapshotReply,
  type LogEntry,
  NotImplemented,
  type ProposeResult,
  type RaftServer,
  type RequestVoteArgs,
  type RequestVoteReply,
  type Role,
  type ServerId,
  type Status,
  type TimeoutNowReply,
} from '#contract';
import { Countdown, TICK_MS } from './countdown.ts';
import { isQuorum, votersOf } from './quorum.ts';
import { RaftLog } from './raft-log.ts';
import { Replication } from './replication.ts';

/**
 * A Raft that never waits: every handler runs to its end, flushing the disk on the way, and one timer drives everything.
 *
 * What changes is written at once and flushed before anything depends on it: the hard state before a vote is granted or
 * asked for, entries before they are confirmed or counted.
 */
export class Raft implements RaftServer {
  private readonly env: Env;
  private readonly log: RaftLog;
  private readonly countdown: Countdown;
  private role: Role = 'follower';
  private currentTerm = 0;
  private votedFor: ServerId | null = null;
  private leader: ServerId | undefined;
  private commitIndex = 0;
  private lastApplied = 0;
  private votes = new Set<ServerId>();
  /** Present exactly while this server leads. */
  private replication: Replication | undefined;
  private ticksSinceHeartbeat = 0;

  constructor(env: Env) {
    this.env = env;
    this.log = new RaftLog(env.storage, env.bootstrap);
    this.countdown = new Countdown(env);
  }

  start(): void {
    ({ currentTerm: this.currentTerm, votedFor: this.votedFor } = this.log.load());
    this.restoreSnapshot();
    this.countdown.restart();
    this.env.clock.setInterval(() => this.tick(), TICK_MS);
  }

  status(): Status {
    return {
      role: this.role,
      currentTerm: this.currentTerm,
      leader: this.leader,
      commitIndex: this.commitIndex,
      lastApplied: this.lastApplied,
      lastLogIndex: this.log.lastIndex,
      configuration: this.log.configuration,
    };
  }

  // Elections (Raft paper, sections 5.2 and 5.4.1).

  onRequestVote(args: RequestVoteArgs): RequestVoteReply {
    const upToDate =
      args.lastLogTerm > this.log.lastTerm ||
      (args.lastLogTerm === this.log.lastTerm && args.lastLogIndex >= this.log.lastIndex);
    const free =
      args.term > this.currentTerm ||
      (args.term === this.currentTerm && (this.votedFor === null || this.votedFor === args.candidateId));
    const voteGranted = free && upToDate;
    if (args.preVote) {
      return { term: this.currentTerm, voteGranted };
    }
    this.noticeTerm(args.term);
    if (voteGranted) {
      this.votedFor = args.candidateId;
      this.saveHardState();
      this.env.storage.flushSync();
      // Only a vote that was given is a reason to be patient: a candidate that cannot win must not hold up one that can.
      this.countdown.restart();
      this.env.log('vote', `for ${args.candidateId} in term ${args.term}`);
    }
    return { term: this.currentTerm, voteGranted };
  }

  private tick(): void {
    if (this.replication !== undefined) {
      this.ticksSinceHeartbeat += 1;
      if (this.ticksSinceHeartbeat >= Math.floor(this.env.timing.heartbeatMs / TICK_MS)) {
        this.ticksSinceHeartbeat = 0;
        this.replication.heartbeat();
      }
    } else if (this.countdown.tick()) {
      this.countdown.restart();
      // A learner, or a server that is still joining, waits to be made a voter.
      if (votersOf(this.log.configuration).has(this.env.id)) {
        this.campaign();
      }
    }
  }

  private campaign(): void {
    this.role = 'candidate';
    this.currentTerm += 1;
    this.votedFor = this.env.id;
    this.leader = undefined;
    this.votes = new Set([this.env.id]);
    this.saveHardState();
    this.env.storage.flushSync();
    this.env.log('vote', `candidate in term ${this.currentTerm}`);
    const args: RequestVoteArgs = {
      term: this.currentTerm,
      candidateId: this.env.id,
      lastLogIndex: this.log.lastIndex,
      lastLogTerm: this.log.lastTerm,
    };
    for (const voter of votersOf(this.log.configuration)) {
      if (voter !== this.env.id) {
        this.env.rpc.requestVote(voter, args).then((reply) => this.onVoteReply(voter, args.term, reply));
      }
    }
    this.leadIfElected();
  }

  private onVoteReply(voter: ServerId, term: number, reply: RequestVoteReply | undefined): void {
    if (reply !== undefined && this.stillIs('candidate', term, reply.term) && reply.voteGranted) {
      this.votes.add(voter);
      this.leadIfElected();
    }
  }

  private leadIfElected(): void {
    if (!isQuorum(this.log.configuration, this.votes)) {
      return;
    }
    const term = this.currentTerm;
    this.role = 'leader';
    this.leader = this.env.id;
    this.replication = new Replication({
      env: this.env,
      log: this.log,
      term,
      commitIndex: () => this.commitIndex,
      stillLeads: (replyTerm) => this.stillIs('leader', term, replyTerm),
      onProgress: () => this.commitWhatQuorumHolds(),
    });
    this.ticksSinceHeartbeat = 0;
    this.env.log('vote', `leader of term ${term}`);
    // The bare heartbeat ends the other candidates' hopes before the disk has taken the no-op, which in its turn lets
    // entries of earlier terms commit (Raft paper, sections 5.4.2 and 8).
    this.replication.heartbeat();
    this.appendOwn({ index: this.log.lastIndex + 1, term, kind: 'noop' });
    this.replication.heartbeat();
  }

  // Terms and hard state (Raft paper, section 5.1).

  /** Becomes a follower of a higher term. A server that led, and so had no countdown, starts one. */
  private noticeTerm(term: number): void {
    if (term <= this.currentTerm) {
      return;
    }
    if (this.role === 'leader') {
      this.replication = undefined;
      this.countdown.restart();
    }
    this.role = 'follower';
    this.leader = undefined;
    this.currentTerm = term;
    this.votedFor = null;
    this.saveHardState();
  }

  /** Notices a reply's term, and says whether this server still has the role and term in which it asked. */
  private stillIs(role: Role, requestTerm: number, replyTerm: number): boolean {
    this.noticeTerm(replyTerm);
    return this.role === role && this.currentTerm === requestTerm;
  }

  /** Accepts a leader's request, unless its term is over. Nobody else can lead a term that this server leads. */
  private follows(leaderId: ServerId, term: number): boolean {
    this.noticeTerm(term);
    if (term < this.currentTerm || this.role === 'leader') {
      return false;
    }
    this.role = 'follower';
    this.leader = leaderId;
    this.countdown.restart();
    return true;
  }

  private saveHardState(): void {
    this.env.storage.saveHardState({ currentTerm: this.currentTerm, votedFor: this.votedFor });
  }

  // The log (Raft paper, sections 5.3 and 5.4.2).

  onAppendEntries(args: AppendEntriesArgs): AppendEntriesReply {
    if (!this.follows(args.leaderId, args.term) || !this.log.matches(args.prevLogIndex, args.prevLogTerm)) {
      return { term: this.currentTerm, success: false };
    }
    this.log.merge(args.entries);
    this.env.storage.flushSync();
    // Entries behind those of this request may be left over from another term.
    this.commitThrough(Math.min(args.leaderCommit, args.prevLogIndex + args.entries.length));
    return { term: this.currentTerm, success: true };
  }

  propose(command: string): ProposeResult {
    if (this.replication === undefined) {
      return { accepted: false, leader: this.leader };
    }
    const entry: LogEntry = { index: this.log.lastIndex + 1, term: this.currentTerm, kind: 'command', command };
    this.appendOwn(entry);
    this.replication.spreadNews();
    return { accepted: true, index: entry.index, term: entry.term };
  }

  /** Appends a leader's entry, whose own copy counts from now on; where this server is alone, that commits it. */
  private appendOwn(entry: LogEntry): void {
    this.log.store([entry]);
    this.env.storage.flushSync();
    this.commitWhatQuorumHolds();
  }

  /** Moves a leader's commit index, and tells the followers at once. */
  private commitWhatQuorumHolds(): void {
    const index = this.replication?.committableIndex();
    if (index !== undefined && index > this.commitIndex) {
      this.commitThrough(index);
      this.replication?.spreadNews();
    }
  }

  /** Commits up to `index`, unless that is old news, and applies. */
  private commitThrough(index: number): void {
    this.commitIndex = Math.max(this.commitIndex, index);
    while (this.lastApplied < this.commitIndex) {
      this.lastApplied += 1;
      this.env.apply(this.log.entryAt(this.lastApplied));
    }
  }

  // Snapshots (Raft paper, section 7).

  compact(index: number, data: string): void {
    if (index > this.log.baseIndex) {
      this.log.compact(index, data);
      this.env.storage.flushSync();
    }
  }

  onInstallSnapshot(args: InstallSnapshotArgs): InstallSnapshotReply {
    // This server sends whole snapshots, and takes no other.
    if (!this.follows(args.leaderId, args.term) || args.offset !== 0 || !args.done) {
      return { term: this.currentTerm, success: false };
    }
    const { lastIncludedIndex, lastIncludedTerm, configuration, data } = args;
    const hasAll = lastIncludedIndex <= this.commitIndex;
    if (!hasAll) {
      this.log.install({ lastIncludedIndex, lastIncludedTerm, configuration, data });
    }
    this.env.storage.flushSync();
    if (!hasAll) {
      this.restoreSnapshot();
    }
    return { term: this.currentTerm, success: true };
  }

  /** Hands the snapshot, if there is one, to the state machine, in place of all that was applied. */
  private restoreSnapshot(): void {
    const { snapshot } = this.log;
    if (snapshot !== undefined) {
      this.commitIndex = snapshot.lastIncludedIndex;
      this.lastApplied = snapshot.lastIncludedIndex;
      this.env.apply(snapshot);
    }
  }

  onTimeoutNow(): TimeoutNowReply {
    throw new NotImplemented('lab 5');
  }

  changeMembership(): ProposeResult {
    throw new NotImplemented('lab 5');
  }

  transferLeadership(): ProposeResult {
    throw new NotImplemented('lab 5');
  }
}

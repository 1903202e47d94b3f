/*
 * This is your Raft. Its state and its plan are here already; each method that is yours to write throws `NotImplemented`
 * with the number of its lab. Begin with `start()` below and go where it leads: lab 1 is the transitions in this file, all
 * of `election.ts`, `isQuorum` in `quorum.ts`, and the heartbeats in `replication.ts` and `following.ts`. Then
 * `npm run grade lab1`.
 *
 * The grader knows the methods of `RaftServer` and nothing else of this folder: rename, split or replace the rest as you
 * like. Import only `#contract` and your own files; time, chance, network and disk come from `env`. Leave alone what
 * belongs to later labs: while it throws it counts as "not started", never as wrong.
 */

import type {
  Answer,
  AppendEntriesArgs,
  AppendEntriesReply,
  Configuration,
  Env,
  InstallSnapshotArgs,
  InstallSnapshotReply,
  Membership,
  ProposeResult,
  RaftServer,
  RequestVoteArgs,
  RequestVoteReply,
  Role,
  ServerId,
  Status,
  TimeoutNowArgs,
  TimeoutNowReply,
} from '#contract';
import { NotImplemented } from '#contract';
import { Election } from './election.ts';
import { Following } from './following.ts';
import { RaftLog } from './log.ts';
import { MembershipChanges } from './membership.ts';
import { Replication } from './replication.ts';
import { Snapshots } from './snapshots.ts';
import { Transfer } from './transfer.ts';

/**
 * A Raft server: the state of the paper's Figure 2, and the transitions of its Figure 4, by name. What a server does in its
 * role stands in the file of its topic: `election.ts` (lab 1), `replication.ts` and `following.ts` (lab 2),
 * `persistence.ts` (lab 3), `snapshots.ts` (lab 4), `membership.ts` and `transfer.ts` (lab 5), `group-flush.ts`,
 * `batching.ts` and `pipeline.ts` (lab 6).
 *
 * A running server's role, term, vote and leader change only in the methods of this file, and nothing, here or there, waits
 * in the middle of a change: whoever comes next sees a whole state.
 */
export class Raft implements RaftServer {
  /** This server's world. */
  readonly env: Env;

  /** Latest term that this server has seen (Figure 2, persistent state). {@link setHardState} changes it. */
  currentTerm = 0;
  /** Who got this server's vote in `currentTerm` (Figure 2, persistent state). {@link setHardState} changes it. */
  votedFor: ServerId | null = null;
  /** The log (Figure 2, persistent state). */
  readonly log: RaftLog;

  /** This server's part in `currentTerm`. */
  role: Role = 'follower';
  /** Who leads `currentTerm`, as far as this server knows. */
  leader: ServerId | undefined;
  /** Index of the highest entry known to be committed (Figure 2, volatile state). */
  commitIndex = 0;
  /** Index of the highest entry given to the state machine (Figure 2, volatile state). */
  lastApplied = 0;

  /** Lab 1. */
  readonly election: Election;
  /** Lab 2, and the heartbeats of lab 1. */
  readonly replication: Replication;
  /** Lab 2, and the answers to heartbeats of lab 1. */
  readonly following: Following;
  /** Lab 4. */
  readonly snapshots: Snapshots;
  /** Lab 5. */
  readonly membership: MembershipChanges;
  /** Lab 5. */
  readonly transfer: Transfer;

  constructor(env: Env) {
    this.env = env;
    this.log = new RaftLog(env.storage);
    this.election = new Election(this);
    this.replication = new Replication(this);
    this.following = new Following(this);
    this.snapshots = new Snapshots(this);
    this.membership = new MembershipChanges(this);
    this.transfer = new Transfer(this);
  }

  /**
   * The configuration in force: from lab 5 the newest in the log, committed or not; without one the snapshot's, or else the
   * one that the cluster started with.
   */
  get configuration(): Configuration {
    return this.snapshots.latest?.configuration ?? this.env.bootstrap;
  }

  /** Begins as a follower, whoever this server was before a crash (section 5.2); from lab 3 with what the disk holds. */
  start(): void {
    throw new NotImplemented('lab 1');
  }

  /** The rule for all servers: whoever sees a higher term, in a request or in a reply, follows in it (section 5.1). */
  observeTerm(term: number): void {
    throw new NotImplemented('lab 1');
  }

  /**
   * Someone who leads `term` has sent something. This server follows it, and waits a whole election timeout for the next
   * message, whatever comes of this one.
   *
   * @returns `false` when `term` is over, and the sender leads no more. A leader follows nobody else in its own term
   * either: two leaders in one term cannot be (section 5.2), and its log must only grow (section 5.3)
   */
  follow(term: number, leader: ServerId): boolean {
    throw new NotImplemented('lab 1');
  }

  /**
   * Follows in `term`, which is the current one or a later one. The vote stays given for as long as the term lasts. The
   * election timeout runs on, except that a leader, who has none, starts one.
   *
   * @param leader - who leads `term`; absent when unknown
   */
  becomeFollower(term: number, leader?: ServerId): void {
    throw new NotImplemented('lab 1');
  }

  /** Begins a new term, votes for itself in it, and asks the others (section 5.2). */
  becomeCandidate(): void {
    throw new NotImplemented('lab 1');
  }

  /** Leads the term in which a quorum elected this candidate, until it sees a higher one (section 5.2). */
  becomeLeader(): void {
    throw new NotImplemented('lab 1');
  }

  /** Whether this server still leads `term`: to be asked of every reply to a leader's request, however late it comes. */
  leads(term: number): boolean {
    return this.role === 'leader' && this.currentTerm === term;
  }

  /** Changes term and vote together. From lab 3 they reach the disk in one write, to be flushed before it matters. */
  setHardState(currentTerm: number, votedFor: ServerId | null): void {
    this.currentTerm = currentTerm;
    this.votedFor = votedFor;
  }

  /**
   * Commits the entries up to `index`, and gives them to the state machine in order, each once (Figure 2, Rules for
   * Servers, All Servers). An `index` that is committed already changes nothing.
   */
  commitThrough(index: number): void {
    throw new NotImplemented('lab 2');
  }

  onRequestVote(args: RequestVoteArgs): Answer<RequestVoteReply> {
    return this.election.onRequestVote(args);
  }

  onAppendEntries(args: AppendEntriesArgs): Answer<AppendEntriesReply> {
    return this.following.onAppendEntries(args);
  }

  onInstallSnapshot(args: InstallSnapshotArgs): Answer<InstallSnapshotReply> {
    return this.snapshots.onInstallSnapshot(args);
  }

  onTimeoutNow(args: TimeoutNowArgs): Answer<TimeoutNowReply> {
    return this.transfer.onTimeoutNow(args);
  }

  propose(command: string): ProposeResult {
    return this.replication.propose(command);
  }

  compact(index: number, data: string): void {
    this.snapshots.compact(index, data);
  }

  changeMembership(target: Membership): ProposeResult {
    return this.membership.change(target);
  }

  transferLeadership(to: ServerId): ProposeResult {
    return this.transfer.begin(to);
  }

  status(): Status {
    return {
      role: this.role,
      currentTerm: this.currentTerm,
      leader: this.leader,
      commitIndex: this.commitIndex,
      lastApplied: this.lastApplied,
      lastLogIndex: this.log.lastIndex,
      configuration: this.configuration,
    };
  }
}

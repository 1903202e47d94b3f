import type {
  AppendEntriesArgs,
  AppendEntriesReply,
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
  Snapshot,
  Status,
  TimeoutNowArgs,
  TimeoutNowReply,
} from '#contract';
import { Campaign } from './campaign.ts';
import { Disk } from './disk.ts';
import { ElectionTimer } from './election-timer.ts';
import type { Host } from './host.ts';
import { IncomingSnapshot } from './incoming-snapshot.ts';
import { Leadership } from './leadership.ts';
import { Log } from './log.ts';
import { votersOf } from './quorum.ts';

/**
 * A Raft for labs 1 to 5 whose handlers are all asynchronous. Each decides and changes its state before it first waits,
 * then waits for the disk, and promises only what then still holds: while it waited, other handlers have run.
 */
export class Raft implements RaftServer {
  private readonly env: Env;
  private readonly disk: Disk;
  private readonly log: Log;
  private readonly timer: ElectionTimer;
  private readonly host: Host;
  private readonly incoming = new IncomingSnapshot();
  private currentTerm = 0;
  private votedFor: ServerId | null = null;
  private leader: ServerId | undefined;
  private commitIndex = 0;
  private lastApplied = 0;
  /** Present exactly while this server is a candidate. */
  private campaign: Campaign | undefined;
  /** Present exactly while this server leads. */
  private leadership: Leadership | undefined;

  constructor(env: Env) {
    this.env = env;
    this.disk = new Disk(env.storage);
    this.log = new Log(this.disk, env.bootstrap);
    this.timer = new ElectionTimer(env, () => this.stand());
    this.host = {
      env,
      log: this.log,
      disk: this.disk,
      commitIndex: () => this.commitIndex,
      commitTo: (index) => this.commitTo(index),
      observeTerm: (term) => this.observeTerm(term),
      win: () => this.win(),
      resign: () => this.becomeFollower(),
    };
  }

  start(): void {
    const contents = this.disk.load();
    this.currentTerm = contents.currentTerm;
    this.votedFor = contents.votedFor;
    this.log.restore(contents);
    if (contents.snapshot !== undefined) this.applySnapshot(contents.snapshot);
    this.timer.arm();
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

  async onRequestVote(args: RequestVoteArgs): Promise<RequestVoteReply> {
    const { term, candidateId } = args;
    if (args.preVote) {
      return { term: this.currentTerm, voteGranted: term > this.currentTerm && this.isUpToDate(args) };
    }
    this.observeTerm(term);
    const mayVote = term === this.currentTerm && (this.votedFor ?? candidateId) === candidateId;
    if (!mayVote || !this.isUpToDate(args)) return { term: this.currentTerm, voteGranted: false };
    if (this.votedFor === null) this.saveHardState(term, candidateId);
    this.timer.arm();
    await this.disk.sync();
    // A later term may have come meanwhile. The vote would still be true, but the news is of more use to the candidate.
    return { term: this.currentTerm, voteGranted: this.currentTerm === term };
  }

  async onAppendEntries(args: AppendEntriesArgs): Promise<AppendEntriesReply> {
    const { term, prevLogIndex, entries } = args;
    if (!this.follow(term, args.leaderId)) return { term: this.currentTerm, success: false };
    if (!this.log.matches(prevLogIndex, args.prevLogTerm)) {
      return { term, success: false, ...this.log.conflictAt(prevLogIndex) };
    }
    this.log.store(entries);
    this.commitTo(Math.min(args.leaderCommit, prevLogIndex + entries.length));
    await this.disk.sync();
    // In a later term another leader may have replaced the entries, perhaps before the flush that would have kept them.
    return { term: this.currentTerm, success: this.currentTerm === term };
  }

  async onInstallSnapshot(args: InstallSnapshotArgs): Promise<InstallSnapshotReply> {
    const { term, lastIncludedIndex, lastIncludedTerm, configuration } = args;
    if (!this.follow(term, args.leaderId)) return { term: this.currentTerm, success: false };
    if (lastIncludedIndex <= this.commitIndex || this.log.termAt(lastIncludedIndex) === lastIncludedTerm) {
      // The log has all of it; the snapshot only proves that it is committed.
      this.commitTo(lastIncludedIndex);
    } else {
      if (!this.incoming.add(args)) return { term, success: false };
      if (args.done) {
        const snapshot = { lastIncludedIndex, lastIncludedTerm, configuration, data: this.incoming.data };
        this.incoming.clear();
        this.log.install(snapshot);
        this.applySnapshot(snapshot);
      }
    }
    await this.disk.sync();
    return { term: this.currentTerm, success: this.currentTerm === term };
  }

  propose(command: string): ProposeResult {
    if (this.leadership === undefined) return { accepted: false, leader: this.leader };
    if (this.leadership.handsOver) return { accepted: false, leader: this.env.id };
    const { index, term } = this.leadership.propose(command);
    return { accepted: true, index, term };
  }

  compact(index: number, data: string): void {
    if (index <= this.log.snapshotIndex || index > this.lastApplied) return;
    this.log.compact(index, data);
  }

  async onTimeoutNow({ term, leaderId }: TimeoutNowArgs): Promise<TimeoutNowReply> {
    if (this.follow(term, leaderId)) void this.stand(true);
    await this.disk.sync();
    return { term: this.currentTerm };
  }

  changeMembership(target: Membership): ProposeResult {
    if (this.leadership === undefined) return { accepted: false, leader: this.leader };
    const entry = this.leadership.change(target);
    if (entry === undefined) return { accepted: false, leader: this.env.id };
    return { accepted: true, index: entry.index, term: entry.term };
  }

  transferLeadership(to: ServerId): ProposeResult {
    if (this.leadership === undefined) return { accepted: false, leader: this.leader };
    if (!this.leadership.handOver(to)) return { accepted: false, leader: this.env.id };
    return { accepted: true, index: this.log.lastIndex, term: this.currentTerm };
  }

  private get role(): Role {
    if (this.leadership !== undefined) return 'leader';
    return this.campaign !== undefined ? 'candidate' : 'follower';
  }

  /** Begins a new term as a candidate, after too long a time without a leader or a winner. */
  private async stand(handedOver = false): Promise<void> {
    const isRetry = this.campaign !== undefined;
    this.becomeFollower();
    if (!this.mayStand) {
      this.timer.arm();
      return;
    }
    this.saveHardState(this.currentTerm + 1, this.env.id);
    this.leader = undefined;
    this.campaign = new Campaign(this.host, this.currentTerm, handedOver);
    if (isRetry) this.timer.armForRetry();
    else this.timer.arm();
    await this.campaign.run();
  }

  /** Voters campaign, and those whose removal is not committed yet: it may be that nobody else can win. */
  private get mayStand(): boolean {
    const { configuration, configurationIndex, previousConfiguration } = this.log;
    if (votersOf(configuration).includes(this.env.id)) return true;
    if (configurationIndex <= this.commitIndex || previousConfiguration === undefined) return false;
    return votersOf(previousConfiguration).includes(this.env.id);
  }

  private win(): void {
    this.becomeFollower();
    this.timer.stop();
    this.leader = this.env.id;
    this.leadership = new Leadership(this.host, this.currentTerm);
    this.env.log('leader', `leads term ${this.currentTerm}`);
    this.leadership.start();
  }

  /** Ends a campaign or a leadership, and with it everything that either still awaits. */
  private becomeFollower(): void {
    this.campaign?.stop();
    this.campaign = undefined;
    if (this.leadership === undefined) return;
    this.leadership.stop();
    this.leadership = undefined;
    this.timer.arm();
  }

  /** Every request and reply passes here: a newer term ends whatever this server was (Raft paper, section 5.1). */
  private observeTerm(term: number): void {
    if (term <= this.currentTerm) return;
    this.saveHardState(term, null);
    this.leader = undefined;
    this.becomeFollower();
  }

  /**
   * Follows whoever says to lead `term`.
   *
   * @returns `false` when the term is over, or led by this server itself
   */
  private follow(term: number, leaderId: ServerId): boolean {
    this.observeTerm(term);
    if (term < this.currentTerm || this.leadership !== undefined) return false;
    this.becomeFollower();
    this.leader = leaderId;
    this.timer.arm();
    return true;
  }

  private saveHardState(currentTerm: number, votedFor: ServerId | null): void {
    this.disk.saveHardState({ currentTerm, votedFor });
    this.currentTerm = currentTerm;
    this.votedFor = votedFor;
  }

  /** Whether a candidate's log holds all that could be committed (Raft paper, section 5.4.1). */
  private isUpToDate({ lastLogIndex, lastLogTerm }: RequestVoteArgs): boolean {
    const { lastIndex, lastTerm } = this.log;
    return lastLogTerm > lastTerm || (lastLogTerm === lastTerm && lastLogIndex >= lastIndex);
  }

  private commitTo(index: number): void {
    this.commitIndex = Math.max(this.commitIndex, index);
    while (this.lastApplied < this.commitIndex) {
      this.env.apply(this.log.at(this.lastApplied + 1)!);
      this.lastApplied += 1;
    }
  }

  private applySnapshot(snapshot: Snapshot): void {
    this.commitIndex = snapshot.lastIncludedIndex;
    this.env.apply(snapshot);
    this.lastApplied = snapshot.lastIncludedIndex;
  }
}

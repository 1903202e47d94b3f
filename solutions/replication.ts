import type { AppendEntriesArgs, AppendEntriesReply, LogEntry, ProposeResult, ServerId, Timer } from '#contract';
// until lab6
//| import { NotImplemented } from '#contract';
// end
// solution lab6
import { Batching, batchFrom } from './batching.ts';
// end
// until lab2
//| import type { Progress } from './progress.ts';
// end
// solution lab2
import { Progress } from './progress.ts';
// end
import { membersOf, quorumIndex } from './quorum.ts';
import type { Raft } from './raft.ts';

// solution lab2
// until lab6
//| /** Most entries in one request: what is lost and sent again must not grow with the log. */
//| const MAX_ENTRIES_PER_REQUEST = 64;
//|
//| /** Heartbeats after which unanswered entries count as lost, so that one is at least a whole heartbeat old by then. */
//| const ENTRIES_PATIENCE_BEATS = 2;
// end
// end

/**
 * Log replication, lab 2, with the heartbeats of lab 1: the leader's side (Raft paper, sections 5.3 and 5.4). Each
 * heartbeat, each proposal and each useful reply sends a follower what it lacks, and only heartbeats send again what was
 * lost.
 */
export class Replication {
  private readonly raft: Raft;
  /** Runs in leaders. */
  private heartbeatTimer: Timer | undefined;
  // solution lab2
  /** How far each follower is, as far as this leader knows. Made anew for each term that this server leads. */
  private progress = new Map<ServerId, Progress>();
  // end
  // solution lab6
  /** This term's batches. Made anew for each term that this server leads. */
  private batching: Batching | undefined;
  // end

  constructor(raft: Raft) {
    this.raft = raft;
  }

  // solution lab1
  /**
   * Begins to lead: from lab 2 with a no-op in the log, because only an entry of its own term lets a leader commit those
   * before it (sections 5.4.2 and 8). The first heartbeat leaves at once, before anyone else campaigns (section 5.2).
   */
  startLeading(): void {
    const { raft } = this;
    // solution lab2
    const nextIndex = raft.log.lastIndex + 1;
    // solution lab6
    this.batching = new Batching(raft, raft.log.lastIndex); // The candidate has flushed all that it had.
    // end
    this.progress = new Map(this.followers().map((id) => [id, new Progress(nextIndex)]));
    raft.log.append([{ index: nextIndex, term: raft.currentTerm, kind: 'noop' }]);
    // end
    this.heartbeatTimer = raft.env.clock.setInterval(() => this.beat(), raft.env.timing.heartbeatMs);
    this.beat();
    // solution lab2
    this.countOwnCopy();
    // end
  }

  /** Ends the heartbeats: a server that has stepped down sends none. */
  stopLeading(): void {
    // solution lab5
    this.progress.clear();
    this.raft.transfer.cancel();
    // end
    // solution lab6
    this.batching = undefined;
    // end
    this.raft.env.clock.clear(this.heartbeatTimer);
    this.heartbeatTimer = undefined;
  }

  /** Sends every follower a message: from lab 2 with the entries that it lacks, unless some are under way to it. */
  private beat(): void {
    for (const follower of this.followers()) {
      // solution lab2
      this.progress.get(follower)?.onBeat();
      if (this.replicate(follower)) continue;
      // end
      void this.appendEntries(follower, []);
    }
  }
  // end

  // solution lab2
  /**
   * Answers a client: a leader appends the command to its log and sends it on at once; anyone else says who leads, as far
   * as known (section 5.3). Accepted is not committed.
   */
  propose(command: string): ProposeResult {
    const { raft } = this;
    if (raft.role !== 'leader') return { accepted: false, leader: raft.leader };
    // solution lab5
    if (raft.transfer.underWay) return { accepted: false, leader: raft.env.id };
    // end
    // solution lab6
    if (this.batching!.congested) return { accepted: false, leader: raft.env.id };
    // end
    const index = raft.log.lastIndex + 1;
    const term = raft.currentTerm;
    raft.log.append([{ index, term, kind: 'command', command }]);
    // until lab6
    //| this.replicateToAll();
    // end
    this.countOwnCopy();
    return { accepted: true, index, term };
  }

  /** Sends every follower what it lacks. */
  replicateToAll(): void {
    for (const follower of this.followers()) this.replicate(follower);
  }

  /**
   * Brings `follower` forward by one request, unless one is under way or it has everything; in lab 6 by as many as may be
   * under way.
   *
   * @returns whether a request was sent
   */
  replicate(follower: ServerId): boolean {
    const { log } = this.raft;
    const progress = this.progress.get(follower);
    if (progress === undefined || progress.busy || progress.nextIndex > log.lastIndex) return false;
    // solution lab4
    if (progress.nextIndex <= log.base.index) {
      // solution lab6
      if (!progress.pipeline.idle) return false; // What is under way may make the snapshot needless.
      // end
      void this.raft.snapshots.send(follower, progress);
      return true;
    }
    // end
    // until lab6
    //| void this.appendEntries(follower, log.from(progress.nextIndex, MAX_ENTRIES_PER_REQUEST));
    // end
    // solution lab6
    const entries = batchFrom(log, progress.nextIndex);
    if (this.batching!.mayGrow(progress, entries)) return false;
    void this.appendEntries(follower, entries);
    this.replicate(follower);
    // end
    return true;
  }
  // end

  // solution lab1
  /** Sends one AppendEntries and deals with the reply, which may come when this server no longer leads that term. */
  private async appendEntries(follower: ServerId, entries: readonly LogEntry[]): Promise<void> {
    const { raft } = this;
    // until lab2
    //| const position = { prevLogIndex: 0, prevLogTerm: 0, leaderCommit: 0 };
    //| const args: AppendEntriesArgs = { term: raft.currentTerm, leaderId: raft.env.id, entries, ...position };
    // end
    // solution lab2
    const progress = this.progress.get(follower)!;
    const args = this.requestFor(progress, entries);
    // until lab6
    //| if (entries.length > 0) progress.started(args, ENTRIES_PATIENCE_BEATS);
    // end
    // solution lab6
    if (entries.length > 0) progress.pipeline.started(args);
    // end
    // end
    const reply = await raft.env.rpc.appendEntries(follower, args);
    if (reply !== undefined) raft.observeTerm(reply.term);
    // solution lab2
    if (!raft.leads(args.term)) return;
    if (reply === undefined) progress.lost(args);
    else this.onReply(follower, progress, args, reply);
    // end
  }
  // end

  // solution lab2
  /** An AppendEntries behind what `progress` takes for shared. */
  private requestFor(progress: Progress, entries: readonly LogEntry[]): AppendEntriesArgs {
    const { raft } = this;
    let prevLogIndex = progress.nextIndex - 1;
    // solution lab6
    // A heartbeat may overtake what is under way, and so it stands on what is proven.
    if (entries.length === 0) prevLogIndex = progress.matchIndex;
    // end
    // solution lab4
    // The terms below the base are gone. A heartbeat then asks for the base, which a follower behind it refuses.
    prevLogIndex = Math.max(prevLogIndex, raft.log.base.index);
    // end
    return {
      term: raft.currentTerm,
      leaderId: raft.env.id,
      prevLogIndex,
      prevLogTerm: raft.log.termAt(prevLogIndex)!,
      entries,
      leaderCommit: raft.commitIndex,
    };
  }

  /**
   * A follower answered a request of the term that this server still leads. A success moves it forward by what that very
   * request covered; a refusal moves the guess back, past a whole term at a time (end of section 5.3).
   */
  private onReply(follower: ServerId, progress: Progress, args: AppendEntriesArgs, reply: AppendEntriesReply): void {
    const { raft } = this;
    // until lab6
    //| progress.answered(args);
    // end
    if (reply.success) {
      progress.confirm(args.prevLogIndex + args.entries.length);
      this.advanceCommitIndex();
      // solution lab5
      raft.transfer.proceed();
      // end
    } else if (!progress.refuse(args, raft.log.nextIndexAfter(args.prevLogIndex, reply))) {
      return;
    }
    this.replicate(follower);
  }

  /** Counts this leader's own copy of its newest entries, from lab 3 once it is durable. */
  countOwnCopy(): void {
    // solution lab3
    // until lab6
    //| // The requests have left already: the disks of the followers work meanwhile (thesis, section 10.2.1).
    //| this.raft.env.storage.flushSync();
    // end
    // end
    // until lab6
    //| this.advanceCommitIndex();
    // end
    // solution lab6
    this.batching!.gather();
    // end
  }

  /**
   * Commits what a quorum holds, if the entry there is of the current term. Those of older terms commit along with it and
   * never by counting: a quorum for such an entry does not keep it from being overwritten (section 5.4.2, Figure 8).
   */
  advanceCommitIndex(): void {
    const { raft } = this;
    // until lab6
    //| const ownIndex = raft.log.lastIndex;
    // end
    // solution lab6
    const ownIndex = this.batching!.durableIndex;
    // end
    const index = quorumIndex(raft.configuration, (voter) =>
      voter === raft.env.id ? ownIndex : (this.progress.get(voter)?.matchIndex ?? 0),
    );
    if (raft.log.termAt(index) === raft.currentTerm) raft.commitThrough(index);
    // solution lab5
    raft.membership.afterCommit();
    // end
  }
  // end

  // solution lab5
  /**
   * Takes up who is new among those who get the log, and forgets who is not among them any more. A new one is sent the
   * newest entry, and by refusing it says what else it lacks.
   */
  trackFollowers(): void {
    const { lastIndex } = this.raft.log;
    this.progress = new Map(this.followers().map((id) => [id, this.progress.get(id) ?? new Progress(lastIndex)]));
  }

  /** Ends the leadership of a server that is no voter any more. The others hear of the commit that has ended it. */
  retire(): void {
    this.beat();
    this.raft.becomeFollower(this.raft.currentTerm);
  }

  /** The highest index that `follower` is known to share with this leader. */
  matchIndexOf(follower: ServerId): number {
    return this.progress.get(follower)?.matchIndex ?? 0;
  }
  // end

  /** All members of the configuration in force but this server; in lab 5 also those who are leaving. */
  private followers(): ServerId[] {
    const members = new Set(membersOf(this.raft.configuration));
    // solution lab5
    for (const id of this.raft.membership.leaving()) members.add(id);
    // end
    members.delete(this.raft.env.id);
    return [...members];
  }
}

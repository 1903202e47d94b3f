import type { AppendEntriesArgs, AppendEntriesReply, LogEntry, ProposeResult, ServerId, Timer } from '#contract';
// until lab2
//| import { NotImplemented } from '#contract';
//| import type { Progress } from './progress.ts';
// end
// solution lab2
import { Progress } from './progress.ts';
// end
import { membersOf, quorumIndex } from './quorum.ts';
import type { Raft } from './raft.ts';

// solution lab2
/** Most entries in one request: what is lost and sent again must not grow with the log. */
const MAX_ENTRIES_PER_REQUEST = 64;

/** Heartbeats after which unanswered entries count as lost, so that one is at least a whole heartbeat old by then. */
const ENTRIES_PATIENCE_BEATS = 2;
// end

/**
 * Log replication, lab 2, with the heartbeats of lab 1: the leader's side, and the follower's answer (Raft paper, sections
 * 5.3 and 5.4). Each heartbeat, each proposal and each useful reply sends a follower what it lacks, and only heartbeats
 * send again what was lost.
 */
export class Replication {
  private readonly raft: Raft;
  /** Runs in leaders. */
  private heartbeatTimer: Timer | undefined;
  // solution lab2
  /** How far each follower is, as far as this leader knows. Made anew for each term that this server leads. */
  private progress = new Map<ServerId, Progress>();
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
    const index = raft.log.lastIndex + 1;
    const term = raft.currentTerm;
    raft.log.append([{ index, term, kind: 'command', command }]);
    for (const follower of this.followers()) this.replicate(follower);
    this.countOwnCopy();
    return { accepted: true, index, term };
  }

  /**
   * Brings `follower` forward by one request, unless one is under way or it has everything.
   *
   * @returns whether a request was sent
   */
  replicate(follower: ServerId): boolean {
    const { log } = this.raft;
    const progress = this.progress.get(follower);
    if (progress === undefined || progress.busy || progress.nextIndex > log.lastIndex) return false;
    // solution lab4
    if (progress.nextIndex <= log.base.index) {
      void this.raft.snapshots.send(follower, progress);
      return true;
    }
    // end
    void this.appendEntries(follower, log.from(progress.nextIndex, MAX_ENTRIES_PER_REQUEST));
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
    if (entries.length > 0) progress.started(args, ENTRIES_PATIENCE_BEATS);
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
    progress.answered(args);
    if (reply.success) {
      progress.confirm(args.prevLogIndex + args.entries.length);
      this.advanceCommitIndex();
    } else if (!progress.refuse(args.prevLogIndex, this.nextIndexAfter(args, reply))) {
      return;
    }
    this.replicate(follower);
  }

  /** Where to try next: behind the last entry of the conflicting term, if this log has that, or else before that term. */
  private nextIndexAfter(args: AppendEntriesArgs, refusal: AppendEntriesReply): number {
    const { conflictIndex = args.prevLogIndex, conflictTerm } = refusal;
    const shared = conflictTerm === undefined ? undefined : this.raft.log.lastIndexOfTerm(conflictTerm);
    return shared === undefined ? conflictIndex : shared + 1;
  }

  /** Counts this leader's own copy of its newest entries, from lab 3 once it is durable. */
  private countOwnCopy(): void {
    // solution lab3
    // The requests have left already: the disks of the followers work meanwhile (thesis, section 10.2.1).
    this.raft.env.storage.flushSync();
    // end
    this.advanceCommitIndex();
  }

  /**
   * Commits what a quorum holds, if the entry there is of the current term. Those of older terms commit along with it and
   * never by counting: a quorum for such an entry does not keep it from being overwritten (section 5.4.2, Figure 8).
   */
  private advanceCommitIndex(): void {
    const { raft } = this;
    const index = quorumIndex(raft.configuration, (voter) =>
      voter === raft.env.id ? raft.log.lastIndex : (this.progress.get(voter)?.matchIndex ?? 0),
    );
    if (raft.log.termAt(index) === raft.currentTerm) raft.commitThrough(index);
  }
  // end

  // solution lab1
  /**
   * Answers a leader (Figure 2, AppendEntries). In lab 1 a heartbeat of the current term makes this server a follower, and
   * one of an older term is refused. From lab 2 the entries are stored if the log matches at `prevLogIndex`, and committed
   * no further than this very request covers. From lab 3 they are durable before a success leaves.
   */
  onAppendEntries(args: AppendEntriesArgs): AppendEntriesReply {
    const { raft } = this;
    if (!raft.follow(args.term, args.leaderId)) return { term: raft.currentTerm, success: false };
    // solution lab2
    if (!raft.log.matches(args.prevLogIndex, args.prevLogTerm)) {
      return { term: raft.currentTerm, success: false, ...raft.log.conflictAt(args.prevLogIndex) };
    }
    raft.log.merge(args.entries);
    // end
    // solution lab3
    raft.env.storage.flushSync();
    // end
    // solution lab2
    raft.commitThrough(Math.min(args.leaderCommit, args.prevLogIndex + args.entries.length));
    // end
    return { term: raft.currentTerm, success: true };
  }
  // end

  /** All members of the configuration in force but this server. */
  private followers(): ServerId[] {
    return membersOf(this.raft.configuration).filter((id) => id !== this.raft.env.id);
  }
}

import type { InstallSnapshotArgs, InstallSnapshotReply, ServerId, Snapshot } from '#contract';
// until lab4
//| import { NotImplemented } from '#contract';
// end
import type { Progress } from './progress.ts';
import type { Raft } from './raft.ts';

// solution lab4
/** Entries kept below a snapshot, so that a follower that is a little behind gets entries and not the whole snapshot. */
const TRAILING_ENTRIES = 8;

/** Heartbeats after which an unanswered snapshot counts as lost: it is large, and may take its time. */
const SNAPSHOT_PATIENCE_BEATS = 20;
// end

/** Log compaction, lab 4: taking, sending and installing snapshots (Raft paper, section 7). */
export class Snapshots {
  private readonly raft: Raft;
  /** The newest snapshot; none before the first. */
  latest: Snapshot | undefined;

  constructor(raft: Raft) {
    this.raft = raft;
  }

  // solution lab4
  /**
   * Replaces the log up to `index` by the state machine's own snapshot, which is durable before an entry goes. Does nothing
   * when there is a snapshot that reaches as far.
   *
   * @param data - the state machine's bytes
   */
  compact(index: number, data: string): void {
    const { log } = this.raft;
    // until lab5
    //| const { configuration } = this.raft;
    // end
    // solution lab5
    // Not the one in force: that may be newer than `index`, and even be rolled back.
    const configuration = this.raft.membership.configurationAt(index);
    // end
    if (index <= (this.latest?.lastIncludedIndex ?? 0)) return;
    this.save({ lastIncludedIndex: index, lastIncludedTerm: log.termAt(index)!, configuration, data });
    const discarded = index - TRAILING_ENTRIES;
    if (discarded > log.base.index) log.discardThrough(discarded, log.termAt(discarded)!);
  }

  /** Sends the newest snapshot to a follower whose next entry is gone from the log. */
  async send(follower: ServerId, progress: Progress): Promise<void> {
    const { raft } = this;
    const args: InstallSnapshotArgs = {
      term: raft.currentTerm,
      leaderId: raft.env.id,
      ...this.latest!,
      offset: 0,
      done: true,
    };
    progress.started(args, SNAPSHOT_PATIENCE_BEATS);
    const reply = await raft.env.rpc.installSnapshot(follower, args);
    if (reply !== undefined) raft.observeTerm(reply.term);
    if (!raft.leads(args.term)) return;
    if (!reply?.success) {
      progress.lost(args);
      return;
    }
    progress.answered(args);
    // What was sent counts: there may be a newer snapshot by now, which the follower does not have.
    progress.confirm(args.lastIncludedIndex);
    raft.replication.replicate(follower);
  }

  /**
   * Answers a leader that sends a snapshot (Figure 13). One that ends at or below `commitIndex` brings nothing, and going
   * back to it would undo what was applied; this server then truthfully says that it has all of it. Only whole snapshots
   * are taken, since this Raft sends no others.
   */
  onInstallSnapshot(args: InstallSnapshotArgs): InstallSnapshotReply {
    const { raft } = this;
    const whole = args.offset === 0 && args.done;
    if (!raft.follow(args.term, args.leaderId) || !whole) return { term: raft.currentTerm, success: false };
    if (args.lastIncludedIndex > raft.commitIndex) {
      const { lastIncludedIndex, lastIncludedTerm, configuration, data } = args;
      const snapshot = { lastIncludedIndex, lastIncludedTerm, configuration, data };
      this.save(snapshot);
      this.adopt(snapshot);
    }
    raft.env.storage.flushSync();
    return { term: raft.currentTerm, success: true };
  }

  /**
   * Starts over from a snapshot that is durable: the state machine from its contents, the log behind it. After a crash
   * this also ends what the crash broke off, since the log on disk may not have been trimmed yet.
   */
  adopt(snapshot: Snapshot): void {
    const { raft } = this;
    this.latest = snapshot;
    raft.log.rebase(snapshot.lastIncludedIndex, snapshot.lastIncludedTerm);
    raft.commitIndex = snapshot.lastIncludedIndex;
    raft.env.apply(snapshot);
    raft.lastApplied = snapshot.lastIncludedIndex;
  }

  /** Makes a snapshot durable, before anything that it replaces may go. */
  private save(snapshot: Snapshot): void {
    this.latest = snapshot;
    this.raft.env.storage.saveSnapshot(snapshot);
    this.raft.env.storage.flushSync();
  }
  // end
}

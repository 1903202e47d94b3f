import type { InstallSnapshotArgs, InstallSnapshotReply, ServerId, Snapshot } from '#contract';
import { NotImplemented } from '#contract';
import type { Progress } from './progress.ts';
import type { Raft } from './raft.ts';

/** Log compaction, lab 4: taking, sending and installing snapshots (Raft paper, section 7). */
export class Snapshots {
  private readonly raft: Raft;
  /** The newest snapshot; none before the first. */
  latest: Snapshot | undefined;

  constructor(raft: Raft) {
    this.raft = raft;
  }

  /**
   * Replaces the log up to `index` by the state machine's own snapshot, which is durable before an entry goes. Does nothing
   * when there is a snapshot that reaches as far.
   *
   * @param data - the state machine's bytes
   */
  compact(index: number, data: string): void {
    throw new NotImplemented('lab 4');
  }

  /** Sends the newest snapshot to a follower whose next entry is gone from the log. */
  async send(follower: ServerId, progress: Progress): Promise<void> {
    throw new NotImplemented('lab 4');
  }

  /**
   * Answers a leader that sends a snapshot (Figure 13). One that ends at or below `commitIndex` brings nothing, and going
   * back to it would undo what was applied; this server then truthfully says that it has all of it. Only whole snapshots
   * are taken, since this Raft sends no others.
   */
  onInstallSnapshot(args: InstallSnapshotArgs): InstallSnapshotReply {
    throw new NotImplemented('lab 4');
  }

  /**
   * Starts over from a snapshot that is durable: the state machine from its contents, the log behind it. After a crash
   * this also ends what the crash broke off, since the log on disk may not have been trimmed yet.
   */
  adopt(snapshot: Snapshot): void {
    throw new NotImplemented('lab 4');
  }

  /** Makes a snapshot durable, before anything that it replaces may go. */
  private save(snapshot: Snapshot): void {
    throw new NotImplemented('lab 4');
  }
}

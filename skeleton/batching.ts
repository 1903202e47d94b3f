import type { LogEntry, Timer } from '#contract';
import { NotImplemented } from '#contract';
import type { RaftLog } from './log.ts';
import type { Progress } from './progress.ts';
import type { Raft } from './raft.ts';

/**
 * Batching in a leader, lab 6 (thesis, section 10.2): the rhythm is that of its disk. What is proposed while a flush runs
 * waits, and goes out as one batch when the next flush begins: to the followers and to the own disk at the same time.
 *
 * Each term that a server leads has its own, so that whatever still waits for the disk finds out that the term is over.
 */
export class Batching {
  private readonly raft: Raft;

  /** @param durableIndex - the last entry that is durable when the term begins */
  constructor(raft: Raft, durableIndex: number) {
    this.raft = raft;
  }

  /** Whether so much waits for a quorum that proposals must wait too. */
  get congested(): boolean {
    throw new NotImplemented('lab 6');
  }

  /** Has the newest entries sent and flushed, together with all that come at the same moment. */
  gather(): void {
    throw new NotImplemented('lab 6');
  }

  /** Begins to flush, unless a flush runs. Then only followers with nothing under way get something before the next one. */
  private async release(): Promise<void> {
    throw new NotImplemented('lab 6');
  }

  private async flushBatch(): Promise<void> {
    throw new NotImplemented('lab 6');
  }

  /**
   * Whether the last of the entries that a follower lacks had better wait: others are under way to it, and there will be
   * more when the next flush begins.
   */
  mayGrow(progress: Progress, entries: readonly LogEntry[]): boolean {
    throw new NotImplemented('lab 6');
  }
}

/** The entries of one request, from `index` on: at least one, and no more than fit. */
export function batchFrom(log: RaftLog, index: number): LogEntry[] {
  throw new NotImplemented('lab 6');
}

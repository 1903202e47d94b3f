import type { LogEntry, Timer } from '#contract';
// until lab6
//| import { NotImplemented } from '#contract';
// end
import type { RaftLog } from './log.ts';
import type { Progress } from './progress.ts';
import type { Raft } from './raft.ts';

// solution lab6
/** Most entries in one request. */
const ENTRIES_MAX = 256;

/** Characters of commands after which a request takes no further entry. */
const CHARACTERS_MAX = 64 * 1024;

/** Entries that a leader takes ahead of its commit index. Without a quorum they would only pile up. */
const UNCOMMITTED_MAX = 4_096;
// end

/**
 * Batching in a leader, lab 6 (thesis, section 10.2): the rhythm is that of its disk. What is proposed while a flush runs
 * waits, and goes out as one batch when the next flush begins: to the followers and to the own disk at the same time.
 *
 * Each term that a server leads has its own, so that whatever still waits for the disk finds out that the term is over.
 */
export class Batching {
  private readonly raft: Raft;
  // solution lab6
  private readonly term: number;
  /** Index of the last entry that is known to be durable here. */
  durableIndex: number;
  private timer: Timer | undefined;
  private flushing = false;
  // end

  /** @param durableIndex - the last entry that is durable when the term begins */
  constructor(raft: Raft, durableIndex: number) {
    this.raft = raft;
    // solution lab6
    this.term = raft.currentTerm;
    this.durableIndex = durableIndex;
    // end
  }

  // solution lab6
  /** Whether so much waits for a quorum that proposals must wait too. */
  get congested(): boolean {
    return this.raft.log.lastIndex - this.raft.commitIndex >= UNCOMMITTED_MAX;
  }

  /** Has the newest entries sent and flushed, together with all that come at the same moment. */
  gather(): void {
    this.timer ??= this.raft.env.clock.setTimeout(() => this.release(), 0);
  }

  /** Begins to flush, unless a flush runs. Then only followers with nothing under way get something before the next one. */
  private async release(): Promise<void> {
    const { raft } = this;
    this.timer = undefined;
    if (!this.flushing) {
      while (raft.leads(this.term) && this.durableIndex < raft.log.lastIndex) await this.flushBatch();
    } else if (raft.leads(this.term)) {
      raft.replication.replicateToAll();
    }
  }

  private async flushBatch(): Promise<void> {
    const { raft } = this;
    const { lastIndex } = raft.log;
    raft.replication.replicateToAll();
    this.flushing = true;
    await raft.groupFlush.flush();
    this.flushing = false;
    if (!raft.leads(this.term)) return;
    this.durableIndex = lastIndex;
    raft.replication.advanceCommitIndex();
  }

  /**
   * Whether the last of the entries that a follower lacks had better wait: others are under way to it, and there will be
   * more when the next flush begins.
   */
  mayGrow(progress: Progress, entries: readonly LogEntry[]): boolean {
    const isTail = progress.nextIndex + entries.length > this.raft.log.lastIndex;
    return isTail && this.flushing && !progress.pipeline.idle;
  }
  // end
}

// solution lab6
/** The entries of one request, from `index` on: at least one, and no more than fit. */
export function batchFrom(log: RaftLog, index: number): LogEntry[] {
  const entries = log.from(index, ENTRIES_MAX);
  let characters = 0;
  const end = entries.findIndex(({ command = '' }) => {
    characters += command.length;
    return characters > CHARACTERS_MAX;
  });
  return end === -1 ? entries : entries.slice(0, Math.max(1, end));
}
// end

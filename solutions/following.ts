import type { Answer, AppendEntriesArgs, AppendEntriesReply } from '#contract';
// until lab6
//| import { NotImplemented } from '#contract';
// end
import type { Raft } from './raft.ts';

/** The follower's side of log replication, lab 2, and of the heartbeats of lab 1 (Raft paper, section 5.3). */
export class Following {
  private readonly raft: Raft;

  constructor(raft: Raft) {
    this.raft = raft;
  }

  // solution lab1
  /**
   * Answers a leader (Figure 2, AppendEntries). In lab 1 a heartbeat of the current term makes this server a follower, and
   * one of an older term is refused. From lab 2 the entries are stored if the log matches at `prevLogIndex`, and committed
   * no further than this very request covers. From lab 3 they are durable before a success leaves.
   */
  onAppendEntries(args: AppendEntriesArgs): Answer<AppendEntriesReply> {
    const { raft } = this;
    if (!raft.follow(args.term, args.leaderId)) return { term: raft.currentTerm, success: false };
    // solution lab2
    if (!raft.log.matches(args.prevLogIndex, args.prevLogTerm)) {
      return { term: raft.currentTerm, success: false, ...raft.log.conflictAt(args.prevLogIndex) };
    }
    raft.log.merge(args.entries);
    // end
    // solution lab3
    // until lab6
    //| raft.env.storage.flushSync();
    // end
    // end
    // solution lab2
    raft.commitThrough(Math.min(args.leaderCommit, args.prevLogIndex + args.entries.length));
    // end
    // until lab6
    //| return { term: raft.currentTerm, success: true };
    // end
    // solution lab6
    return this.succeedWhenDurable(args.term);
    // end
  }
  // end

  // solution lab6
  /** Answers when all that was stored is durable. In a later term it may be gone by then, never having been durable. */
  private async succeedWhenDurable(term: number): Promise<AppendEntriesReply> {
    const { raft } = this;
    await raft.groupFlush.flush();
    return { term: raft.currentTerm, success: raft.currentTerm === term };
  }
  // end
}

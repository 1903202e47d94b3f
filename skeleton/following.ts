import type { Answer, AppendEntriesArgs, AppendEntriesReply } from '#contract';
import { NotImplemented } from '#contract';
import type { Raft } from './raft.ts';

/** The follower's side of log replication, lab 2, and of the heartbeats of lab 1 (Raft paper, section 5.3). */
export class Following {
  private readonly raft: Raft;

  constructor(raft: Raft) {
    this.raft = raft;
  }

  /**
   * Answers a leader (Figure 2, AppendEntries). In lab 1 a heartbeat of the current term makes this server a follower, and
   * one of an older term is refused. From lab 2 the entries are stored if the log matches at `prevLogIndex`, and committed
   * no further than this very request covers. From lab 3 they are durable before a success leaves.
   */
  onAppendEntries(args: AppendEntriesArgs): Answer<AppendEntriesReply> {
    throw new NotImplemented('lab 1');
  }

  /** Answers when all that was stored is durable. In a later term it may be gone by then, never having been durable. */
  private async succeedWhenDurable(term: number): Promise<AppendEntriesReply> {
    throw new NotImplemented('lab 6');
  }
}

import type { ProposeResult, ServerId, TimeoutNowArgs, TimeoutNowReply, Timer } from '#contract';
import { NotImplemented } from '#contract';
import { votersOf } from './quorum.ts';
import type { Raft } from './raft.ts';

/**
 * Leadership transfer, lab 5 (thesis, section 3.10): the leader takes no more proposals, waits until the target has its
 * whole log, and then tells it to campaign. That election the target wins, unless messages are lost.
 */
export class Transfer {
  private readonly raft: Raft;

  constructor(raft: Raft) {
    this.raft = raft;
  }

  /** Whether this leader is handing over. It then takes no proposals: the target would never catch up. */
  get underWay(): boolean {
    throw new NotImplemented('lab 5');
  }

  /** Begins to hand over to `to`, which must be another voter. Not while members change, and one transfer at a time. */
  begin(to: ServerId): ProposeResult {
    throw new NotImplemented('lab 5');
  }

  /** Tells the target to campaign once it has everything. To be called whenever it may have come closer. */
  proceed(): void {
    throw new NotImplemented('lab 5');
  }

  /** Ends the transfer: it took too long, or this server leads no more. */
  cancel(): void {
    throw new NotImplemented('lab 5');
  }

  private async tell(target: ServerId): Promise<void> {
    throw new NotImplemented('lab 5');
  }

  /** Campaigns at once when the leader of the current term, or of a later one, hands over to this server. */
  onTimeoutNow(args: TimeoutNowArgs): TimeoutNowReply {
    throw new NotImplemented('lab 5');
  }
}

import type { ProposeResult, ServerId, TimeoutNowArgs, TimeoutNowReply, Timer } from '#contract';
// until lab5
//| import { NotImplemented } from '#contract';
// end
import { votersOf } from './quorum.ts';
import type { Raft } from './raft.ts';

/**
 * Leadership transfer, lab 5 (thesis, section 3.10): the leader takes no more proposals, waits until the target has its
 * whole log, and then tells it to campaign. That election the target wins, unless messages are lost.
 */
export class Transfer {
  private readonly raft: Raft;
  // solution lab5
  /** Who is to take over; absent when no transfer is under way. */
  private target: ServerId | undefined;
  /** Ends a transfer that takes too long. */
  private deadline: Timer | undefined;
  /** Whether a TimeoutNow is on its way. */
  private told = false;
  // end

  constructor(raft: Raft) {
    this.raft = raft;
  }

  // solution lab5
  /** Whether this leader is handing over. It then takes no proposals: the target would never catch up. */
  get underWay(): boolean {
    return this.target !== undefined;
  }

  /** Begins to hand over to `to`, which must be another voter. Not while members change, and one transfer at a time. */
  begin(to: ServerId): ProposeResult {
    const { raft } = this;
    if (raft.role !== 'leader') return { accepted: false, leader: raft.leader };
    const canTakeOver = to !== raft.env.id && votersOf(raft.configuration).includes(to);
    if (!canTakeOver || this.underWay || raft.membership.changing) return { accepted: false, leader: raft.env.id };
    this.target = to;
    this.deadline = raft.env.clock.setTimeout(() => this.cancel(), raft.env.timing.electionTimeoutMsMax);
    this.proceed();
    return { accepted: true, index: raft.log.lastIndex, term: raft.currentTerm };
  }

  /** Tells the target to campaign once it has everything. To be called whenever it may have come closer. */
  proceed(): void {
    const { raft, target } = this;
    if (target === undefined || this.told || raft.replication.matchIndexOf(target) < raft.log.lastIndex) return;
    this.told = true;
    void this.tell(target);
  }

  /** Ends the transfer: it took too long, or this server leads no more. */
  cancel(): void {
    this.raft.env.clock.clear(this.deadline);
    this.target = undefined;
    this.told = false;
  }

  private async tell(target: ServerId): Promise<void> {
    const { raft } = this;
    const args: TimeoutNowArgs = { term: raft.currentTerm, leaderId: raft.env.id };
    const reply = await raft.env.rpc.timeoutNow(target, args);
    if (reply !== undefined) raft.observeTerm(reply.term);
    // Lost, perhaps: the next answer to a heartbeat makes this leader say it again.
    else if (raft.leads(args.term)) this.told = false;
  }

  /** Campaigns at once when the leader of the current term, or of a later one, hands over to this server. */
  onTimeoutNow(args: TimeoutNowArgs): TimeoutNowReply {
    const { raft } = this;
    if (raft.follow(args.term, args.leaderId)) raft.election.takeOver();
    return { term: raft.currentTerm };
  }
  // end
}

import type { RequestVoteArgs, RequestVoteReply, ServerId, Timer } from '#contract';
import { NotImplemented } from '#contract';
import { isQuorum, votersOf } from './quorum.ts';
import type { Raft } from './raft.ts';

/** Leader election, lab 1: the timeout, the candidate's campaign, and the voter's answer (Raft paper, section 5.2). */
export class Election {
  private readonly raft: Raft;
  /** Runs in followers and candidates. */
  private timer: Timer | undefined;
  /** Who granted this candidate a vote in `currentTerm`. A set, because a reply may arrive twice. */
  private votes = new Set<ServerId>();

  constructor(raft: Raft) {
    this.raft = raft;
  }

  /**
   * Starts the election timeout anew, with a fresh draw between `electionTimeoutMsMin` and `electionTimeoutMsMax`, so that
   * servers whose draws were alike part again. To be called when this server starts, hears from the current leader, grants
   * a vote, or starts an election, and at no other occasion: a refused candidate must not keep better ones waiting.
   */
  resetTimer(): void {
    throw new NotImplemented('lab 1');
  }

  /** Stops the election timeout: a leader has none. */
  stopTimer(): void {
    throw new NotImplemented('lab 1');
  }

  /** No leader was heard in time: campaigns, unless this server is no voter of the configuration in force. */
  private onTimeout(): void {
    throw new NotImplemented('lab 1');
  }

  /**
   * Asks all other voters for their vote in the term that this candidate has just begun, and counts its own (Figure 2,
   * Rules for Servers, Candidates). A server that is the only voter wins at once.
   */
  campaign(): void {
    throw new NotImplemented('lab 1');
  }

  /**
   * Asks one voter and counts its vote; with a quorum, this candidate leads. A reply may come so late that this server
   * leads already, follows, or campaigns in another term: it then counts for nothing.
   */
  private async requestVote(voter: ServerId, args: RequestVoteArgs): Promise<void> {
    throw new NotImplemented('lab 1');
  }

  /**
   * Answers a candidate: one vote per term, first come, first served, and the same candidate gets it again when it repeats
   * its request (Figure 2, RequestVote). From lab 2 the candidate's log must also be up to date (section 5.4.1); from lab 3
   * the vote is durable before the answer leaves.
   */
  onRequestVote(args: RequestVoteArgs): RequestVoteReply {
    throw new NotImplemented('lab 1');
  }

  /** Campaigns at once, because the leader hands over. A server that is no voter never campaigns. */
  takeOver(): void {
    throw new NotImplemented('lab 5');
  }
}

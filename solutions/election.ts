import type { RequestVoteArgs, RequestVoteReply, ServerId, Timer } from '#contract';
// until lab5
//| import { NotImplemented } from '#contract';
// end
import { isQuorum, votersOf } from './quorum.ts';
import type { Raft } from './raft.ts';

/** Leader election, lab 1: the timeout, the candidate's campaign, and the voter's answer (Raft paper, section 5.2). */
export class Election {
  private readonly raft: Raft;
  /** Runs in followers and candidates. */
  private timer: Timer | undefined;
  /** Who granted this candidate a vote in `currentTerm`. A set, because a reply may arrive twice. */
  private votes = new Set<ServerId>();
  // solution lab5
  /** Whether the campaign that begins is one that the old leader has asked for. */
  private takingOver = false;
  // end

  constructor(raft: Raft) {
    this.raft = raft;
  }

  // solution lab1
  /**
   * Starts the election timeout anew, with a fresh draw between `electionTimeoutMsMin` and `electionTimeoutMsMax`, so that
   * servers whose draws were alike part again. To be called when this server starts, hears from the current leader, grants
   * a vote, or starts an election, and at no other occasion: a refused candidate must not keep better ones waiting.
   */
  resetTimer(): void {
    const { clock, timing } = this.raft.env;
    const spreadMs = timing.electionTimeoutMsMax - timing.electionTimeoutMsMin;
    this.stopTimer();
    this.timer = clock.setTimeout(
      () => this.onTimeout(),
      timing.electionTimeoutMsMin + this.raft.env.random() * spreadMs,
    );
  }

  /** Stops the election timeout: a leader has none. */
  stopTimer(): void {
    this.raft.env.clock.clear(this.timer);
    this.timer = undefined;
  }

  /** No leader was heard in time: campaigns, unless this server is no voter of the configuration in force. */
  private onTimeout(): void {
    // solution lab5
    if (this.raft.membership.stepsInWhileLeaving()) {
      this.raft.becomeCandidate();
      return;
    }
    // end
    if (votersOf(this.raft.configuration).includes(this.raft.env.id)) this.raft.becomeCandidate();
    else this.resetTimer();
  }

  /**
   * Asks all other voters for their vote in the term that this candidate has just begun, and counts its own (Figure 2,
   * Rules for Servers, Candidates). A server that is the only voter wins at once.
   */
  campaign(): void {
    const { raft } = this;
    // solution lab3
    raft.env.storage.flushSync(); // Only a vote that survives a crash may count, one's own too.
    // end
    this.resetTimer();
    this.votes = new Set([raft.env.id]);
    if (isQuorum(raft.configuration, this.votes)) {
      raft.becomeLeader();
      return;
    }
    const args: RequestVoteArgs = {
      term: raft.currentTerm,
      candidateId: raft.env.id,
      lastLogIndex: raft.log.lastIndex,
      lastLogTerm: raft.log.lastTerm,
      // solution lab5
      ...(this.takingOver ? { transfer: true } : {}),
      // end
    };
    for (const voter of votersOf(raft.configuration)) {
      if (voter !== raft.env.id) void this.requestVote(voter, args);
    }
  }

  /**
   * Asks one voter and counts its vote; with a quorum, this candidate leads. A reply may come so late that this server
   * leads already, follows, or campaigns in another term: it then counts for nothing.
   */
  private async requestVote(voter: ServerId, args: RequestVoteArgs): Promise<void> {
    const { raft } = this;
    const reply = await raft.env.rpc.requestVote(voter, args);
    if (reply === undefined) return;
    raft.observeTerm(reply.term);
    if (raft.role !== 'candidate' || raft.currentTerm !== args.term || !reply.voteGranted) return;
    this.votes.add(voter);
    if (isQuorum(raft.configuration, this.votes)) raft.becomeLeader();
  }

  /**
   * Answers a candidate: one vote per term, first come, first served, and the same candidate gets it again when it repeats
   * its request (Figure 2, RequestVote). From lab 2 the candidate's log must also be up to date (section 5.4.1); from lab 3
   * the vote is durable before the answer leaves.
   */
  onRequestVote(args: RequestVoteArgs): RequestVoteReply {
    const { raft } = this;
    raft.observeTerm(args.term);
    const free = raft.votedFor === null || raft.votedFor === args.candidateId;
    let voteGranted = args.term === raft.currentTerm && free;
    // solution lab2
    voteGranted &&= raft.log.isUpToDate(args.lastLogIndex, args.lastLogTerm);
    // end
    if (voteGranted) {
      raft.setHardState(raft.currentTerm, args.candidateId);
      // solution lab3
      raft.env.storage.flushSync();
      // end
      this.resetTimer();
    }
    return { term: raft.currentTerm, voteGranted };
  }
  // end

  // solution lab5
  /** Campaigns at once, because the leader hands over. A server that is no voter never campaigns. */
  takeOver(): void {
    if (!votersOf(this.raft.configuration).includes(this.raft.env.id)) return;
    this.takingOver = true;
    this.raft.becomeCandidate();
    this.takingOver = false;
  }
  // end
}

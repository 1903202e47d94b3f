import type { RequestVoteArgs, ServerId } from '#contract';
import type { Host } from './host.ts';
import { hasQuorum, votersOf } from './quorum.ts';

/** One server's candidacy in one term (Raft paper, section 5.2). Its server stops it at once when either ends. */
export class Campaign {
  private readonly host: Host;
  private readonly term: number;
  private readonly votes = new Set<ServerId>();
  private readonly handedOver: boolean;
  private active = true;

  /** @param term - the candidate's term; its vote for itself is already written, but need not be durable */
  constructor(host: Host, term: number, handedOver = false) {
    this.host = host;
    this.term = term;
    this.handedOver = handedOver;
  }

  /** Asks for votes, but only once a crash can no longer make this server vote for somebody else in the term. */
  async run(): Promise<void> {
    const { env, log, disk } = this.host;
    await disk.sync();
    if (!this.active) return;
    const args: RequestVoteArgs = {
      term: this.term,
      candidateId: env.id,
      lastLogIndex: log.lastIndex,
      lastLogTerm: log.lastTerm,
      ...(this.handedOver && { transfer: true as const }),
    };
    for (const peer of votersOf(log.configuration)) {
      if (peer !== env.id) void this.ask(peer, args);
    }
    this.count(env.id);
  }

  /** Ends it: votes that still come count no more. */
  stop(): void {
    this.active = false;
  }

  private async ask(peer: ServerId, args: RequestVoteArgs): Promise<void> {
    const reply = await this.host.env.rpc.requestVote(peer, args);
    if (reply === undefined) return;
    this.host.observeTerm(reply.term);
    if (this.active && reply.voteGranted) this.count(peer);
  }

  private count(voter: ServerId): void {
    this.votes.add(voter);
    if (hasQuorum(this.host.log.configuration, (id) => this.votes.has(id))) this.host.win();
  }
}

import type { AppendEntriesArgs, AppendEntriesReply, Env, InstallSnapshotArgs, ServerId, Snapshot } from '#contract';
import { membersOf, quorumIndex } from './quorum.ts';
import type { RaftLog } from './raft-log.ts';

/** What replication needs of the server that leads. */
export interface Leader {
  /** The server's world. */
  readonly env: Env;
  /** The server's log. */
  readonly log: RaftLog;
  /** The term that it leads. */
  readonly term: number;
  /** Index of the highest entry known to be committed. */
  commitIndex(): number;
  /** Hears a reply's term. `false`: the server no longer leads {@link term}, and the reply means nothing. */
  stillLeads(replyTerm: number): boolean;
  /** A follower holds more than before, so that more may be committed. */
  onProgress(): void;
}

/** What a leader knows of a follower (Raft paper, Figure 2: volatile state on leaders). */
interface Progress {
  readonly id: ServerId;
  /** Where the next request begins. Always above `matchIndex`. */
  nextIndex: number;
  /** Highest index that the follower has confirmed in this term. */
  matchIndex: number;
  /** Highest commit index that a request has carried. */
  toldCommitIndex: number;
  /** How many requests were sent; names the latest one. */
  requests: number;
  /** Whether the latest request has no reply yet. Until one comes, only heartbeats are sent. */
  waiting: boolean;
}

/**
 * Brings a leader's log to its followers, for one term (Raft paper, section 5.3). A follower that answers gets news at
 * once, as its latest reply comes; one that does not answer costs one request a heartbeat.
 */
export class Replication {
  private readonly leader: Leader;
  private readonly followers: Progress[];

  /** Expects every follower to hold what the leader's log holds now; refusals will teach otherwise. */
  constructor(leader: Leader) {
    const { env, log } = leader;
    this.leader = leader;
    this.followers = [...membersOf(log.configuration)]
      .filter((id) => id !== env.id)
      .map((id) => {
        const nextIndex = log.lastIndex + 1;
        return { id, nextIndex, matchIndex: 0, toldCommitIndex: 0, requests: 0, waiting: false };
      });
  }

  /** Sends to everyone, news or not: what was lost goes out again, and nobody campaigns. */
  heartbeat(): void {
    for (const follower of this.followers) {
      this.send(follower);
    }
  }

  /** Sends entries and commit index to those who lack them and are not being waited for. */
  spreadNews(): void {
    for (const follower of this.followers) {
      this.sendNews(follower);
    }
  }

  /**
   * The highest index that may be committed: a quorum holds it, and it is of the leader's own term (Raft paper, section
   * 5.4.2). `undefined` when there is none. The leader's own log must have been flushed.
   */
  committableIndex(): number | undefined {
    const { env, log, term } = this.leader;
    const matchIndexes = new Map(this.followers.map((follower) => [follower.id, follower.matchIndex]));
    matchIndexes.set(env.id, log.lastIndex);
    const index = quorumIndex(log.configuration, (voter) => matchIndexes.get(voter) ?? 0);
    return log.termAt(index) === term ? index : undefined;
  }

  private sendNews(follower: Progress): void {
    const { log } = this.leader;
    const hasNews = follower.nextIndex <= log.lastIndex || follower.toldCommitIndex < this.leader.commitIndex();
    if (hasNews && !follower.waiting) {
      this.send(follower);
    }
  }

  private send(follower: Progress): void {
    const { log } = this.leader;
    follower.requests += 1;
    follower.waiting = true;
    if (log.snapshot !== undefined && follower.nextIndex <= log.baseIndex) {
      this.sendSnapshot(follower, log.snapshot);
    } else {
      this.sendEntries(follower);
    }
  }

  private sendEntries(follower: Progress): void {
    const { env, log, term } = this.leader;
    const request = follower.requests;
    const prevLogIndex = follower.nextIndex - 1;
    const args: AppendEntriesArgs = {
      term,
      leaderId: env.id,
      prevLogIndex,
      prevLogTerm: log.termAt(prevLogIndex)!,
      entries: log.tailFrom(follower.nextIndex),
      leaderCommit: this.leader.commitIndex(),
    };
    follower.toldCommitIndex = args.leaderCommit;
    env.rpc.appendEntries(follower.id, args).then((reply) => {
      if (reply !== undefined && this.leader.stillLeads(reply.term)) {
        this.onEntriesReply(follower, request, args, reply);
      }
    });
  }

  private onEntriesReply(
    follower: Progress,
    request: number,
    args: AppendEntriesArgs,
    reply: AppendEntriesReply,
  ): void {
    if (reply.success) {
      this.onConfirmed(follower, request, args.prevLogIndex + args.entries.length);
      return;
    }
    if (request === follower.requests) {
      follower.waiting = false;
    }
    // A refusal of what is no longer tried is old news. Each step back is taken, and tried, once.
    if (args.prevLogIndex === follower.nextIndex - 1 && args.prevLogIndex > follower.matchIndex) {
      follower.nextIndex -= 1;
      this.send(follower);
    }
  }

  private sendSnapshot(follower: Progress, snapshot: Snapshot): void {
    const { env, term } = this.leader;
    const request = follower.requests;
    const args: InstallSnapshotArgs = { term, leaderId: env.id, ...snapshot, offset: 0, done: true };
    env.rpc.installSnapshot(follower.id, args).then((reply) => {
      // A refusal is left to the next heartbeat. What counts is the snapshot that was sent, not the newest.
      if (reply !== undefined && this.leader.stillLeads(reply.term) && reply.success) {
        this.onConfirmed(follower, request, args.lastIncludedIndex);
      }
    });
  }

  /** A follower holds what the request carried, and of what came after it nothing is known. */
  private onConfirmed(follower: Progress, request: number, index: number): void {
    follower.matchIndex = Math.max(follower.matchIndex, index);
    follower.nextIndex = follower.matchIndex + 1;
    if (request === follower.requests) {
      follower.waiting = false;
    }
    this.leader.onProgress();
    if (request === follower.requests) {
      // Only the latest reply goes on: were each to, every heartbeat would begin one more chain of requests.
      this.sendNews(follower);
    }
  }
}

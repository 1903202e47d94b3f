import type { AppendEntriesArgs, AppendEntriesReply, LogEntry, ProposeResult, ServerId, Timer } from '#contract';
import { NotImplemented } from '#contract';
import type { Progress } from './progress.ts';
import { membersOf, quorumIndex } from './quorum.ts';
import type { Raft } from './raft.ts';

/**
 * Log replication, lab 2, with the heartbeats of lab 1: the leader's side (Raft paper, sections 5.3 and 5.4). Each
 * heartbeat, each proposal and each useful reply sends a follower what it lacks, and only heartbeats send again what was
 * lost.
 */
export class Replication {
  private readonly raft: Raft;
  /** Runs in leaders. */
  private heartbeatTimer: Timer | undefined;

  constructor(raft: Raft) {
    this.raft = raft;
  }

  /**
   * Begins to lead: from lab 2 with a no-op in the log, because only an entry of its own term lets a leader commit those
   * before it (sections 5.4.2 and 8). The first heartbeat leaves at once, before anyone else campaigns (section 5.2).
   */
  startLeading(): void {
    throw new NotImplemented('lab 1');
  }

  /** Ends the heartbeats: a server that has stepped down sends none. */
  stopLeading(): void {
    throw new NotImplemented('lab 1');
  }

  /** Sends every follower a message: from lab 2 with the entries that it lacks, unless some are under way to it. */
  private beat(): void {
    throw new NotImplemented('lab 1');
  }

  /**
   * Answers a client: a leader appends the command to its log and sends it on at once; anyone else says who leads, as far
   * as known (section 5.3). Accepted is not committed.
   */
  propose(command: string): ProposeResult {
    throw new NotImplemented('lab 2');
  }

  /** Sends every follower what it lacks. */
  replicateToAll(): void {
    throw new NotImplemented('lab 2');
  }

  /**
   * Brings `follower` forward by one request, unless one is under way or it has everything; in lab 6 by as many as may be
   * under way.
   *
   * @returns whether a request was sent
   */
  replicate(follower: ServerId): boolean {
    throw new NotImplemented('lab 2');
  }

  /** Sends one AppendEntries and deals with the reply, which may come when this server no longer leads that term. */
  private async appendEntries(follower: ServerId, entries: readonly LogEntry[]): Promise<void> {
    throw new NotImplemented('lab 1');
  }

  /** An AppendEntries behind what `progress` takes for shared. */
  private requestFor(progress: Progress, entries: readonly LogEntry[]): AppendEntriesArgs {
    throw new NotImplemented('lab 2');
  }

  /**
   * A follower answered a request of the term that this server still leads. A success moves it forward by what that very
   * request covered; a refusal moves the guess back, past a whole term at a time (end of section 5.3).
   */
  private onReply(follower: ServerId, progress: Progress, args: AppendEntriesArgs, reply: AppendEntriesReply): void {
    throw new NotImplemented('lab 2');
  }

  /** Counts this leader's own copy of its newest entries, from lab 3 once it is durable. */
  countOwnCopy(): void {
    throw new NotImplemented('lab 2');
  }

  /**
   * Commits what a quorum holds, if the entry there is of the current term. Those of older terms commit along with it and
   * never by counting: a quorum for such an entry does not keep it from being overwritten (section 5.4.2, Figure 8).
   */
  advanceCommitIndex(): void {
    throw new NotImplemented('lab 2');
  }

  /**
   * Takes up who is new among those who get the log, and forgets who is not among them any more. A new one is sent the
   * newest entry, and by refusing it says what else it lacks.
   */
  trackFollowers(): void {
    throw new NotImplemented('lab 5');
  }

  /** Ends the leadership of a server that is no voter any more. The others hear of the commit that has ended it. */
  retire(): void {
    throw new NotImplemented('lab 5');
  }

  /** The highest index that `follower` is known to share with this leader. */
  matchIndexOf(follower: ServerId): number {
    throw new NotImplemented('lab 5');
  }

  /** All members of the configuration in force but this server; in lab 5 also those who are leaving. */
  private followers(): ServerId[] {
    const members = new Set(membersOf(this.raft.configuration));
    members.delete(this.raft.env.id);
    return [...members];
  }
}

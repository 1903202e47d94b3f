import type { Configuration, LogEntry, Membership, ProposeResult, ServerId, Timer } from '#contract';
import { NotImplemented } from '#contract';
import { membersOf, votersOf } from './quorum.ts';
import type { Raft } from './raft.ts';

/**
 * Changes of members, lab 5, by joint consensus (Raft paper, section 6). Whoever is in the log's newest configuration takes
 * part, committed or not: the leader appends a joint configuration, in which the old and the new voters must both agree,
 * and once that is committed, the new one alone. Two sets of voters of which neither needs the other never decide at once.
 */
export class MembershipChanges {
  private readonly raft: Raft;

  constructor(raft: Raft) {
    this.raft = raft;
  }

  /**
   * The newest configuration at or before `index`: of the log, of the snapshot, or of the start. With the last index, it is
   * the one in force; what a truncation removes is no longer found, and so the one before is in force again.
   */
  configurationAt(index: number): Configuration {
    throw new NotImplemented('lab 5');
  }

  /**
   * Whether this leader may not begin a change: one is under way, or might be. Before it has committed an entry of its own
   * term, another leader may have replaced the newest configuration that this one knows.
   */
  get changing(): boolean {
    throw new NotImplemented('lab 5');
  }

  /**
   * The members of the configuration before the newest one. They still get the log until the change is committed, and for
   * an election timeout more, so that they learn that they are out: whoever takes itself for a voter disturbs the others.
   */
  leaving(): ServerId[] {
    throw new NotImplemented('lab 5');
  }

  /**
   * Whether a server that is on its way out campaigns, now that nobody leads. As long as the change is not committed it may
   * be that only such a server has all that is, so that nobody else would win (thesis, section 4.2.2). Mostly one that is
   * out has only missed the news, and so it tries now and then. Its vote does not count, not even for itself.
   */
  stepsInWhileLeaving(): boolean {
    throw new NotImplemented('lab 5');
  }

  /** Begins a change to `target`, one at a time, and not while this leader hands over. */
  change(target: Membership): ProposeResult {
    throw new NotImplemented('lab 5');
  }

  /**
   * To be called by a leader when its commit index may have moved. Leaves the joint configuration once that is committed,
   * whichever leader appended it; and ends the leadership of a server that is no voter of the configuration that it has
   * now committed. Until then it leads, and does not count itself (section 6).
   */
  afterCommit(): void {
    throw new NotImplemented('lab 5');
  }

  /** Begins the time in which those who have left hear of it; once for each change. */
  private bidFarewell(): void {
    throw new NotImplemented('lab 5');
  }

  /** Appends a configuration to the leader's log. It is in force from then on, for sending too. */
  private append(configuration: Configuration): ProposeResult {
    throw new NotImplemented('lab 5');
  }

  /** Whether this leader has committed the newest configuration, or anything behind it, in its own term. */
  private get isSettled(): boolean {
    throw new NotImplemented('lab 5');
  }

  /** Whether the newest configuration stands in the log and is not committed. */
  private get isUncommitted(): boolean {
    throw new NotImplemented('lab 5');
  }

  private get newestEntry(): LogEntry | undefined {
    throw new NotImplemented('lab 5');
  }
}

/** Each server once: as a voter, if it is named as both. */
function distinct({ voters, learners }: Membership): Membership {
  throw new NotImplemented('lab 5');
}

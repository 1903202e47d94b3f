import type { Configuration, LogEntry, Membership, ProposeResult, ServerId, Timer } from '#contract';
// until lab5
//| import { NotImplemented } from '#contract';
// end
import { membersOf, votersOf } from './quorum.ts';
import type { Raft } from './raft.ts';

// solution lab5
/** How often a server that is on its way out campaigns when its election timeout ends. */
const STEP_IN_PROBABILITY = 0.25;
// end

/**
 * Changes of members, lab 5, by joint consensus (Raft paper, section 6). Whoever is in the log's newest configuration takes
 * part, committed or not: the leader appends a joint configuration, in which the old and the new voters must both agree,
 * and once that is committed, the new one alone. Two sets of voters of which neither needs the other never decide at once.
 */
export class MembershipChanges {
  private readonly raft: Raft;
  // solution lab5
  /** Runs while those who left with the newest change still hear of it. */
  private farewell: Timer | undefined;
  /** Index of the configuration that the latest farewell was for. */
  private farewellIndex: number | undefined;
  // end

  constructor(raft: Raft) {
    this.raft = raft;
  }

  // solution lab5
  /**
   * The newest configuration at or before `index`: of the log, of the snapshot, or of the start. With the last index, it is
   * the one in force; what a truncation removes is no longer found, and so the one before is in force again.
   */
  configurationAt(index: number): Configuration {
    const { log, snapshots, env } = this.raft;
    return log.configEntryAt(index)?.configuration ?? snapshots.latest?.configuration ?? env.bootstrap;
  }

  /**
   * Whether this leader may not begin a change: one is under way, or might be. Before it has committed an entry of its own
   * term, another leader may have replaced the newest configuration that this one knows.
   */
  get changing(): boolean {
    return !this.isSettled || this.raft.configuration.next !== undefined;
  }

  /**
   * The members of the configuration before the newest one. They still get the log until the change is committed, and for
   * an election timeout more, so that they learn that they are out: whoever takes itself for a voter disturbs the others.
   */
  leaving(): ServerId[] {
    const entry = this.newestEntry;
    const over = entry === undefined || (entry.index <= this.raft.commitIndex && this.farewell === undefined);
    return over ? [] : membersOf(this.configurationAt(entry.index - 1));
  }

  /**
   * Whether a server that is on its way out campaigns, now that nobody leads. As long as the change is not committed it may
   * be that only such a server has all that is, so that nobody else would win (thesis, section 4.2.2). Mostly one that is
   * out has only missed the news, and so it tries now and then. Its vote does not count, not even for itself.
   */
  stepsInWhileLeaving(): boolean {
    const { env, configuration } = this.raft;
    if (!this.isUncommitted || votersOf(configuration).includes(env.id)) return false;
    const replaced = this.configurationAt(this.newestEntry!.index - 1);
    return votersOf(replaced).includes(env.id) && env.random() < STEP_IN_PROBABILITY;
  }

  /** Begins a change to `target`, one at a time, and not while this leader hands over. */
  change(target: Membership): ProposeResult {
    const { raft } = this;
    if (raft.role !== 'leader') return { accepted: false, leader: raft.leader };
    const { voters, learners } = distinct(target);
    if (this.changing || raft.transfer.underWay || voters.length === 0) return { accepted: false, leader: raft.env.id };
    const current = raft.configuration;
    const sameVoters = voters.length === current.voters.length && voters.every((id) => current.voters.includes(id));
    // Learners decide nothing, so that a change of them alone needs no joint phase.
    const configuration = sameVoters ? { voters, learners } : { ...current, next: { voters, learners } };
    return this.append(configuration);
  }

  /**
   * To be called by a leader when its commit index may have moved. Leaves the joint configuration once that is committed,
   * whichever leader appended it; and ends the leadership of a server that is no voter of the configuration that it has
   * now committed. Until then it leads, and does not count itself (section 6).
   */
  afterCommit(): void {
    const { raft } = this;
    if (!this.isSettled) return;
    const { voters, next } = raft.configuration;
    if (next !== undefined) this.append(next);
    else if (!voters.includes(raft.env.id)) raft.replication.retire();
    else this.bidFarewell();
  }

  /** Begins the time in which those who have left hear of it; once for each change. */
  private bidFarewell(): void {
    const { env, replication } = this.raft;
    const index = this.newestEntry?.index;
    if (index === this.farewellIndex) return;
    this.farewellIndex = index;
    env.clock.clear(this.farewell);
    this.farewell = env.clock.setTimeout(() => {
      this.farewell = undefined;
    }, env.timing.electionTimeoutMsMax);
    replication.trackFollowers();
  }

  /** Appends a configuration to the leader's log. It is in force from then on, for sending too. */
  private append(configuration: Configuration): ProposeResult {
    const { log, currentTerm, replication } = this.raft;
    const index = log.lastIndex + 1;
    // A server that left with an earlier change and comes back now begins anew.
    replication.trackFollowers();
    log.append([{ index, term: currentTerm, kind: 'config', configuration }]);
    replication.trackFollowers();
    // until lab6
    //| replication.replicateToAll();
    // end
    replication.countOwnCopy();
    return { accepted: true, index, term: currentTerm };
  }

  /** Whether this leader has committed the newest configuration, or anything behind it, in its own term. */
  private get isSettled(): boolean {
    const { log, commitIndex, currentTerm } = this.raft;
    return !this.isUncommitted && log.termAt(commitIndex) === currentTerm;
  }

  /** Whether the newest configuration stands in the log and is not committed. */
  private get isUncommitted(): boolean {
    return (this.newestEntry?.index ?? 0) > this.raft.commitIndex;
  }

  private get newestEntry(): LogEntry | undefined {
    const { log } = this.raft;
    return log.configEntryAt(log.lastIndex);
  }
  // end
}

// solution lab5
/** Each server once: as a voter, if it is named as both. */
function distinct({ voters, learners }: Membership): Membership {
  const distinctVoters = [...new Set(voters)];
  return { voters: distinctVoters, learners: [...new Set(learners)].filter((id) => !distinctVoters.includes(id)) };
}
// end

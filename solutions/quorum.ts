/**
 * Who takes part in a decision, and when enough servers agree on it (Raft paper, sections 5.2 and 5.4; thesis, section
 * 4.3). Learners receive the log and never count.
 */
import type { Configuration, Membership, ServerId } from '#contract';

// until lab2
//| import { NotImplemented } from '#contract';
// end

/** The sets that must each agree: one, or two while a joint configuration is in force. */
function memberships(configuration: Configuration): Membership[] {
  return configuration.next === undefined ? [configuration] : [configuration, configuration.next];
}

/** Everyone who may vote. Nobody is named twice. */
export function votersOf(configuration: Configuration): ServerId[] {
  return [...new Set(memberships(configuration).flatMap((set) => set.voters))];
}

/** Everyone who receives the log: voters and learners. Nobody is named twice. */
export function membersOf(configuration: Configuration): ServerId[] {
  return [...new Set(memberships(configuration).flatMap((set) => [...set.voters, ...set.learners]))];
}

// solution lab1
/**
 * Whether the servers in `agreeing` are more than half of the voters, in both sets while the configuration is joint. Two
 * quorums of one configuration always share a server: everything in Raft rests on that.
 *
 * @param agreeing - servers that agree, this one too if it does; those that are no voters do not count
 */
export function isQuorum(configuration: Configuration, agreeing: ReadonlySet<ServerId>): boolean {
  return memberships(configuration).every(({ voters }) => {
    const count = voters.filter((id) => agreeing.has(id)).length;
    return count > voters.length / 2;
  });
}
// end

// solution lab2
/**
 * The highest index that a quorum has reached (Raft paper, Figure 2: Rules for Servers, Leaders). Voters that have come
 * further have reached it as well.
 *
 * @param reached - how far a voter has come, the leader included: the index of its last entry that is known to match
 * @returns 0 when there are no voters
 */
export function quorumIndex(configuration: Configuration, reached: (voter: ServerId) => number): number {
  const perSet = memberships(configuration).map(({ voters }) => {
    const indexes = voters.map(reached).sort((a, b) => b - a);
    // Counted from the best, this one and all before it are just more than half.
    return indexes[Math.floor(voters.length / 2)] ?? 0;
  });
  return Math.min(...perSet);
}
// end

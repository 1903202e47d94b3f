import type { Configuration, Membership, ServerId } from '#contract';

/*
 * Arithmetic of majorities. Every question is asked of a configuration, and in joint consensus of both its sets (Raft
 * paper, section 6). Learners never count, and a set without voters never agrees to anything.
 */

/** Everyone who votes, in either set. */
export function votersOf(configuration: Configuration): Set<ServerId> {
  return new Set(sets(configuration).flatMap((set) => set.voters));
}

/** Everyone who receives the log, in either set. */
export function membersOf(configuration: Configuration): Set<ServerId> {
  return new Set(sets(configuration).flatMap((set) => [...set.voters, ...set.learners]));
}

/** Whether `supporters` decide an election. Supporters who do not vote in the configuration add nothing. */
export function isQuorum(configuration: Configuration, supporters: ReadonlySet<ServerId>): boolean {
  return sets(configuration).every(
    (set) => set.voters.filter((voter) => supporters.has(voter)).length > set.voters.length / 2,
  );
}

/**
 * The highest index that a quorum holds.
 *
 * @param matchIndexOf - the highest index that a voter is known to hold
 */
export function quorumIndex(configuration: Configuration, matchIndexOf: (voter: ServerId) => number): number {
  const indexes = sets(configuration).map((set) => {
    const descending = set.voters.map(matchIndexOf).sort((a, b) => b - a);
    // The smallest majority of n has floor(n / 2) + 1 voters: the last of them stands at this position.
    return descending[Math.floor(descending.length / 2)] ?? 0;
  });
  return Math.min(...indexes);
}

function sets(configuration: Configuration): Membership[] {
  return configuration.next === undefined ? [configuration] : [configuration, configuration.next];
}

import type { Configuration, Membership, ServerId } from '#contract';

/** @returns whether `members` hold a majority of the voters; of both sets when the configuration is joint. Learners never count. */
export function isQuorum(configuration: Configuration, members: ReadonlySet<ServerId>): boolean {
  const { next } = configuration;
  return isMajority(configuration, members) && (next === undefined || isMajority(next, members));
}

/** @returns the highest index that a quorum has reached: of both sets when the configuration is joint */
export function indexOfQuorum(configuration: Configuration, reached: Reached): number {
  return lowest(configuration, reached, (indexes) => indexes[Math.floor(indexes.length / 2)]);
}

/** @returns the highest index that every voter has reached */
export function indexOfAll(configuration: Configuration, reached: Reached): number {
  return lowest(configuration, reached, (indexes) => indexes.at(-1));
}

/** How far servers have come; one that is missing has nothing. */
type Reached = ReadonlyMap<ServerId, number>;

/** @param pick - chooses from what the voters of one set have reached, the highest first; a set without voters agrees to nothing */
function lowest(
  { voters, next }: Configuration,
  reached: Reached,
  pick: (indexes: readonly number[]) => number | undefined,
): number {
  const sets = next === undefined ? [voters] : [voters, next.voters];
  return Math.min(...sets.map((ids) => pick(ids.map((id) => reached.get(id) ?? 0).sort((a, b) => b - a)) ?? 0));
}

function isMajority({ voters }: Membership, members: ReadonlySet<ServerId>): boolean {
  let held = 0;
  for (const voter of voters) if (members.has(voter)) held++;
  return held * 2 > voters.length;
}

/** @returns a configuration's voters, of both sets when it is joint, for a message */
export function describeVoters({ voters, next }: Configuration): string {
  return next === undefined ? voters.join(' ') : `${voters.join(' ')} and ${next.voters.join(' ')} (joint)`;
}

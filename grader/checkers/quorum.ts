import type { Configuration, Membership, ServerId } from '#contract';

/** @returns whether `members` hold a majority of the voters; of both sets when the configuration is joint. Learners never count. */
export function isQuorum(configuration: Configuration, members: ReadonlySet<ServerId>): boolean {
  const { next } = configuration;
  return isMajority(configuration, members) && (next === undefined || isMajority(next, members));
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

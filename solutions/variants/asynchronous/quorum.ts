import type { Configuration, Membership, ServerId } from '#contract';

/** Whether those for whom `has` holds are a majority of the voters, of both sets while two overlap. Learners never count. */
export function hasQuorum(configuration: Configuration, has: (id: ServerId) => boolean): boolean {
  const { next } = configuration;
  return hasMajority(configuration, has) && (next === undefined || hasMajority(next, has));
}

/** Everybody who votes. */
export function votersOf({ voters, next }: Configuration): ServerId[] {
  return [...new Set([...voters, ...(next?.voters ?? [])])];
}

/** Everybody who receives the log. */
export function membersOf(configuration: Configuration): ServerId[] {
  const { learners, next } = configuration;
  return [...new Set([...votersOf(configuration), ...learners, ...(next?.learners ?? [])])];
}

function hasMajority({ voters }: Membership, has: (id: ServerId) => boolean): boolean {
  return voters.filter(has).length * 2 > voters.length;
}

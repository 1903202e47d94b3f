import { isQuorum, sameConfiguration } from '#checkers';
import type { Configuration, LogEntry, Membership, ServerId, Snapshot } from '#contract';
import { describeMembership, expect, round, type ScriptedCluster } from '#scenario';
import { AT_ONCE_MS } from '../lab2/messages.ts';
import { SnapshotLeader } from '../lab4/messages.ts';

/** Words of lab 5 for configurations: logs that hold some, and who decides under one. */

/** @returns members, by their numbers: `members([1, 2, 3], [4])` */
export function members(voters: readonly number[], learners: readonly number[] = []): Membership {
  return { voters: voters.map(idOf), learners: learners.map(idOf) };
}

function idOf(n: number): ServerId {
  return `n${n}`;
}

/** An entry that changes the members. */
export function configEntry(index: number, term: number, configuration: Configuration): LogEntry {
  return { index, term, kind: 'config', configuration };
}

/** @returns a log like another, with other entries at their indexes */
export function withEntries(log: readonly LogEntry[], ...others: readonly LogEntry[]): LogEntry[] {
  return log.map((entry) => others.find(({ index }) => index === entry.index) ?? entry);
}

/** A scripted leader whose snapshots hold the configuration that its log has there. */
export class MemberLeader extends SnapshotLeader {
  override snapshot(index: number): Snapshot {
    const change = this.log.findLast((entry) => entry.index <= index && entry.configuration !== undefined);
    const snapshot = super.snapshot(index);
    return change === undefined ? snapshot : { ...snapshot, configuration: change.configuration! };
  }
}

/** Sets of peers that, together with `n1`, do just not decide: one more of the voters, and they would. */
export function justTooFew(configuration: Configuration, peers: readonly ServerId[]): ServerId[][] {
  const few = subsets(peers).filter((set) => !decide(configuration, set));
  return few.filter((set) => peers.every((id) => set.includes(id) || decide(configuration, [...set, id])));
}

/** Sets of peers that, together with `n1`, just decide: without any of them, they would not. */
export function justEnough(configuration: Configuration, peers: readonly ServerId[]): ServerId[][] {
  const enough = subsets(peers).filter((set) => decide(configuration, set));
  return enough.filter((set) =>
    set.every(
      (id) =>
        !decide(
          configuration,
          set.filter((each) => each !== id),
        ),
    ),
  );
}

function decide(configuration: Configuration, peers: readonly ServerId[]): boolean {
  return isQuorum(configuration, new Set(['n1', ...peers]));
}

function subsets(ids: readonly ServerId[]): ServerId[][] {
  return Array.from({ length: 2 ** ids.length }, (_, mask) => ids.filter((_id, i) => ((mask >> i) & 1) === 1));
}

/** Chooses by a number, gone round and round. */
export function pick<T>(list: readonly T[], n: number): T {
  return list[n % list.length]!;
}

/**
 * The real server, which hears of no leader, must win elections by exactly the votes that a configuration asks for: with
 * any that just do not suffice, it does not lead; with any that just do, it does.
 *
 * @param n - chooses the votes
 */
export async function winsOnlyBy(
  cluster: ScriptedCluster,
  configuration: Configuration,
  n: number,
  why: string,
): Promise<void> {
  const { peers } = cluster;
  const few = pick(justTooFew(configuration, peers), n);
  const enough = pick(justEnough(configuration, peers), n);
  const says = (ids: readonly ServerId[]): string => (ids.length === 0 ? 'nobody else' : ids.join(' and '));
  const grantedBy =
    (ids: readonly ServerId[]): NonNullable<ScriptedCluster['auto']> =>
    ({ method, args, peer }) =>
      method === 'RequestVote' && ids.includes(peer) ? { term: args.term, voteGranted: true } : undefined;
  cluster.auto = grantedBy(few);
  const leads = (): boolean => cluster.status('n1')?.role === 'leader';
  await cluster.world.run(cluster.nowMs + 1_500, leads);
  expect(
    !leads(),
    `${why}; but n1 leads term ${cluster.status('n1')?.currentTerm} at ${round(cluster.nowMs)} ms with its own vote and those of ${says(few)}`,
    { likelyCause: 'votes are counted by another configuration than the newest in the log' },
  );
  cluster.auto = grantedBy(enough);
  await cluster.until(`n1 to win with its own vote and those of ${says(enough)}: ${why}`, leads, {
    likelyCause: 'votes are asked for, or counted, by another configuration than the newest in the log',
  });
}

/** What the real server says of its members must be this. */
export async function hasMembers(cluster: ScriptedCluster, configuration: Configuration, why: string): Promise<void> {
  await cluster.until(
    `n1 to say that its members are ${describeMembership(configuration)}: ${why}`,
    () => sameConfiguration(cluster.state.configuration, configuration),
    { within: AT_ONCE_MS, likelyCause: 'status() does not tell of the newest configuration in the log' },
  );
}

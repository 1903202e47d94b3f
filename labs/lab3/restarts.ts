import type { RequestVoteReply, ServerId } from '#contract';
import type { CrashOptions } from '#kernel';
import { type Cluster, expect, type Patience, type ScriptedCluster } from '#scenario';

/** Words of lab 3: a server dies, comes back over its disk, and is asked what it still knows. */

/** How many unflushed writes crashes keep, gone through seed by seed: none, all, the first, the first two. */
export const KEPT_WRITES = [0, Number.MAX_SAFE_INTEGER, 1, 2] as const;

/** Ends a server's life, unless it is over, and starts it again at once. By default nothing unflushed survives. */
export async function restart(
  cluster: Cluster,
  id: ServerId,
  options: Omit<CrashOptions, 'atEffect'> = { keepWrites: 0 },
): Promise<void> {
  const host = cluster.world.host(id);
  const { incarnation } = host;
  cluster.crash(id, options);
  cluster.restart(id);
  await cluster.until(
    `${id} to start again`,
    () => host.incarnation > incarnation && cluster.status(id) !== undefined,
    {},
  );
}

/** The last entry of a log, as a candidate tells of it. */
export interface LastEntry {
  readonly index: number;
  readonly term: number;
}

/** Asks `n1` for its vote. @returns whether it gives it */
export async function getsVote(
  cluster: ScriptedCluster,
  candidateId: ServerId,
  term: number,
  last: LastEntry = { index: 0, term: 0 },
): Promise<boolean> {
  const args = { term, candidateId, lastLogIndex: last.index, lastLogTerm: last.term };
  const reply = (await cluster.ask(candidateId, 'RequestVote', args)) as RequestVoteReply | undefined;
  return reply?.voteGranted === true;
}

/** A candidate whose log is more up to date than any other asks `n1`, whose vote of the term is given, for it. */
export async function expectNoVote(
  cluster: ScriptedCluster,
  candidateId: ServerId,
  term: number,
  why: string,
): Promise<void> {
  expect(
    !(await getsVote(cluster, candidateId, term, { index: 1_000, term })),
    `${why}, but after the restart gives ${candidateId} its vote of term ${term}`,
    { likelyCause: 'votedFor, or the term that it belongs to, is not saved, or not restored' },
  );
}

/** After a restart `n1` must have the log that it had acknowledged. */
export function expectLog(cluster: ScriptedCluster, end: number, likelyCause: string): void {
  const { lastLogIndex } = cluster.state;
  expect(
    lastLogIndex === end,
    `n1 acknowledged a log of ${end} entries and restarted, but now its log ends at ${lastLogIndex}`,
    { likelyCause },
  );
}

/** Waits until `n1` has applied everything up to `index` in its present life. */
export async function applies(cluster: ScriptedCluster, index: number, patience?: Patience): Promise<void> {
  await cluster.until(
    `n1 to apply all entries from the first to index ${index}, which its leader says are committed`,
    () => (cluster.status('n1')?.lastApplied ?? 0) >= index,
    { within: 200, likelyCause: 'after a restart, entries are not applied again from the first on', ...patience },
  );
  for (let i = 1; i <= index; i++)
    expect(
      cluster.journal.at('n1', i) !== undefined,
      `n1 says that it has applied index ${index}, but in its present life it has not applied index ${i}`,
      { likelyCause: 'lastApplied begins behind entries that the new life has not applied' },
    );
}

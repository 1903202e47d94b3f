/**
 * For rule tests: one real server among scripted peers, one demand of the paper each. A peer's request for a vote is sent within
 * the first 100 ms or long after any leader, as a server may ignore such requests soon after it heard from a leader.
 *
 * @module
 */
import type { AppendEntriesReply, RequestVoteReply, ServerId } from '#contract';
import { expect, type ScriptedCluster } from '#scenario';

/** An empty AppendEntries: a heartbeat of a leader with an empty log. */
export function heartbeat(term: number, leaderId: ServerId) {
  return { term, leaderId, prevLogIndex: 0, prevLogTerm: 0, entries: [], leaderCommit: 0 };
}

/** A request for a vote from a candidate with an empty log. */
export function voteRequest(term: number, candidateId: ServerId) {
  return { term, candidateId, lastLogIndex: 0, lastLogTerm: 0 };
}

/** Time that a server may take for what it does at once: asynchronous handlers and ticks included. */
export const AT_ONCE_MS = 30;

export const SIZES = [3, 5, 4, 2, 7];

export function sizeFor(seed: number): number {
  return SIZES[seed % SIZES.length]!;
}

export async function askVote(
  cluster: ScriptedCluster,
  peer: ServerId,
  term: number,
): Promise<RequestVoteReply | undefined> {
  return (await cluster.ask(peer, 'RequestVote', voteRequest(term, peer))) as RequestVoteReply | undefined;
}

export async function beat(
  cluster: ScriptedCluster,
  peer: ServerId,
  term: number,
): Promise<AppendEntriesReply | undefined> {
  return (await cluster.ask(peer, 'AppendEntries', heartbeat(term, peer))) as AppendEntriesReply | undefined;
}

/** The upper end of the election timeout, with the grain that a server's timer may have. */
export function latestMs(cluster: ScriptedCluster): number {
  const { electionTimeoutMsMax, heartbeatMs } = cluster.world.timing;
  return electionTimeoutMsMax + heartbeatMs;
}

/** Time after which a candidate still waits for votes, but not for long. */
export const LATE_IN_ELECTION_MS = 110;

export const isElection = ({ method }: { readonly method: string }): boolean => method === 'RequestVote';

/** A candidate that has given way or its vote waits for a whole election timeout, as every follower does. */
export async function staysPatient(cluster: ScriptedCluster, term: number, why: string): Promise<void> {
  const fromMs = cluster.nowMs;
  const { electionTimeoutMsMin } = cluster.world.timing;
  await cluster.run(electionTimeoutMsMin - AT_ONCE_MS - 5);
  const early = cluster.incoming.find((each) => isElection(each) && each.args.term > term);
  expect(
    early === undefined,
    `n1, ${why}, and campaigned ${Math.round((early?.atMs ?? 0) - 1 - fromMs)} ms later; the shortest election timeout is ${electionTimeoutMsMin} ms`,
    {
      evidence: early === undefined ? [] : [early.step],
      likelyCause: 'the election timer is started anew in followers only, and that of the candidacy runs on',
    },
  );
}

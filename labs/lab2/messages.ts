import type { AppendEntriesArgs, AppendEntriesReply, LogEntry, ServerId } from '#contract';
import { expect, type ScriptedCluster } from '#scenario';

/** Hand-made entries and messages of lab 2, and the patience of its tests. */

/** Time that a server may take for what it does at once: asynchronous handlers and ticks included. */
export const AT_ONCE_MS = 30;

/** Time in which a new leader brings its no-op, if it has one, to everybody. */
export const CALM_MS = 300;

/** @returns the time that a leader may take to send something new or to learn from answers: two heartbeats */
export function soonMs(cluster: ScriptedCluster): number {
  return 2 * cluster.world.timing.heartbeatMs + AT_ONCE_MS;
}

/**
 * A log, by the terms of its entries from index 1 on. A term that is negative stands for a no-op of that term; the others
 * are commands, each named by its index and term.
 */
export function entries(...terms: readonly number[]): LogEntry[] {
  return terms.map((term, i) => {
    const index = i + 1;
    return term < 0
      ? { index, term: -term, kind: 'noop' }
      : { index, term, kind: 'command', command: `${index}@t${term}` };
  });
}

/** A scripted leader: the requests that it sends come from its log. */
export class ScriptedLeader {
  readonly id: ServerId;
  readonly term: number;
  readonly log: readonly LogEntry[];
  readonly #cluster: ScriptedCluster;

  constructor(cluster: ScriptedCluster, id: ServerId, term: number, log: readonly LogEntry[]) {
    this.#cluster = cluster;
    this.id = id;
    this.term = term;
    this.log = log;
  }

  /** An AppendEntries with the entries behind `prev`, up to `last`; with `last` left out, an empty one. */
  request(prev: number, last = prev, leaderCommit = 0): AppendEntriesArgs {
    return {
      term: this.term,
      leaderId: this.id,
      prevLogIndex: prev,
      prevLogTerm: prev === 0 ? 0 : this.log[prev - 1]!.term,
      entries: this.log.slice(prev, last),
      leaderCommit,
    };
  }

  /** Sends it, and gets the answer. */
  async send(prev: number, last = prev, leaderCommit = 0): Promise<AppendEntriesReply | undefined> {
    const args = this.request(prev, last, leaderCommit);
    return (await this.#cluster.ask(this.id, 'AppendEntries', args)) as AppendEntriesReply | undefined;
  }

  /** Sends it; the real server must accept it. */
  async stores(prev: number, last = prev, leaderCommit = 0, likelyCause?: string): Promise<void> {
    const reply = await this.send(prev, last, leaderCommit);
    expect(
      reply?.success === true && reply.term === this.term,
      `n1's log agrees with ${this.id}'s up to index ${prev}, but it answers ${describe(this.request(prev, last, leaderCommit))} with ${show(reply)}`,
      likelyCause === undefined ? {} : { likelyCause },
    );
  }

  /** Sends it; the real server must refuse it. */
  async isRefused(prev: number, last: number, leaderCommit: number, why: string): Promise<void> {
    const reply = await this.send(prev, last, leaderCommit);
    expect(
      reply !== undefined && !reply.success && reply.term === this.term,
      `${why}, but n1 answers ${describe(this.request(prev, last, leaderCommit))} with ${show(reply)}`,
      { likelyCause: 'the consistency check is left out, or looks at requests with entries only' },
    );
  }
}

/** Waits until the real server, whose peers answer truthfully, leads. @returns its term */
export async function lead(cluster: ScriptedCluster): Promise<number> {
  await cluster.until(
    'n1 to win an election among servers whose logs are no more up to date than its own',
    () => cluster.status('n1')?.role === 'leader',
  );
  return cluster.state.currentTerm;
}

/** The real server, which leads, must commit an index soon. */
export async function commits(
  cluster: ScriptedCluster,
  index: number,
  why: string,
  likelyCause: string,
): Promise<void> {
  await cluster.until(`n1 to commit index ${index}: ${why}`, () => (cluster.status('n1')?.commitIndex ?? 0) >= index, {
    within: soonMs(cluster),
    likelyCause,
  });
}

/** @returns an AppendEntries in a few words */
export function describe({ term, prevLogIndex, prevLogTerm, entries: list, leaderCommit }: AppendEntriesArgs): string {
  const what = list.length === 0 ? 'an empty AppendEntries' : `AppendEntries with ${list.map(name).join(' ')}`;
  return `${what} behind ${prevLogIndex}:t${prevLogTerm} in term ${term}, leaderCommit ${leaderCommit},`;
}

/** @returns an entry as index and term */
export function name({ index, term }: LogEntry): string {
  return `${index}:t${term}`;
}

function show(reply: AppendEntriesReply | undefined): string {
  if (reply === undefined) return 'nothing';
  return `${reply.success ? 'a success' : 'a refusal'} of term ${reply.term}`;
}

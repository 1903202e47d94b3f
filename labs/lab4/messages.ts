import type { InstallSnapshotArgs, InstallSnapshotReply, LogEntry, Snapshot } from '#contract';
import { expect, type ScriptedCluster } from '#scenario';
import { AT_ONCE_MS, entries, ScriptedLeader } from '../lab2/messages.ts';

/** Hand-made snapshots of lab 4, and what its tests look for behind a restart or an installation. */

/** The state machine's bytes for an index: the same on every server, and long enough for several parts. */
export function dataAt(index: number): string {
  return Array.from({ length: index + 6 }, (_, i) => `value ${i + 1} of ${index}`).join(', ');
}

/** A part of a snapshot, by its place among the characters. */
export interface Part {
  readonly offset: number;
  readonly end: number;
}

/** A scripted leader that can also send snapshots of its log. */
export class SnapshotLeader extends ScriptedLeader {
  readonly #world: ScriptedCluster['world'];
  readonly #cluster: ScriptedCluster;

  constructor(cluster: ScriptedCluster, id: string, term: number, log: readonly LogEntry[]) {
    super(cluster, id, term, log);
    this.#cluster = cluster;
    this.#world = cluster.world;
  }

  /** The snapshot through an index. Its bytes become known as what state machines give for that index. */
  snapshot(index: number): Snapshot {
    const data = dataAt(index);
    this.#world.compact(this.id, index, data);
    const { bootstrap: configuration } = this.#world.host(this.id);
    return { lastIncludedIndex: index, lastIncludedTerm: this.log[index - 1]!.term, configuration, data };
  }

  /** An InstallSnapshot with the snapshot through an index, or a part of it. */
  installation(index: number, part: Part = { offset: 0, end: Number.POSITIVE_INFINITY }): InstallSnapshotArgs {
    const { data, ...rest } = this.snapshot(index);
    const piece = data.slice(part.offset, part.end);
    const done = part.end >= data.length;
    return { term: this.term, leaderId: this.id, ...rest, offset: part.offset, data: piece, done };
  }

  /** Sends a snapshot, or a part of one, and gets the answer. */
  async install(index: number, part?: Part): Promise<InstallSnapshotReply | undefined> {
    const args = this.installation(index, part);
    return (await this.#cluster.ask(this.id, 'InstallSnapshot', args)) as InstallSnapshotReply | undefined;
  }

  /** Sends a whole snapshot that the real server needs, until it says that it holds it; a few times at most. */
  async brings(index: number): Promise<void> {
    let reply: InstallSnapshotReply | undefined;
    for (let times = 0; times < 3 && reply?.success !== true; times++) reply = await this.install(index);
    expect(
      reply?.success === true && reply.term === this.term,
      `${this.id} leads term ${this.term} and sends n1 the whole snapshot through index ${index}, but n1 answers ${describeReply(reply)}`,
      { likelyCause: 'a whole snapshot (offset 0, done) of the current leader is not installed' },
    );
  }

  /** The real server must agree with its log up to `last` and, told so, have applied all of it. */
  async expectComplete(last: number, why: string): Promise<void> {
    await this.stores(last, last, last, why);
    await expectApplied(this.#cluster, this.log, last, why);
  }
}

/** @returns a log of commands: `counts[i]` entries of term `i + 1` */
export function logOf(...counts: readonly number[]): LogEntry[] {
  return entries(...counts.flatMap((count, i) => Array<number>(count).fill(i + 1)));
}

/**
 * Gives the real server a snapshot of its state machine through an index, once that is applied, which may happen a little
 * behind the commitment; and lets it carry that out.
 */
export async function compact(cluster: ScriptedCluster, index: number): Promise<void> {
  const applied = (): boolean => (cluster.status('n1')?.lastApplied ?? 0) >= index;
  await cluster.until(`n1 to apply index ${index}`, applied, { within: AT_ONCE_MS });
  cluster.world.compact('n1', index, dataAt(index));
  await cluster.run(2);
}

/** In its present life the real server must have applied everything up to `last`: a snapshot at most first, and what follows. */
export async function expectApplied(
  cluster: ScriptedCluster,
  log: readonly LogEntry[],
  last: number,
  why: string,
): Promise<void> {
  await cluster.until(`n1 to apply index ${last}`, () => cluster.status('n1')?.lastApplied === last, {
    within: AT_ONCE_MS,
    likelyCause: why,
  });
  const snapshot = cluster.journal.snapshot('n1');
  const through = snapshot?.lastIncludedIndex ?? 0;
  if (snapshot !== undefined)
    expect(snapshot.data === dataAt(through), `n1 applied a snapshot through ${through}, but with other data`);
  for (const entry of log.slice(through, last)) {
    const { command, term } = cluster.journal.at('n1', entry.index) ?? {};
    expect(
      command === entry.command && term === entry.term,
      `entry ${entry.index} is ${entry.command}, but n1 applied ${command ?? 'nothing'} there`,
      { likelyCause: why },
    );
  }
}

/** The real server's log must end at an index. */
export function expectEnd(cluster: ScriptedCluster, last: number, why: string, likelyCause: string): void {
  const { lastLogIndex } = cluster.state;
  expect(lastLogIndex === last, `${why}, so n1's log ends at ${last}; but it says ${lastLogIndex}`, { likelyCause });
}

/** Ends the real server's life, if it has not ended yet, and starts it again over its disk. No write is lost now. */
export async function restart(cluster: ScriptedCluster): Promise<void> {
  cluster.crash('n1', { keepWrites: Number.POSITIVE_INFINITY });
  await cluster.run(1);
  if (!cluster.up.includes('n1')) cluster.restart('n1');
  await cluster.until('n1 to start again', () => cluster.status('n1') !== undefined, { within: AT_ONCE_MS });
}

/** @returns an answer in words */
export function describeReply(reply: InstallSnapshotReply | undefined): string {
  if (reply === undefined) return 'nothing';
  return `${reply.success ? 'success' : 'a refusal'} in term ${reply.term}`;
}

import type { AppendEntriesArgs, AppendEntriesReply, LogEntry, ServerId, Snapshot } from '#contract';
import { Bell } from './bell.ts';
import type { Host } from './host.ts';

/** Most entries in one AppendEntries. */
const BATCH_ENTRIES = 3;
/** A snapshot up to this many characters travels in one part. */
const CHUNK_CHARACTERS = 64;
/** A large snapshot travels in about this many parts, so that round trips do not grow with its size. */
const CHUNKS_MAX = 32;

/**
 * Keeps one peer up to date for one leader in one term. Two things go on side by side: a task that sends what is missing,
 * one request at a time, and heartbeats, which the leader's timer triggers and which wait for nothing.
 */
export class Replicator {
  /** Whom it serves. */
  readonly peer: ServerId;
  private readonly host: Host;
  private readonly term: number;
  private readonly onMatch: () => void;
  private active = true;
  private nextIndex: number;
  private match = 0;
  /** The snapshot that is being sent. It stays the same when the server compacts further meanwhile. */
  private transfer: { readonly snapshot: Snapshot; offset: number } | undefined;
  private readonly work = new Bell();
  private readonly ticks = new Bell();
  /** Heartbeat intervals since the task's latest request. */
  private ticksWaited = 0;
  /** Stops waiting for the reply to it. */
  private giveUp: () => void = () => {};

  /** @param onMatch - called when the peer turned out to hold more than was known */
  constructor(host: Host, term: number, peer: ServerId, onMatch: () => void) {
    this.host = host;
    this.term = term;
    this.peer = peer;
    this.onMatch = onMatch;
    this.nextIndex = host.log.lastIndex + 1;
  }

  /** Highest index up to which the peer is known to hold this leader's log durably. */
  get matchIndex(): number {
    return this.match;
  }

  /** The sending task. Ends after {@link Replicator.stop}. */
  async run(): Promise<void> {
    while (this.active) {
      if (!this.hasWork()) await this.work.wait();
      else if (!(await this.exchange()) && this.active) await this.ticks.wait();
    }
  }

  /** Tells it that the log has grown. */
  wake(): void {
    this.work.ring();
  }

  /** Called at every heartbeat interval. */
  tick(): void {
    const { heartbeatMs, rpcTimeoutMs } = this.host.env.timing;
    void this.append([]);
    // A request whose message or handler hangs may never settle; its reply still counts if it ever comes.
    this.ticksWaited += 1;
    if (this.ticksWaited >= rpcTimeoutMs / heartbeatMs + 1) this.giveUp();
    this.ticks.ring();
  }

  /** Ends it: nothing more is sent, and replies that still come change nothing here. */
  stop(): void {
    this.active = false;
    this.work.ring();
    this.ticks.ring();
    this.giveUp();
  }

  private hasWork(): boolean {
    return this.nextIndex <= this.host.log.lastIndex || !this.host.log.reaches(this.nextIndex);
  }

  /** Sends once and waits for the reply, though not for ever. Resolves to whether sending more at once makes sense. */
  private exchange(): Promise<boolean> {
    this.ticksWaited = 0;
    return new Promise((resolve) => {
      // Not Promise.race, which would swallow an error that comes after the waiting has ended.
      this.giveUp = () => resolve(false);
      void this.send().then(resolve);
    });
  }

  private async send(): Promise<boolean> {
    const from = this.nextIndex;
    if (!this.host.log.reaches(from)) return this.sendChunk();
    this.transfer = undefined;
    await this.append(this.host.log.slice(from, BATCH_ENTRIES));
    // Without progress, the next heartbeat interval is soon enough to try again.
    return this.nextIndex !== from;
  }

  /** Sends `entries`, which follow `nextIndex - 1`; with none, a heartbeat. */
  private async append(entries: readonly LogEntry[]): Promise<void> {
    const { env, log } = this.host;
    // A heartbeat to a peer that needs the snapshot can only refer to the beginning, where all logs agree.
    const prevLogIndex = log.reaches(this.nextIndex) ? this.nextIndex - 1 : 0;
    const args: AppendEntriesArgs = {
      term: this.term,
      leaderId: env.id,
      prevLogIndex,
      prevLogTerm: log.termAt(prevLogIndex)!,
      entries,
      leaderCommit: this.host.commitIndex(),
    };
    const reply = await env.rpc.appendEntries(this.peer, args);
    if (reply === undefined) return;
    this.host.observeTerm(reply.term);
    if (!this.active) return;
    if (reply.success) this.acknowledge(prevLogIndex + entries.length);
    else this.backUp(prevLogIndex, reply);
  }

  private async sendChunk(): Promise<boolean> {
    const { env, log } = this.host;
    this.transfer ??= { snapshot: log.snapshot!, offset: 0 };
    const transfer = this.transfer;
    const { snapshot, offset } = transfer;
    const { data: whole, ...header } = snapshot;
    const data = whole.slice(offset, offset + Math.max(CHUNK_CHARACTERS, Math.ceil(whole.length / CHUNKS_MAX)));
    const done = offset + data.length === whole.length;
    const args = { term: this.term, leaderId: env.id, ...header, offset, data, done };
    const reply = await env.rpc.installSnapshot(this.peer, args);
    if (reply === undefined) return false;
    this.host.observeTerm(reply.term);
    if (!this.active) return false;
    // A late reply to an earlier part, or about an earlier snapshot, does not move the transfer.
    const current = this.transfer === transfer && transfer.offset === offset;
    if (current && reply.success && !done) transfer.offset += data.length;
    else if (current) this.transfer = undefined;
    if (reply.success && done) this.acknowledge(snapshot.lastIncludedIndex);
    return reply.success;
  }

  private acknowledge(index: number): void {
    if (index <= this.match) return;
    this.match = index;
    this.nextIndex = Math.max(this.nextIndex, index + 1);
    this.work.ring();
    this.onMatch();
  }

  private backUp(prevLogIndex: number, { conflictIndex, conflictTerm }: AppendEntriesReply): void {
    // Stale or repeated: this refusal has been answered, or the peer has accepted that point since.
    if (prevLogIndex !== this.nextIndex - 1 || prevLogIndex <= this.match) return;
    const shared = conflictTerm === undefined ? undefined : this.host.log.lastIndexOfTerm(conflictTerm, prevLogIndex);
    const wanted = shared === undefined ? (conflictIndex ?? prevLogIndex) : shared + 1;
    this.nextIndex = Math.min(prevLogIndex, Math.max(this.match + 1, wanted));
    this.work.ring();
  }
}

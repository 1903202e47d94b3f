import type { Configuration, HardState, LogEntry, ServerId, Snapshot } from './log.ts';
import type {
  AppendEntriesArgs,
  AppendEntriesReply,
  InstallSnapshotArgs,
  InstallSnapshotReply,
  RequestVoteArgs,
  RequestVoteReply,
  TimeoutNowArgs,
  TimeoutNowReply,
} from './messages.ts';

/**
 * All that a server may touch: its name, time, chance, network, disk and state machine. Each incarnation of a server gets
 * its own. Whatever crosses `rpc`, `storage` or `apply` is frozen in place: copy it before you change it.
 */
export interface Env {
  /** This server. */
  readonly id: ServerId;
  /**
   * The configuration that the cluster started with; the same at every restart, and it includes this server. With no
   * voters this server is joining: it never campaigns, and it answers anyone. Precedence: the newest configuration entry
   * in the log, then the snapshot's, then this one.
   */
  readonly bootstrap: Configuration;
  /** How long things may take in this cluster. */
  readonly timing: Timing;
  /** This server's time. */
  readonly clock: Clock;
  /** The other servers. */
  readonly rpc: Rpc;
  /** This server's disk. */
  readonly storage: Storage;

  /**
   * This server's chance. Every server draws from a stream of its own.
   *
   * @returns a number in [0, 1)
   */
  random(): number;

  /**
   * Hands the next committed entry, of whatever kind, to the state machine. Entries come in the order of their indexes,
   * each once in an incarnation. After a restart, or when a leader's snapshot has been installed, the snapshot comes
   * first and the entries behind it follow.
   *
   * @throws {@link ContractError} when the value is neither an entry nor a snapshot
   */
  apply(item: LogEntry | Snapshot): void;

  /**
   * Writes a line into the story that a failure shows. It changes nothing.
   *
   * @param topic - one word to filter by, for example `vote`
   */
  log(topic: string, text: string): void;
}

/** Durations of a cluster. Every server of a cluster has the same. */
export interface Timing {
  /** Shortest time without a leader after which a follower may campaign, in milliseconds. Default 150. */
  readonly electionTimeoutMsMin: number;
  /** Longest time that a follower may draw before it campaigns, in milliseconds. Default 300. */
  readonly electionTimeoutMsMax: number;
  /** Time between two heartbeats of a leader, in milliseconds. Default 50. */
  readonly heartbeatMs: number;
  /** Time after which a request that will bring no reply resolves to `undefined`, in milliseconds. Default 50. */
  readonly rpcTimeoutMs: number;
}

/** Names a running timer. Its value means nothing. */
export type Timer = number & { readonly timer: unique symbol };

/**
 * A server's own clock and timers. Timers die with the incarnation. A timer that has fired or been cleared may be cleared
 * again.
 */
export interface Clock {
  /**
   * This server's time, in milliseconds with a fraction. Clocks of different servers need not agree, run equally fast, or
   * (after an operator's correction) run only forwards.
   */
  now(): number;

  /**
   * Calls `callback` once.
   *
   * @param delayMs - in milliseconds of this server's clock; less than 0 counts as 0
   * @throws {@link ContractError} when `delayMs` is not a finite number
   */
  setTimeout(callback: () => void | Promise<void>, delayMs: number): Timer;

  /**
   * Calls `callback` again and again until cleared.
   *
   * @param periodMs - in milliseconds of this server's clock
   * @throws {@link ContractError} when `periodMs` is not a finite number above 0
   */
  setInterval(callback: () => void | Promise<void>, periodMs: number): Timer;

  /** Stops a timer; with `undefined`, does nothing. */
  clear(timer: Timer | undefined): void;
}

/**
 * Requests to other servers, which may be lost, delayed, repeated and reordered. Each call returns a promise that never
 * rejects:
 *
 * - it resolves to the reply when one comes, however late: **any number of terms may have passed**, so check that the
 *   reply still matters;
 * - it resolves to `undefined` once no reply can come any more (the request or the reply was lost, the other server was
 *   down, or did not answer), never earlier than `timing.rpcTimeoutMs` after the sending. Whether the request was
 *   handled, `undefined` does not say;
 * - it stays pending while a message is only delayed, and for good when the other server never finishes its handler.
 *   Never wait for one server before doing something else.
 *
 * Calling oneself is allowed, and arrives like any other request.
 */
export interface Rpc {
  /** Sends RequestVote. @throws {@link ContractError} when `args` is malformed or `to` is no server of this world */
  requestVote(to: ServerId, args: RequestVoteArgs): Promise<RequestVoteReply | undefined>;
  /** Sends AppendEntries. @throws {@link ContractError} when `args` is malformed or `to` is no server of this world */
  appendEntries(to: ServerId, args: AppendEntriesArgs): Promise<AppendEntriesReply | undefined>;
  /** Sends InstallSnapshot (lab 4). @throws {@link ContractError} when `args` is malformed or `to` is no server of this world */
  installSnapshot(to: ServerId, args: InstallSnapshotArgs): Promise<InstallSnapshotReply | undefined>;
  /** Sends TimeoutNow (lab 5). @throws {@link ContractError} when `args` is malformed or `to` is no server of this world */
  timeoutNow(to: ServerId, args: TimeoutNowArgs): Promise<TimeoutNowReply | undefined>;
}

/**
 * A server's disk, used from lab 3 on. **Writes are buffered**: a crash keeps a prefix, possibly empty, of the writes that
 * no flush had made durable. `append` is one write for each entry; the hard state and a snapshot are each written whole or
 * not at all.
 *
 * Any call can throw {@link StorageError}; every later one then throws it too, until restart.
 */
export interface Storage {
  /**
   * What the disk holds, the buffered writes of this incarnation included. The arrays are fresh and belong to the caller;
   * the entries in them are frozen.
   */
  load(): StorageContents;

  /** Writes term and vote together. */
  saveHardState(state: HardState): void;

  /**
   * Writes entries. An entry at an index that exists replaces it and removes all after it.
   *
   * @throws {@link ContractError} when an entry has index 0, or leaves a gap behind the last one (or behind the index
   * given to `discardThrough`)
   */
  append(entries: readonly LogEntry[]): void;

  /** Removes the entry at `index` and all after it. Nothing happens when there is none. */
  truncateFrom(index: number): void;

  /** Writes a snapshot in place of the one before. It does not touch the log. */
  saveSnapshot(snapshot: Snapshot): void;

  /**
   * Removes the entries up to and including `index` (lab 4). Beyond the end, the log becomes empty and the next entry
   * appended must have `index + 1`.
   */
  discardThrough(index: number): void;

  /**
   * Makes all earlier writes durable before it returns. The server does nothing else for as long as the disk takes. Free
   * when there is nothing to flush.
   */
  flushSync(): void;

  /**
   * Makes the writes made before this call durable, while the server goes on with other things. Flushes come one behind
   * the other; calls with no write between them share one. **While it is awaited other requests, replies and timers run**:
   * check term and role again behind it, and count this server's own copy of an entry, or its own vote, only then.
   */
  flush(): Promise<void>;
}

/** What {@link Storage.load} returns. Before the first write: term 0, no vote, no entries, no snapshot. */
export interface StorageContents extends HardState {
  /** The log, in order; may begin at or below the snapshot's last index. */
  readonly entries: LogEntry[];
  /** The newest snapshot, if there is one. */
  readonly snapshot?: Snapshot;
}

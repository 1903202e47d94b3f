import type { Configuration, HardState, LogEntry, Snapshot, Storage } from '#contract';

/** What stands before the first entry, so that the entry before any other always has an index and a term. */
const NOTHING: LogEntry = { index: 0, term: 0, kind: 'noop' };

/**
 * The log, in memory and on disk, with the snapshot that replaces its beginning. Position 0 of the array is a sentinel:
 * it carries index and term of the last entry that the snapshot replaced, and it is never sent, stored or applied.
 *
 * Each change is written before the method returns. Flushing is left to the caller, who knows what depends on it.
 */
export class RaftLog {
  private readonly storage: Storage;
  private slots: LogEntry[] = [NOTHING];
  /** In force where neither the log nor a snapshot has a configuration. */
  private readonly bootstrap: Configuration;
  private newestSnapshot: Snapshot | undefined;
  private configurationInForce: Configuration;

  /** Makes an empty log; {@link load} fills it. */
  constructor(storage: Storage, bootstrap: Configuration) {
    this.storage = storage;
    this.bootstrap = bootstrap;
    this.configurationInForce = bootstrap;
  }

  /** Takes over what the disk holds. */
  load(): HardState {
    const { currentTerm, votedFor, entries, snapshot } = this.storage.load();
    if (snapshot === undefined) {
      this.slots = [NOTHING, ...entries];
    } else {
      this.newestSnapshot = snapshot;
      this.slots = [sentinelFor(snapshot), ...entries.filter((entry) => entry.index > snapshot.lastIncludedIndex)];
      // A crash between the snapshot and the discarding behind it left the disk's log where it was.
      this.storage.discardThrough(snapshot.lastIncludedIndex);
    }
    this.configurationInForce = this.configurationAt(this.lastIndex);
    return { currentTerm, votedFor };
  }

  /** Index of the last entry that the snapshot replaced; 0 without one. */
  get baseIndex(): number {
    return this.slots[0]!.index;
  }

  /** Index of the last entry, or of the snapshot; 0 when there is neither. */
  get lastIndex(): number {
    return this.baseIndex + this.slots.length - 1;
  }

  /** Term of the entry at {@link lastIndex}; 0 when that is 0. */
  get lastTerm(): number {
    return this.slots[this.slots.length - 1]!.term;
  }

  /** The newest snapshot, if there is one. */
  get snapshot(): Snapshot | undefined {
    return this.newestSnapshot;
  }

  /** The newest configuration in the log, committed or not, or else the snapshot's, or else the cluster's first. */
  get configuration(): Configuration {
    return this.configurationInForce;
  }

  /** Term of the entry at `index`; `undefined` where this server has none, or no longer has it. */
  termAt(index: number): number | undefined {
    return this.slots[index - this.baseIndex]?.term;
  }

  /** The entry at `index`, which must be behind the snapshot and not behind the end. */
  entryAt(index: number): LogEntry {
    return this.slots[index - this.baseIndex]!;
  }

  /** A copy of all entries from `index` on, which must be behind the snapshot. */
  tailFrom(index: number): LogEntry[] {
    return this.slots.slice(index - this.baseIndex);
  }

  /**
   * Whether the log agrees with a leader's up to this entry (Raft paper, section 5.3). What the snapshot replaced is
   * committed, so that every leader has it.
   */
  matches(index: number, term: number): boolean {
    return index < this.baseIndex || this.termAt(index) === term;
  }

  /**
   * Stores what is missing of a leader's entries. Only an entry of another term makes those from there on vanish: a
   * delayed request must not remove what a later one brought.
   *
   * @param entries - the first follows an entry that {@link matches}
   */
  merge(entries: readonly LogEntry[]): void {
    const missing = entries.findIndex(
      (entry) => entry.index > this.baseIndex && this.termAt(entry.index) !== entry.term,
    );
    if (missing >= 0) {
      this.store(entries.slice(missing));
    }
  }

  /** Writes entries, which follow each other, in place of whatever is at the first one's index and behind it. */
  store(entries: readonly LogEntry[]): void {
    const keptSlots = entries[0]!.index - this.baseIndex;
    const dropsSome = keptSlots < this.slots.length;
    this.storage.append(entries);
    this.slots.length = keptSlots;
    for (const entry of entries) {
      this.slots.push(entry);
      this.configurationInForce = entry.configuration ?? this.configurationInForce;
    }
    if (dropsSome) {
      this.configurationInForce = this.configurationAt(this.lastIndex);
    }
  }

  /** Replaces this server's own entries up to `index` by the state machine's bytes. */
  compact(index: number, data: string): void {
    const lastIncludedTerm = this.entryAt(index).term;
    this.adopt({ lastIncludedIndex: index, lastIncludedTerm, configuration: this.configurationAt(index), data });
  }

  /**
   * Replaces the beginning, or all, of the log by a leader's snapshot (Raft paper, Figure 13, steps 6 and 7). Entries
   * behind it stay if they continue the same history.
   */
  install(snapshot: Snapshot): void {
    const { lastIncludedIndex, lastIncludedTerm } = snapshot;
    if (lastIncludedIndex <= this.lastIndex && this.termAt(lastIncludedIndex) !== lastIncludedTerm) {
      // This comes first, so that no crash leaves the snapshot on disk before entries that do not continue it.
      this.storage.truncateFrom(lastIncludedIndex);
      this.slots.length = lastIncludedIndex - this.baseIndex;
    }
    this.adopt(snapshot);
  }

  /** Puts a snapshot before the entries behind it. It is written first: nothing may vanish before it is there. */
  private adopt(snapshot: Snapshot): void {
    const index = snapshot.lastIncludedIndex;
    this.storage.saveSnapshot(snapshot);
    this.storage.discardThrough(index);
    this.slots = [sentinelFor(snapshot), ...this.slots.slice(index + 1 - this.baseIndex)];
    this.newestSnapshot = snapshot;
    this.configurationInForce = this.configurationAt(this.lastIndex);
  }

  /** The newest configuration at or before `index`. */
  private configurationAt(index: number): Configuration {
    const changes = (entry: LogEntry) => entry.index <= index && entry.configuration !== undefined;
    return this.slots.findLast(changes)?.configuration ?? this.newestSnapshot?.configuration ?? this.bootstrap;
  }
}

function sentinelFor(snapshot: Snapshot): LogEntry {
  return { index: snapshot.lastIncludedIndex, term: snapshot.lastIncludedTerm, kind: 'noop' };
}

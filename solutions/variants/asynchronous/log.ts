import type { AppendEntriesReply, Configuration, LogEntry, Snapshot, StorageContents } from '#contract';
import type { Disk } from './disk.ts';

/**
 * Entries kept in front of a snapshot, so that a follower that is only a little behind still gets entries and not the
 * whole snapshot.
 */
const TRAILING_ENTRIES = 5;

interface ConfigurationAt {
  readonly index: number;
  readonly configuration: Configuration;
}

/** The log and its snapshot, in memory and (buffered) on disk. Nothing here waits for durability. */
export class Log {
  private readonly disk: Disk;
  private readonly entries = new Map<number, LogEntry>();
  /** The configurations in order; the first is that of the snapshot, or the bootstrap's. There is always one. */
  private configurations: ConfigurationAt[];
  /** Index of the first entry that is kept, or would be. */
  private first = 1;
  private last = 0;
  private newestSnapshot: Snapshot | undefined;

  constructor(disk: Disk, bootstrap: Configuration) {
    this.disk = disk;
    this.configurations = [{ index: 0, configuration: bootstrap }];
  }

  /** Index of the last entry, or of the snapshot when there is none behind it. */
  get lastIndex(): number {
    return this.last;
  }

  /** Term of what stands at `lastIndex`. */
  get lastTerm(): number {
    return this.termAt(this.last) ?? 0;
  }

  /** The newest snapshot, if there is one. */
  get snapshot(): Snapshot | undefined {
    return this.newestSnapshot;
  }

  /** Index of the last entry in the snapshot; 0 without one. */
  get snapshotIndex(): number {
    return this.newestSnapshot?.lastIncludedIndex ?? 0;
  }

  /** The configuration in force, committed or not. */
  get configuration(): Configuration {
    return this.configurations.at(-1)!.configuration;
  }

  /** Where the configuration in force stands; 0 for the one of the start. */
  get configurationIndex(): number {
    return this.configurations.at(-1)!.index;
  }

  /** The configuration before the one in force, as far as it is known. */
  get previousConfiguration(): Configuration | undefined {
    return this.configurations.at(-2)?.configuration;
  }

  /** Takes over what a restart found on disk, and mends what a crash in the middle of {@link Log.install} left there. */
  restore({ entries, snapshot }: StorageContents): void {
    if (snapshot !== undefined) {
      this.adopt(snapshot);
      const { lastIncludedIndex, lastIncludedTerm } = snapshot;
      const beginsBehind = entries[0]?.index === lastIncludedIndex + 1;
      const boundary = entries.find((entry) => entry.index === lastIncludedIndex);
      if (!beginsBehind && boundary?.term !== lastIncludedTerm) {
        this.restartBehind(lastIncludedIndex);
        return;
      }
    }
    this.first = entries[0]?.index ?? 1;
    this.last = this.first - 1;
    this.keep(entries);
  }

  /** The entry at `index`, if it is kept. */
  at(index: number): LogEntry | undefined {
    return this.entries.get(index);
  }

  /** Term at `index`; `undefined` when there is no such entry, or when it is compacted. */
  termAt(index: number): number | undefined {
    if (index === 0) return 0;
    if (index === this.snapshotIndex) return this.newestSnapshot?.lastIncludedTerm;
    return this.entries.get(index)?.term;
  }

  /** Whether AppendEntries can begin with the entry at `index` (or, at the end of the log, carry none). */
  reaches(index: number): boolean {
    return index >= this.first && this.termAt(index - 1) !== undefined;
  }

  /** At most `limit` entries from `index` on. */
  slice(index: number, limit: number): LogEntry[] {
    const end = Math.min(this.last, index + limit - 1);
    const entries: LogEntry[] = [];
    for (let i = index; i <= end; i += 1) entries.push(this.entries.get(i)!);
    return entries;
  }

  /** The consistency check. What the snapshot covers is committed, so a legitimate leader has the same there. */
  matches(prevLogIndex: number, prevLogTerm: number): boolean {
    return prevLogIndex <= this.snapshotIndex || this.termAt(prevLogIndex) === prevLogTerm;
  }

  /** Tells a leader whose consistency check failed at `index` where to try next (Raft paper, section 5.3). */
  conflictAt(index: number): Pick<AppendEntriesReply, 'conflictIndex' | 'conflictTerm'> {
    const conflictTerm = this.termAt(index);
    if (conflictTerm === undefined) return { conflictIndex: this.last + 1 };
    let conflictIndex = index;
    while (this.entries.get(conflictIndex - 1)?.term === conflictTerm) conflictIndex -= 1;
    return { conflictIndex, conflictTerm };
  }

  /** The last index at or below `index` whose entry has `term`, if there is one. */
  lastIndexOfTerm(term: number, index: number): number | undefined {
    let i = Math.min(index, this.last);
    // Terms never fall along the log.
    while ((this.termAt(i) ?? 0) > term) i -= 1;
    return this.termAt(i) === term ? i : undefined;
  }

  /** Adds entries at the end, or replaces everything from the first one's index on. */
  append(entries: readonly LogEntry[]): void {
    const from = entries[0]!.index;
    this.disk.append(entries);
    for (let i = from; i <= this.last; i += 1) this.entries.delete(i);
    this.configurations = this.configurations.filter(({ index }) => index < from);
    this.last = from - 1;
    this.keep(entries);
  }

  /**
   * Stores what a leader sent behind a successful consistency check. Only a conflict removes entries: this may be an old
   * message, and what stands behind it may have been acknowledged since.
   */
  store(entries: readonly LogEntry[]): void {
    const isNew = ({ index, term }: LogEntry) => index > this.snapshotIndex && this.termAt(index) !== term;
    const start = entries.findIndex(isNew);
    if (start >= 0) this.append(entries.slice(start));
  }

  /** Replaces the applied prefix up to `index` by a snapshot of it. */
  compact(index: number, data: string): void {
    const { configuration } = this.configurations.findLast((known) => known.index <= index)!;
    const snapshot = { lastIncludedIndex: index, lastIncludedTerm: this.termAt(index)!, configuration, data };
    this.disk.saveSnapshot(snapshot);
    this.adopt(snapshot);
    const through = index - TRAILING_ENTRIES;
    if (through < this.first) return;
    this.disk.discardThrough(through);
    for (; this.first <= through; this.first += 1) this.entries.delete(this.first);
  }

  /** Replaces the whole log by a leader's snapshot, behind which this log has nothing that could be right. */
  install(snapshot: Snapshot): void {
    // The snapshot comes first: whatever else a crash prevents, no committed entry is missing from the disk.
    this.disk.saveSnapshot(snapshot);
    this.adopt(snapshot);
    this.restartBehind(snapshot.lastIncludedIndex);
  }

  private adopt(snapshot: Snapshot): void {
    const { lastIncludedIndex: index, configuration } = snapshot;
    this.newestSnapshot = snapshot;
    this.configurations = [{ index, configuration }, ...this.configurations.filter((known) => known.index > index)];
  }

  private restartBehind(index: number): void {
    this.disk.restartLogBehind(index);
    this.entries.clear();
    this.configurations = this.configurations.slice(0, 1);
    this.first = index + 1;
    this.last = index;
  }

  private keep(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      this.entries.set(entry.index, entry);
      this.last = entry.index;
      if (entry.configuration !== undefined && entry.index > this.snapshotIndex) {
        this.configurations.push({ index: entry.index, configuration: entry.configuration });
      }
    }
  }
}

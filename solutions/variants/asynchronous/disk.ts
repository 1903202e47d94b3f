import type { HardState, LogEntry, Snapshot, Storage, StorageContents } from '#contract';

/**
 * The server's disk with group flushes: however many handlers wait for durability, one flush at a time runs, and the next
 * one covers everything that was written while it ran.
 */
export class Disk {
  private readonly storage: Storage;
  /** How many writes were made. */
  private written = 0;
  /** How many of them, counted from the first, are known to be durable. */
  private durable = 0;
  private running: Promise<void> | undefined;

  constructor(storage: Storage) {
    this.storage = storage;
  }

  /** Reads what survived. */
  load(): StorageContents {
    return this.storage.load();
  }

  /** Writes term and vote. */
  saveHardState(state: HardState): void {
    this.written += 1;
    this.storage.saveHardState(state);
  }

  /** Writes entries; those that they conflict with vanish, and all behind those. */
  append(entries: readonly LogEntry[]): void {
    this.written += 1;
    this.storage.append(entries);
  }

  /** Writes a snapshot. The log stays as it is. */
  saveSnapshot(snapshot: Snapshot): void {
    this.written += 1;
    this.storage.saveSnapshot(snapshot);
  }

  /** Drops the entries up to and including `index`. */
  discardThrough(index: number): void {
    this.written += 1;
    this.storage.discardThrough(index);
  }

  /** Empties the log, which then goes on at `index + 1`. No crash in between can leave entries behind `index`. */
  restartLogBehind(index: number): void {
    this.written += 2;
    this.storage.truncateFrom(index);
    this.storage.discardThrough(index);
  }

  /**
   * Waits until all writes made so far are durable. Other code runs meanwhile: check again what you knew.
   *
   * @throws StorageError when the disk fails, to every caller that waits
   */
  async sync(): Promise<void> {
    const wanted = this.written;
    while (this.durable < wanted) {
      // A flush that is already running may have started before the wanted writes, hence the loop.
      this.running ??= this.flush();
      await this.running;
    }
  }

  private async flush(): Promise<void> {
    const covered = this.written;
    await this.storage.flush();
    this.durable = covered;
    this.running = undefined;
  }
}

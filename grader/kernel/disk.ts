import { ContractError, type HardState, type LogEntry, type ServerId, type Snapshot, StorageError } from '#contract';
import { faultInEntry, faultInSnapshot, show } from './wire.ts';

/** One change of a disk. A crash keeps a prefix of the changes that were not flushed. */
export type Write =
  | { readonly kind: 'hardState'; readonly currentTerm: number; readonly votedFor: ServerId | null }
  | { readonly kind: 'append'; readonly entry: LogEntry }
  | { readonly kind: 'truncate'; readonly index: number }
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly kind: 'discard'; readonly index: number };

/** What a disk holds: once as a crash now would keep it at least, and once with the buffered writes. */
export class DiskContents implements HardState {
  currentTerm = 0;
  votedFor: ServerId | null = null;
  /** The log, in order and without a gap. */
  log: LogEntry[] = [];
  /** The index just before `log[0]`. */
  base = 0;
  /** Where `log` has entries that change the members, in order: asked after every step, and too seldom to look for each time. */
  configIndexes: number[] = [];
  snapshot: Snapshot | undefined;

  /** Index of the last entry; `base` when there is none. */
  get lastIndex(): number {
    return this.base + this.log.length;
  }

  /** @returns the entry at `index`, if it is in the log */
  entry(index: number): LogEntry | undefined {
    return this.log[index - this.base - 1];
  }

  /** Carries out one change. */
  apply(write: Write): void {
    switch (write.kind) {
      case 'hardState':
        this.currentTerm = write.currentTerm;
        this.votedFor = write.votedFor;
        return;
      case 'append':
        this.#truncate(write.entry.index);
        this.log.push(write.entry);
        if (write.entry.kind === 'config') this.configIndexes.push(write.entry.index);
        return;
      case 'truncate':
        this.#truncate(write.index);
        return;
      case 'snapshot':
        this.snapshot = write.snapshot;
        return;
      case 'discard':
        if (write.index <= this.base) return;
        this.log = this.log.slice(write.index - this.base);
        this.base = write.index;
        this.configIndexes = this.configIndexes.filter((index) => index > write.index);
    }
  }

  /** @returns an independent copy; entries are shared, as they are frozen */
  copy(): DiskContents {
    const copy = new DiskContents();
    copy.currentTerm = this.currentTerm;
    copy.votedFor = this.votedFor;
    copy.log = this.log.slice();
    copy.base = this.base;
    copy.configIndexes = this.configIndexes.slice();
    copy.snapshot = this.snapshot;
    return copy;
  }

  #truncate(index: number): void {
    if (index > this.lastIndex) return;
    this.log.length = Math.max(0, index - this.base - 1);
    while (this.configIndexes.length > 0 && this.configIndexes.at(-1)! >= index) this.configIndexes.pop();
  }
}

/**
 * A disk that really loses things: writes are buffered until a flush, and a crash keeps a prefix of those that were not
 * flushed. It outlives the incarnations of its server.
 */
export class Disk {
  /** What every crash keeps. */
  durable = new DiskContents();
  /** What the server sees: `durable` and the buffered writes. */
  view = new DiskContents();
  /** Writes since the last flush, oldest first. */
  readonly buffered: Write[] = [];
  /** When the disk will have finished what it was told to do, in microseconds. */
  freeAtUs = 0;
  /**
   * The failure that is to come, until the next crash: after so many further calls that succeed. In a write, as with a bad
   * block; or in a flush, when all the writes have been taken. `undefined`: none.
   */
  failure: { readonly kind: 'write' | 'flush'; readonly after: number } | undefined;
  /** Since the disk failed, every call fails until the server restarts. */
  failed = false;
  /** Writes that ever entered the buffer, for {@link makeDurable}. */
  #written = 0;
  #firstUnsettled = Number.POSITIVE_INFINITY;

  /** How many writes were ever buffered: the mark up to which a flush that starts now will reach. */
  get written(): number {
    return this.#written;
  }

  /** The lowest index of the log that a buffered write changes: below it, a crash changes nothing. Infinity when none does. */
  get firstUnsettled(): number {
    return this.#firstUnsettled;
  }

  /** Makes all writes up to a mark durable. @returns those that were not so before, oldest first */
  makeDurable(mark: number): readonly Write[] {
    const first = this.#written - this.buffered.length;
    const done = this.buffered.splice(0, Math.max(0, mark - first));
    for (const write of done) this.durable.apply(write);
    this.#firstUnsettled = Number.POSITIVE_INFINITY;
    for (const write of this.buffered) this.#unsettle(write);
    return done;
  }

  /** Loses all but `keep` of the buffered writes. */
  lose(keep: number): void {
    this.makeDurable(this.#written - this.buffered.length + keep);
    this.buffered.length = 0;
    this.#firstUnsettled = Number.POSITIVE_INFINITY;
    this.view = this.durable.copy();
    this.failure = undefined;
    this.failed = false;
    this.freeAtUs = 0;
  }

  /** @throws `StorageError` when the disk has failed */
  check(): void {
    if (this.failed) throw new StorageError('the disk has failed; only a restart helps');
  }

  /** A flush ends. @throws `StorageError` when the disk fails in it, or has failed before */
  checkFlush(): void {
    this.#wear('flush');
    this.check();
  }

  /** Buffers a hard state. */
  saveHardState(state: HardState): Write {
    if (typeof state !== 'object' || state === null)
      throw new ContractError(`saveHardState takes { currentTerm, votedFor }, not ${show(state)}`);
    const { currentTerm, votedFor } = state;
    if (!Number.isSafeInteger(currentTerm) || currentTerm < 0)
      throw new ContractError(
        `saveHardState: currentTerm must be a whole number of at least 0, not ${show(currentTerm)}`,
      );
    if (votedFor !== null && typeof votedFor !== 'string')
      throw new ContractError(`saveHardState: votedFor must be a server id or null, not ${show(votedFor)}`);
    return this.#write({ kind: 'hardState', currentTerm, votedFor });
  }

  /** Buffers entries, each as a write of its own. */
  append(entries: readonly LogEntry[]): readonly Write[] {
    if (!Array.isArray(entries)) throw new ContractError(`append takes an array of entries, not ${show(entries)}`);
    const writes: Write[] = [];
    for (const entry of entries) {
      const fault = faultInEntry(entry) ?? this.#faultInPlace(entry.index);
      if (fault !== undefined) throw new ContractError(`append: ${fault}`);
      writes.push(this.#write({ kind: 'append', entry }));
    }
    return writes;
  }

  /** Buffers a truncation; nothing when there is no such entry. */
  truncateFrom(index: number): Write | undefined {
    this.#checkIndex('truncateFrom', index);
    return index > this.view.lastIndex ? undefined : this.#write({ kind: 'truncate', index });
  }

  /** Buffers a snapshot. */
  saveSnapshot(snapshot: Snapshot): Write {
    const fault = faultInSnapshot(snapshot);
    if (fault !== undefined) throw new ContractError(`saveSnapshot: ${fault}`);
    return this.#write({ kind: 'snapshot', snapshot });
  }

  /** Buffers the removal of a prefix of the log; nothing when it is gone already. */
  discardThrough(index: number): Write | undefined {
    this.#checkIndex('discardThrough', index);
    return index <= this.view.base ? undefined : this.#write({ kind: 'discard', index });
  }

  #write(write: Write): Write {
    this.#wear('write');
    this.check();
    this.view.apply(write);
    this.buffered.push(write);
    this.#unsettle(write);
    this.#written++;
    return write;
  }

  /** One more call of that kind: perhaps the one in which the disk fails. */
  #wear(kind: 'write' | 'flush'): void {
    if (this.failure?.kind !== kind) return;
    const { after } = this.failure;
    this.failed ||= after <= 0;
    this.failure = after <= 0 ? undefined : { kind, after: after - 1 };
  }

  #unsettle(write: Write): void {
    const index = write.kind === 'append' ? write.entry.index : write.kind === 'truncate' ? write.index : undefined;
    if (index !== undefined) this.#firstUnsettled = Math.min(this.#firstUnsettled, index);
  }

  #faultInPlace(index: number): string | undefined {
    const { base, lastIndex } = this.view;
    if (index <= base) return `index ${index} was discarded (the log begins behind ${base})`;
    return index > lastIndex + 1
      ? `index ${index} leaves a gap: the last index on the disk is ${lastIndex}`
      : undefined;
  }

  #checkIndex(call: string, index: number): void {
    if (!Number.isSafeInteger(index) || index < 0)
      throw new ContractError(`${call} takes a whole number of at least 0, not ${show(index)}`);
    if (index === 0 && call === 'truncateFrom') throw new ContractError('truncateFrom(0): there is no entry 0');
  }
}

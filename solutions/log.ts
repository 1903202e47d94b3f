import type { AppendEntriesReply, LogEntry, Storage } from '#contract';
// until lab5
//| import { NotImplemented } from '#contract';
// end

/** Where a follower's log leaves its leader's, as a refusal reports it (Raft paper, end of section 5.3). */
export interface Conflict {
  /** The first index that the leader may try as `nextIndex`. */
  readonly conflictIndex: number;
  /** Term of the entry that stands at `prevLogIndex`; absent when none does. */
  readonly conflictTerm?: number;
}

/**
 * A server's log, in memory and (from lab 3) on disk. Every change is written to the storage in the same breath, but not
 * flushed: whoever makes a promise that rests on the log flushes first.
 *
 * Invariant: the entries held have the indexes `base.index + 1` to `lastIndex` without a gap, and their terms never fall.
 */
export class RaftLog {
  /**
   * The slot just before the first entry held: index 0 and term 0 until lab 4, then the last entry that was discarded. It
   * was committed, and so was everything before it.
   */
  base: { readonly index: number; readonly term: number } = { index: 0, term: 0 };
  /** The entry with index `i` stands at `i - base.index - 1`. Never handed out, since what is handed out gets frozen. */
  private entries: LogEntry[] = [];
  // solution lab5
  /** Those of the entries held that change the members, in order. */
  private configEntries: LogEntry[] = [];
  // end
  private readonly storage: Storage;

  constructor(storage: Storage) {
    this.storage = storage;
  }

  /** Index of the last entry, or of the base when no entry is held. */
  get lastIndex(): number {
    return this.base.index + this.entries.length;
  }

  /** Term of the last entry, or of the base when no entry is held. */
  get lastTerm(): number {
    return this.entries.at(-1)?.term ?? this.base.term;
  }

  /** The entry at `index`, if it is held. */
  at(index: number): LogEntry | undefined {
    return this.entries[index - this.base.index - 1];
  }

  /** Term of the entry at `index`, the base included; `undefined` when it is unknown, below or above. */
  termAt(index: number): number | undefined {
    return index === this.base.index ? this.base.term : this.at(index)?.term;
  }

  /**
   * The entries from `index` on, the first `count` of them, in an array of their own. A bound on `count` (64 is a good one)
   * keeps what is lost and sent again from growing with the log.
   */
  from(index: number, count: number): LogEntry[] {
    const start = index - this.base.index - 1;
    return this.entries.slice(start, start + count);
  }

  /** Adds entries behind the last one. */
  append(entries: readonly LogEntry[]): void {
    this.entries.push(...entries);
    // solution lab5
    this.configEntries.push(...entries.filter(({ kind }) => kind === 'config'));
    // end
    // solution lab3
    this.storage.append(entries);
    // end
  }

  /** Removes the entry at `index` and all after it. Only a follower's log ever shrinks like this. */
  truncateFrom(index: number): void {
    if (index > this.lastIndex) return;
    this.entries.length = index - this.base.index - 1;
    // solution lab5
    this.configEntries = this.configEntries.filter((entry) => entry.index < index);
    // end
    // solution lab3
    this.storage.truncateFrom(index);
    // end
  }

  // solution lab2
  /**
   * Whether a candidate's log is at least as up to date as this one, as an equal log is: the later last term wins, and with
   * equal terms the longer log (section 5.4.1).
   *
   * @param lastLogIndex - where the candidate's log ends
   * @param lastLogTerm - the term of its entry there; 0 when it has none
   */
  isUpToDate(lastLogIndex: number, lastLogTerm: number): boolean {
    if (lastLogTerm !== this.lastTerm) return lastLogTerm > this.lastTerm;
    return lastLogIndex >= this.lastIndex;
  }

  /**
   * The consistency check of AppendEntries: whether this log agrees with the leader's up to `index`, where the leader has
   * `term` (section 5.3). Below the base everything is committed, and all leaders agree on that.
   */
  matches(index: number, term: number): boolean {
    return index < this.base.index || this.termAt(index) === term;
  }

  /**
   * Takes over the leader's entries, behind a slot that {@link matches}. Only an entry that contradicts them goes, with all
   * that follow it: a delayed request may be shorter than the log and still be right (Figure 2, AppendEntries, 3 and 4).
   */
  merge(entries: readonly LogEntry[]): void {
    const firstNew = entries.findIndex((entry) => !this.matches(entry.index, entry.term));
    if (firstNew === -1) return;
    const added = entries.slice(firstNew);
    this.truncateFrom(added[0]!.index);
    this.append(added);
  }

  /**
   * What to tell a leader whose `prevLogIndex` does not match: the first index of the term that stands there, or, when
   * nothing stands there, the one behind this log's last.
   */
  conflictAt(prevLogIndex: number): Conflict {
    const conflictTerm = this.termAt(prevLogIndex);
    if (conflictTerm === undefined) return { conflictIndex: this.lastIndex + 1 };
    let conflictIndex = prevLogIndex;
    while (this.at(conflictIndex - 1)?.term === conflictTerm) conflictIndex -= 1;
    return { conflictIndex, conflictTerm };
  }

  /**
   * Where a leader tries next after a refusal: behind the last entry of the conflicting term, if this log has that, or else
   * at the `conflictIndex` (end of section 5.3).
   *
   * @param prevLogIndex - the one that was refused; the next `nextIndex` when the refusal explains nothing
   */
  nextIndexAfter(prevLogIndex: number, refusal: AppendEntriesReply): number {
    const { conflictIndex = prevLogIndex, conflictTerm } = refusal;
    const shared = conflictTerm === undefined ? undefined : this.lastIndexOfTerm(conflictTerm);
    return shared === undefined ? conflictIndex : shared + 1;
  }

  /** Index of the last slot of `term`, if this log knows one. */
  private lastIndexOfTerm(term: number): number | undefined {
    // Terms never fall along the log, so the search ends at the first that is not above.
    let index = this.lastIndex;
    while (index > this.base.index && this.termAt(index)! > term) index -= 1;
    return this.termAt(index) === term ? index : undefined;
  }
  // end

  // solution lab3
  /** Takes back what the disk holds, after a restart. */
  restore(entries: LogEntry[]): void {
    this.entries = entries;
    // solution lab4
    // Nobody wrote down the term below the first entry. The snapshot knows it, and `restart` brings that next.
    this.base = { index: (entries[0]?.index ?? 1) - 1, term: 0 };
    // end
    // solution lab5
    this.configEntries = entries.filter(({ kind }) => kind === 'config');
    // end
  }
  // end

  // solution lab4
  /**
   * Discards the entries up to and including `index`, which may lie beyond the end. What they did must be in a durable
   * snapshot.
   *
   * @param term - the term of the entry at `index`
   */
  discardThrough(index: number, term: number): void {
    this.entries = this.entries.slice(index - this.base.index);
    this.base = { index, term };
    // solution lab5
    this.configEntries = this.configEntries.filter((entry) => entry.index > index);
    // end
    this.storage.discardThrough(index);
  }

  /**
   * Makes the log begin behind a snapshot that ends with `index` and `term`. Entries behind a matching one stay: this
   * server may have acknowledged them (section 7). With any other entry there, or none, the whole log goes.
   */
  rebase(index: number, term: number): void {
    const keepsSuffix = index === this.base.index || this.termAt(index) === term;
    if (!keepsSuffix) this.truncateFrom(this.base.index + 1);
    this.discardThrough(index, term);
  }
  // end

  // solution lab5
  /** The newest entry at or before `index` that changes the members, if one is held. */
  configEntryAt(index: number): LogEntry | undefined {
    return this.configEntries.findLast((entry) => entry.index <= index);
  }
  // end
}

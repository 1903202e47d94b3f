import type { InstallSnapshotArgs } from '#contract';

/** Puts the parts of a leader's snapshot together. Messages may be repeated, reordered, or of another snapshot. */
export class IncomingSnapshot {
  /** Which snapshot of which leader the data belongs to. */
  private source = '';
  private collected = '';

  /** What has been collected. */
  get data(): string {
    return this.collected;
  }

  /**
   * Takes a part. A part that is there already does no harm.
   *
   * @returns `false` when there is a gap before the part: the leader must begin again
   */
  add({ term, lastIncludedIndex, lastIncludedTerm, offset, data }: InstallSnapshotArgs): boolean {
    // A term has one leader, and a leader one snapshot for each index, so this names the bytes.
    const source = `${term}:${lastIncludedIndex}:${lastIncludedTerm}`;
    if (source !== this.source) {
      if (offset !== 0) return false;
      this.source = source;
      this.collected = '';
    }
    if (offset > this.collected.length) return false;
    if (offset + data.length > this.collected.length) this.collected = this.collected.slice(0, offset) + data;
    return true;
  }

  /** Forgets everything. */
  clear(): void {
    this.source = '';
    this.collected = '';
  }
}

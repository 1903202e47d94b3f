import type { LogEntry } from '#contract';

/** What is known of one entry: its contents, and the term of the entry before it. */
export interface EntryRecord {
  readonly term: number;
  /** Term of the entry before; 0 before the first; `undefined` while unknown. */
  prevTerm: number | undefined;
  /** The entry, once it was seen whole. */
  entry: LogEntry | undefined;
  /** The step in which it was first seen. */
  readonly step: number;
}

/** Two sightings of the same index and term that do not agree. */
export interface Disagreement {
  readonly step: number;
  readonly what: string;
}

/**
 * Every entry that a run has shown, by index and term. By the Log Matching Property these two name an entry and all that
 * stands before it, whoever holds it.
 */
export class EntryBook {
  readonly #byIndex: EntryRecord[][] = [];

  /** Notes that an entry of `term` stands at `index`. @returns an earlier sighting that contradicts it */
  note(
    index: number,
    term: number,
    prevTerm: number | undefined,
    entry: LogEntry | undefined,
    step: number,
  ): Disagreement | undefined {
    const records = this.#byIndex[index] ?? [];
    const known = records.find((record) => record.term === term);
    if (known === undefined) {
      this.#byIndex[index] = records;
      records.push({ term, prevTerm, entry, step });
      return undefined;
    }
    if (entry !== undefined && known.entry !== entry) {
      if (known.entry !== undefined && !sameEntry(known.entry, entry))
        return { step: known.step, what: `${describeEntry(known.entry)} and ${describeEntry(entry)}` };
      known.entry = entry;
    }
    if (prevTerm === undefined || known.prevTerm === prevTerm) return undefined;
    if (known.prevTerm !== undefined)
      return {
        step: known.step,
        what: `entry ${index} of term ${term} behind an entry of term ${known.prevTerm} and behind one of term ${prevTerm}`,
      };
    known.prevTerm = prevTerm;
    return undefined;
  }

  /** @returns what is known of an entry */
  find(index: number, term: number): EntryRecord | undefined {
    return this.#byIndex[index]?.find((record) => record.term === term);
  }

  /**
   * @returns the term at `index` in every log that holds an entry of `term` at `fromIndex` (0 for index 0); `undefined` when the
   * chain between is not known
   */
  termBefore(fromIndex: number, term: number, index: number): number | undefined {
    if (fromIndex < index) return undefined;
    let at: number | undefined = term;
    for (let i = fromIndex; i > index && at !== undefined; i--) at = i === 0 ? 0 : this.find(i, at)?.prevTerm;
    return at;
  }
}

function sameEntry(a: LogEntry, b: LogEntry): boolean {
  return (
    a.kind === b.kind && a.command === b.command && JSON.stringify(a.configuration) === JSON.stringify(b.configuration)
  );
}

/** @returns an entry in a few words: `3:t2=x` */
export function describeEntry({ index, term, kind, command }: LogEntry): string {
  return `${index}:t${term}${command === undefined ? ` (${kind})` : `=${command}`}`;
}

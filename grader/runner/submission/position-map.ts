import { SourceMap } from 'node:module';
import type { SourceLocation } from './load-error.ts';

/** Looks up where a place of the bundle was in the student's source. */
export interface PositionMap {
  /**
   * @param line - of the bundle, from 1
   * @param column - of the bundle, from 0
   * @returns `undefined` when the place is not the student's (the bundler's own helpers)
   */
  locate(line: number, column: number): SourceLocation | undefined;
}

/** Texts that were put into a bundle: for each its line (from 1), its column before any insertion (from 0), its length. */
export type Insertions = readonly number[];

/**
 * Builds a lookup from a bundle's source map.
 *
 * @param json - a source map, version 3, of the bundle as it was before the insertions
 * @param insertions - ordered by line and column; positions given to `locate` count them
 */
export function createPositionMap(json: string, insertions: Insertions = []): PositionMap {
  const map = new SourceMap(JSON.parse(json));
  return {
    locate(line, column) {
      const entry = map.findEntry(line - 1, withoutInsertions(insertions, line, column));
      // On a line without mappings the search ends at a line before: that is not where the code comes from.
      if (!('originalSource' in entry) || entry.generatedLine !== line - 1) return undefined;
      // The bundler's entry point, which only passes `Raft` on, has a name that no file can have.
      if (entry.originalSource.startsWith('<')) return undefined;
      return { file: entry.originalSource, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
    },
  };
}

/** The column (from 0) that a place had before the insertions; for a place in one of them, that of what follows it. */
export function withoutInsertions(insertions: Insertions, line: number, column: number): number {
  let shift = 0;
  for (let i = firstOfLine(insertions, line); i < insertions.length && insertions[i] === line; i += 3) {
    const start = insertions[i + 1]!;
    const length = insertions[i + 2]!;
    if (column < start + shift) break;
    if (column < start + shift + length) return start;
    shift += length;
  }
  return column - shift;
}

/** Binary search for the first triple of a line, or of a later one. */
function firstOfLine(insertions: Insertions, line: number): number {
  let low = 0;
  let high = insertions.length / 3;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (insertions[middle * 3]! < line) low = middle + 1;
    else high = middle;
  }
  return low * 3;
}

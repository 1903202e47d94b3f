import type { RaftConstructor } from '#contract';
import type { Bundle } from '../../runner/submission/bundle.ts';

/** The tables of the bench, in the order in which they are made. */
export const TABLE_NAMES = ['speed', 'schedules', 'elections', 'recovery', 'headline'] as const;

/** A table's name, as in `only=recovery`. */
export type TableName = (typeof TABLE_NAMES)[number];

/** What the bench's process gets to do. */
export interface BenchJob {
  readonly tables: readonly TableName[];
  readonly subject: Bundle;
  /** Absent where there is no reference, as in a hand-out. */
  readonly before?: Bundle;
}

/** Gives the class for a server's next incarnation. */
export type Load = () => RaftConstructor;

/** Which Rafts are measured. */
export interface Rafts {
  /** The one that the bench is about: the reference, unless another was asked for. */
  readonly subject: Load;
  /** The reference as it stands before batching: lab 5's checkpoint. */
  readonly before?: Load;
}

/** What is printed of a measurement. */
export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  /** As many cells each as `head`. */
  readonly rows: readonly (readonly string[])[];
  /** Sentences below the table: under which conditions the figures hold, and what others claim. */
  readonly notes?: readonly string[];
}

/** @returns the table as text: the first column to the left, all others to the right, and a blank line behind it */
export function formatTable({ title, head, rows, notes = [] }: Table): string {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ')}`;
  const table = [head, widths.map((width) => '-'.repeat(width)), ...rows].map(line);
  return [title, '', ...table, '', ...notes, ...(notes.length > 0 ? [''] : []), ''].join('\n');
}

/** @returns the middle one of an odd number of figures */
export function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)]!;
}

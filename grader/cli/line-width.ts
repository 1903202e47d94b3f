import type { Surroundings } from './surroundings.ts';

/** No line can be told in less. */
const WIDTH_MIN = 20;

/** @returns the width for lines, in cells: the terminal's, or what `COLUMNS` says for a pipe; `undefined` when nobody knows */
export function lineWidth({
  environment,
  isTerminal,
  columns,
}: Pick<Surroundings, 'environment' | 'isTerminal' | 'columns'>): number | undefined {
  if (isTerminal) return columns;
  const asked = environment.COLUMNS ?? '';
  return /^\d{1,4}$/.test(asked) && Number(asked) >= WIDTH_MIN ? Number(asked) : undefined;
}

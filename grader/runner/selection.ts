import { UsageError } from './errors.ts';
import type { LabPlan, TestPlan } from './report.ts';

/** Which tests of the labs to run, and how often. */
export interface Selection {
  /** Only tests whose id or title contains it, in any case. */
  readonly only?: string;
  /** Only tests with these ids. */
  readonly tests?: readonly string[];
  /** Schedules of each test. Default: as many as the test says. */
  readonly runs?: number;
  /** Multiplies the schedules of each test. */
  readonly runsFactor?: number;
}

/**
 * Narrows plans. A lab of which no test is left is left out, and the points are those of the tests that are left.
 *
 * @throws {@link UsageError} when no test is left
 */
export function selectTests(labs: readonly LabPlan[], selection: Selection): LabPlan[] {
  const { only, tests: ids, runs, runsFactor = 1 } = selection;
  const wanted = only?.toLowerCase();
  const fits = ({ id, title, hidden }: TestPlan): boolean => {
    if (ids !== undefined && !ids.includes(id)) return false;
    // A hidden test's title is not known to whom it is hidden from.
    const text = hidden ? id : `${id} ${title}`;
    return wanted === undefined || text.toLowerCase().includes(wanted);
  };
  const selected = labs.map((lab): LabPlan => {
    const chosen = lab.tests.filter(fits).map((test) => ({ ...test, runs: (runs ?? test.runs) * runsFactor }));
    return { ...lab, tests: chosen, points: chosen.reduce((points, test) => points + test.points, 0) };
  });
  const left = selected.filter(({ tests }) => tests.length > 0);
  if (left.length === 0) {
    const searched = labs.map(({ id }) => id).join(', ') || 'no lab';
    const missing =
      only === undefined ? `is called ${ids?.join(' or ') ?? 'anything'}` : `has "${only}" in its id or title`;
    throw new UsageError(`no test ${missing}; searched: ${searched}`);
  }
  return left;
}

/**
 * Finds the test that somebody means: the one with this id, or the only one whose id has this in it.
 *
 * @returns its id; `undefined` when there is none
 * @throws {@link UsageError} when it may be several
 */
export function findTestId(word: string, ids: readonly string[]): string | undefined {
  if (ids.includes(word)) return word;
  const similar = ids.filter((id) => id.includes(word));
  if (similar.length > 1) throw new UsageError(`"${word}" may be ${similar.join(', ')}: write which`);
  return similar[0];
}

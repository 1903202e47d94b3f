import type { SeedTally, TestResult } from '#runner';
import { type Line, line } from './lines.ts';
import { cleanText, wrap } from './text.ts';

const INDENT = 2;
/** Enough to try some; the JSON report has all. */
const SEEDS_MAX = 12;

/** `97.3%`; rounded down, so that only a test without a failing seed has 100.0%. */
export function stabilityText({ passed, failed }: SeedTally): string {
  const permille = Math.floor((1000 * passed) / Math.max(1, passed + failed.length));
  return `${(permille / 10).toFixed(1)}%`;
}

/** The failing seeds of a test, by the rule that broke; the rule that broke most often comes first. */
function failingLines({ failed }: SeedTally, width: number, ascii: boolean): string[] {
  const seedsByRule = new Map<string, number[]>();
  for (const { seed, rule } of failed) seedsByRule.set(rule, [...(seedsByRule.get(rule) ?? []), seed]);
  const rules = [...seedsByRule].toSorted(([, one], [, other]) => other.length - one.length || one[0]! - other[0]!);
  return rules.flatMap(([rule, seeds]) => {
    const more = seeds.length > SEEDS_MAX ? ` and ${seeds.length - SEEDS_MAX} more` : '';
    const text = `${rule}: seed ${seeds.slice(0, SEEDS_MAX).join(' ')}${more}`;
    return wrap(cleanText(text, ascii), width, INDENT);
  });
}

/** How stable one test is; no lines unless all of its seeds were played. */
export function tallyLines({ tally, hidden }: TestResult, width: number, ascii: boolean): Line[] {
  if (tally === undefined) return [];
  const { passed, failed } = tally;
  const head = `stability: ${stabilityText(tally)}, ${passed} of ${passed + failed.length} seeds pass`;
  const rows = hidden ? [] : failingLines(tally, width - INDENT, ascii).map((row) => ' '.repeat(INDENT) + row);
  return [line(head, 'strong'), ...rows.map((row) => line(row))];
}

/** How stable the tests are, as a table: passes, runs, and failing seeds by rule. No lines unless all seeds were played. */
export function stabilityLines(tests: readonly TestResult[], width: number, ascii: boolean): Line[] {
  const counted = tests.flatMap((test) => (test.tally === undefined ? [] : [{ test, tally: test.tally }]));
  if (counted.length === 0) return [];
  const rows = counted.map(({ test, tally }) => {
    const runs = `${tally.passed}/${tally.passed + tally.failed.length}`;
    return { test, tally, share: stabilityText(tally), runs };
  });
  const [shareWidth, runsWidth] = [
    Math.max(...rows.map(({ share }) => share.length)),
    Math.max(...rows.map(({ runs }) => runs.length)),
  ];
  const indent = ' '.repeat(2 * INDENT);
  return [
    line('stability: the share of seeds that pass', 'strong'),
    ...rows.flatMap(({ test, tally, share, runs }) => [
      line(
        `  ${share.padStart(shareWidth)}  ${runs.padStart(runsWidth)}  ${test.id}`,
        tally.failed.length > 0 ? 'bad' : 'plain',
      ),
      ...(test.hidden ? [] : failingLines(tally, width - indent.length, ascii)).map((row) => line(indent + row)),
    ]),
  ];
}

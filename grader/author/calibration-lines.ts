import type { Calibration } from './calibrate.ts';
import type { Catch, MutantVerdict, Verdict } from './verdict.ts';

/** Widths of all columns but the last. */
const COLUMNS = [42, 7, 29, 29, 5];

/** The heads of a calibration's columns. A mutant and a variant have the same columns. */
export function headLine(): string {
  return row(['implementation', 'verdict', 'test', 'rule', 'seed'], 'runs');
}

/** One line about an implementation; for a false alarm a line more for each further test. */
export function verdictLines(verdict: Verdict): string[] {
  if (verdict.kind === 'mutant') return [mutantLine(verdict)];
  const { impl, runs, alarms } = verdict;
  if (alarms.length === 0) return [row([impl, 'passes', '', '', ''], `${runs}`)];
  return alarms.flatMap((alarm) => [
    row([impl, 'ALARM', slugOf(alarm), alarm.rule, `${alarm.seed}`], `${alarm.runs}`),
    `    ${alarm.message}`,
  ]);
}

/** How it went, in a few lines. */
export function closingLines({ mutants, variants, interrupted }: Calibration, wallMs: number): string[] {
  const survivors = mutants.filter(({ caught }) => !caught);
  const unnamed = mutants.filter(({ caught, named }) => caught && !named);
  const failing = variants.filter(({ alarms }) => alarms.length > 0);
  const runs = variants.reduce((total, variant) => total + variant.runs, 0);
  return [
    `${mutants.length - survivors.length} of ${mutants.length} mutants caught${listOf(survivors, 'not caught')}`,
    ...(unnamed.length === 0 ? [] : [`caught, but not by a rule that should name the bug: ${names(unnamed)}`]),
    `${variants.length - failing.length} of ${variants.length} correct Rafts pass, ${runs} runs${listOf(failing, 'false alarms')}`,
    `${interrupted ? 'interrupted after' : 'took'} ${Math.round(wallMs / 1_000)} s`,
  ];
}

/** How much a student has to read of a mutant's failure, and how long it takes to make that small. */
export function storyLines({ mutants }: Calibration): string[] {
  const stories = mutants.flatMap(({ story, impl }) => (story === undefined ? [] : [{ ...story, impl }]));
  if (stories.length === 0) return [];
  const byLength = stories.toSorted((a, b) => a.lines - b.lines);
  const byTime = stories.toSorted((a, b) => a.minimiseMs - b.minimiseMs);
  const [middle, last] = [Math.floor(stories.length / 2), stories.length - 1];
  return [
    `smallest stories: median ${byLength[middle]!.lines} lines, longest ${byLength[last]!.lines} (${byLength[last]!.impl})`,
    `minimising: median ${seconds(byTime[middle]!.minimiseMs)}, longest ${seconds(byTime[last]!.minimiseMs)} (${byTime[last]!.impl})`,
  ];
}

/** For each lab, the highest values of what the budgets limit, over all correct Rafts, and who reached them. */
export function budgetLines({ variants }: Calibration): string[] {
  const labs = [...new Set(variants.map(({ lab }) => lab))];
  return labs.flatMap((lab) => {
    const own = variants.filter((variant) => variant.lab === lab);
    const measures = [...new Set(own.flatMap(({ highest }) => Object.keys(highest)))].sort();
    return measures.map((measure) => {
      const value = Math.max(...own.map(({ highest }) => highest[measure] ?? 0));
      const { impl } = own.find(({ highest }) => highest[measure] === value)!;
      return `${lab} ${measure.padEnd(25)} at most ${value} (${impl}); three times that is ${3 * value}`;
    });
  });
}

/** For each test in which a server dies at one effect after the other: how many deaths the correct Rafts have survived. */
export function boundaryLines({ variants }: Calibration): string[] {
  const rows = variants.flatMap(({ impl, boundaries }) => {
    return boundaries.map(({ test, runs, deaths, passed }) => {
      return row([impl, passed ? 'passes' : 'FAILS', slugOf({ test }), `${deaths} deaths`, ''], `${runs}`);
    });
  });
  return rows.length === 0 ? [] : ['', 'a crash at every boundary between two effects', ...rows];
}

function mutantLine({ impl, caught, named, catches, tests, story }: MutantVerdict): string {
  const [first] = catches;
  if (!caught || first === undefined) return row([impl, 'LIVES', '', '', ''], `(0 of ${tests} tests)`);
  const cells = [impl, named ? 'caught' : 'caught?', slugOf(first), first.rule, `${first.seed}`] as const;
  const told = story === undefined ? '' : `, a story of ${story.lines} lines after ${seconds(story.minimiseMs)}`;
  return row(cells, `${first.runs} (${catches.length} of ${tests} tests)${told}`);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function row(cells: readonly string[], last: string): string {
  return [...cells.map((cell, i) => cell.padEnd(COLUMNS[i] ?? 0)), last].join(' ').trimEnd();
}

function slugOf({ test }: Pick<Catch, 'test'>): string {
  return test.slice(test.indexOf('/') + 1);
}

function listOf(verdicts: readonly Verdict[], what: string): string {
  return verdicts.length === 0 ? '' : `; ${what}: ${names(verdicts)}`;
}

function names(verdicts: readonly Verdict[]): string {
  return verdicts.map(({ impl }) => impl).join(', ');
}

import type { Grading, TestResult } from '#runner';

/** Whose verdict it is. */
interface Name {
  readonly lab: string;
  /** As in `impl=`. */
  readonly impl: string;
  readonly title: string;
}

/** One test that failed. */
export interface Catch {
  /** Its id. */
  readonly test: string;
  /** The rule that broke; for a test without a verdict its status. */
  readonly rule: string;
  readonly seed: number;
  /** Runs of this test up to the one that failed. */
  readonly runs: number;
  readonly message: string;
}

/** What became of a mutant. */
export interface MutantVerdict extends Name {
  readonly kind: 'mutant';
  readonly caught: boolean;
  /** A rule that was expected to name the bug did so, or none was expected. */
  readonly named: boolean;
  /** In the order of the tests; of one that was expected to name the bug first. */
  readonly catches: readonly Catch[];
  readonly tests: number;
  /** What a student would read of the first catch. Present when it was asked for. */
  readonly story?: StoryFigures;
}

/** How much there is to read of a failure, once it is as small as can be. */
export interface StoryFigures {
  /** Lines of the story. */
  readonly lines: number;
  /** Real time that minimising took, in milliseconds. */
  readonly minimiseMs: number;
}

/** What became of a correct Raft. */
export interface VariantVerdict extends Name {
  readonly kind: 'variant';
  /** Of all tests together. */
  readonly runs: number;
  /** Tests that failed, each at its first failing seed. */
  readonly alarms: readonly Catch[];
  /** The highest values that the budgets limit, by name. */
  readonly highest: Readonly<Record<string, number>>;
  /** Of tests in which a server dies at one effect after the other: how many such deaths there were. */
  readonly boundaries: readonly Boundaries[];
}

/** Boundaries between two effects at which a test has let a server die, in all runs together. */
export interface Boundaries {
  /** Its id. */
  readonly test: string;
  readonly runs: number;
  readonly deaths: number;
  readonly passed: boolean;
}

/** What a calibration finds about one implementation. */
export type Verdict = MutantVerdict | VariantVerdict;

export function toMutantVerdict(name: Name, expected: readonly string[] | undefined, grading: Grading): MutantVerdict {
  const tests = testsOf(grading);
  const found = tests.filter(({ status }) => status === 'failed').map(toCatch);
  const isExpected = ({ rule }: Catch): boolean => expected?.includes(rule) ?? true;
  const catches = [...found.filter(isExpected), ...found.filter((each) => !isExpected(each))];
  const named = catches.some(isExpected);
  return { kind: 'mutant', ...name, caught: catches.length > 0, named, catches, tests: tests.length };
}

/** @param minimiseMs - see {@link StoryFigures} */
export function toStoryFigures(grading: Grading, minimiseMs: number): StoryFigures | undefined {
  const failure = testsOf(grading).find((test) => test.failure !== undefined)?.failure;
  return failure && { lines: (failure.smallest?.failure ?? failure).story.length, minimiseMs };
}

/** @param slowIn - ids of tests whose limits of speed it may miss */
export function toVariantVerdict(name: Name, grading: Grading, slowIn: readonly string[] = []): VariantVerdict {
  const tests = testsOf(grading);
  const runs = tests.reduce((total, { runsDone }) => total + runsDone, 0);
  const isForgiven = ({ id, failure }: TestResult): boolean => failure?.kind === 'budget' && slowIn.includes(id);
  const alarms = tests.filter((test) => test.status !== 'passed' && !isForgiven(test)).map(toCatch);
  const boundaries = tests
    .filter(({ reached }) => reached.boundaries !== undefined)
    .map(({ id, runsDone, reached, status }) => {
      return { test: id, runs: runsDone, deaths: reached.boundaries!, passed: status === 'passed' };
    });
  return { kind: 'variant', ...name, runs, alarms, highest: highestOf(tests), boundaries };
}

function testsOf({ labs }: Grading): readonly TestResult[] {
  return labs.flatMap(({ tests }) => tests);
}

function toCatch({ id, status, failure, note, runsDone }: TestResult): Catch {
  const { rule = status, seed = 0, message = note ?? '' } = failure ?? {};
  return { test: id, rule, seed, runs: runsDone, message };
}

function highestOf(tests: readonly TestResult[]): Record<string, number> {
  const highest: Record<string, number> = {};
  for (const [name, value] of tests.flatMap(({ reached }) => Object.entries(reached))) {
    if (name.startsWith('max:'))
      highest[name.slice('max:'.length)] = Math.max(highest[name.slice('max:'.length)] ?? 0, value);
  }
  return highest;
}

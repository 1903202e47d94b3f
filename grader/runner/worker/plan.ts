import type { LabDefinition, TestDefinition, TestKind } from '#scenario';
import type { LabPlan, TestPlan } from '../report.ts';

/** A lab's modules, as the bundle's entry hands them over; nothing is known of what they export. */
export interface LabModules {
  readonly id: string;
  /** Path for people. */
  readonly file: string;
  readonly module: { readonly lab?: unknown };
  readonly suites: readonly SuiteModule[];
}

interface SuiteModule {
  readonly file: string;
  readonly own: boolean;
  readonly module: { readonly tests?: unknown };
}

/** A lab that has been checked, its tests in order and by slug. */
export interface LoadedLab {
  readonly definition: LabDefinition;
  readonly tests: ReadonlyMap<string, TestDefinition>;
  readonly plan: LabPlan;
}

/** A lab or a suite is not as it should be. Its message is one sentence with the file. */
export class BrokenSuite extends Error {
  override readonly name = 'BrokenSuite';
}

const KINDS: readonly TestKind[] = ['rule', 'scenario', 'adversary'];

/**
 * Checks what a lab's files export and puts its tests in order: by kind, file and place in the file. The lab's own suites
 * come before others of the same kind.
 *
 * @throws {@link BrokenSuite}
 */
export function loadLab({ id, file, module, suites }: LabModules): LoadedLab {
  const definition = module.lab as LabDefinition | undefined;
  if (definition === undefined) throw new BrokenSuite(`${file} does not export its LabDefinition as lab`);
  if (definition.id !== id)
    throw new BrokenSuite(`${file} says that its id is ${definition.id}, but its folder is ${id}`);
  const files = new Map<string, string>();
  const tests: { test: TestDefinition; own: boolean }[] = [];
  for (const suite of suites) {
    for (const test of checkTests(suite)) {
      const other = files.get(test.slug);
      if (other !== undefined) {
        throw new BrokenSuite(`${suite.file}: the slug ${test.slug} is taken in ${id} already, in ${other}`);
      }
      files.set(test.slug, suite.file);
      tests.push({ test, own: suite.own });
    }
  }
  const points = sum(tests.filter(({ own }) => own).map(({ test }) => test.points));
  if (points !== definition.points) {
    throw new BrokenSuite(`${file} promises ${definition.points} points, but the tests of ${id} add up to ${points}`);
  }
  // The sort is stable, so files and places keep their order.
  const ordered = tests.map(({ test }) => test).sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
  const plans = ordered.map((test) => planOf(id, test));
  const { title, paper } = definition;
  const plan: LabPlan = { id, title, paper, points: sum(plans.map((test) => test.points)), tests: plans };
  return { definition, tests: new Map(ordered.map((test) => [test.slug, test])), plan };
}

function checkTests({ file, module }: SuiteModule): readonly TestDefinition[] {
  const { tests } = module;
  if (!Array.isArray(tests)) throw new BrokenSuite(`${file} does not export an array of TestDefinition as tests`);
  for (const [place, test] of tests.entries()) {
    const fault = faultIn(test);
    if (fault !== undefined) throw new BrokenSuite(`${file}: test ${place + 1} ${fault}`);
  }
  return tests;
}

/** Suites come from people, and not all of them run the compiler. */
function faultIn(test: Partial<TestDefinition> | null): string | undefined {
  if (typeof test !== 'object' || test === null) return 'is not a TestDefinition';
  const { slug, title, kind, points, paper, sentence, runs, run } = test;
  if (typeof slug !== 'string' || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug)) return 'needs a slug in kebab-case';
  if (kind === undefined || !KINDS.includes(kind)) return `(${slug}) needs a kind: ${KINDS.join(', ')}`;
  for (const [name, text] of Object.entries({ title, paper, sentence })) {
    if (typeof text !== 'string' || text === '') return `(${slug}) needs a ${name}`;
  }
  if (typeof points !== 'number' || !(points >= 0)) return `(${slug}) needs points, 0 or more`;
  if (!Number.isInteger(runs) || runs! < 1) return `(${slug}) needs runs, 1 or more`;
  if (typeof run !== 'function') return `(${slug}) needs a function run`;
  return undefined;
}

function planOf(lab: string, test: TestDefinition): TestPlan {
  const { slug, title, kind, points, paper, runs, visibility } = test;
  return { id: `${lab}/${slug}`, title, kind, points, paper, runs, hidden: visibility === 'hidden' };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

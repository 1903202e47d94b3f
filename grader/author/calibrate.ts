import { type GradeOptions, type Grading, grade, KitError, LoadError, UsageError } from '#runner';
import { hashOfGrader, hashOfImplementation } from './calibration-hash.ts';
import { CalibrationState } from './calibration-state.ts';
import { listLabsWithMutants, listMutants, listVariants } from './catalogue.ts';
import type { Mutant, Variant } from './edits.ts';
import { generateImplementation } from './implementations.ts';
import {
  type MutantVerdict,
  type StoryFigures,
  toMutantVerdict,
  toStoryFigures,
  toVariantVerdict,
  type VariantVerdict,
  type Verdict,
} from './verdict.ts';

/** What to calibrate, and how. */
export interface CalibrateOptions {
  /** Ids; none means all that have mutants. */
  readonly labs: readonly string[];
  /** Schedules of each test for variants. Mutants get the default grading, as a student would. */
  readonly runs: number;
  /** Only mutants and variants that have this in their name. */
  readonly only?: string;
  /** Only tests that have this in their id or title. */
  readonly test?: string;
  /** Forget what earlier calibrations have found. */
  readonly fresh: boolean;
  /** Where what is found is kept, so that an interrupted calibration goes on where it was. */
  readonly stateFile: string;
  readonly jobs?: number;
  readonly signal: AbortSignal;
  /** Also make each mutant's failure as small as can be, as a student would get it, and measure that. */
  readonly stories: boolean;
  readonly onVerdict: (verdict: Verdict) => void;
}

/** What a calibration has found, in the order of the lists. */
export interface Calibration {
  readonly mutants: readonly MutantVerdict[];
  readonly variants: readonly VariantVerdict[];
  /** The user ended it: the rest is missing. */
  readonly interrupted: boolean;
}

/** One grading to be made. */
interface Subject {
  readonly lab: string;
  /** As in `impl=`. */
  readonly impl: string;
  readonly title: string;
  /** Absent for what must pass. */
  readonly mutant?: Mutant;
  /** See {@link Variant}. */
  readonly slowIn?: Variant['slowIn'];
}

/**
 * Grades the grader: each mutant of a lab must fail, and the reference, its checkpoint and each variant must pass.
 *
 * @throws {@link UsageError} when nothing fits; {@link KitError} when a test of the kit is at fault
 */
export async function calibrate(options: CalibrateOptions): Promise<Calibration> {
  const { onVerdict, signal, runs } = options;
  const subjects = await chooseSubjects(options);
  const state = await CalibrationState.open(options.stateFile, options.fresh);
  const verdicts: Verdict[] = [];
  for (const subject of subjects) {
    if (signal.aborted) break;
    const expected = subject.mutant?.expect ?? subject.slowIn ?? [];
    const hash = [await hashOfGrader(subject.lab), await hashOfImplementation(subject.impl), ...expected].join(' ');
    const manner = subject.mutant === undefined ? [runs] : options.stories ? ['stories'] : [];
    const part = options.test === undefined ? [] : [`test=${options.test}`];
    const key = [subject.lab, subject.impl, ...manner, ...part].join(' ');
    let verdict = state.find(key, hash);
    if (verdict === undefined) {
      verdict = await judge(subject, options);
      if (verdict === undefined) break;
      await state.save(key, hash, verdict);
    }
    verdicts.push(verdict);
    onVerdict(verdict);
  }
  return {
    mutants: verdicts.filter((verdict) => verdict.kind === 'mutant'),
    variants: verdicts.filter((verdict) => verdict.kind === 'variant'),
    interrupted: signal.aborted,
  };
}

/** Whether the grader is as it should be: nothing wrong passes, nothing right fails. */
export function isCalibrated({ mutants, variants, interrupted }: Calibration): boolean {
  return !interrupted && mutants.every(({ caught }) => caught) && variants.every(({ alarms }) => alarms.length === 0);
}

async function chooseSubjects({ labs, only = '' }: CalibrateOptions): Promise<Subject[]> {
  const known = await listLabsWithMutants();
  const unknown = labs.find((lab) => !known.includes(lab));
  if (unknown !== undefined)
    throw new UsageError(`there are no mutants for "${unknown}": there are some for ${known.join(', ')}`);
  const all = await Promise.all((labs.length === 0 ? known : labs).map(listSubjects));
  const chosen = all.flat().filter(({ impl }) => impl.includes(only));
  if (chosen.length === 0) throw new UsageError(`no mutant and no variant has "${only}" in its name`);
  return chosen;
}

async function listSubjects(lab: string): Promise<Subject[]> {
  const number = Number(lab.slice('lab'.length));
  const mutants = (await listMutants(lab)).map((mutant) => {
    return { lab, impl: `mutant:${lab}/${mutant.slug}`, title: mutant.title, mutant };
  });
  const variants = (await listVariants()).filter(({ labs }) => labs.includes(number));
  return [
    ...mutants,
    { lab, impl: 'solutions', title: 'the reference' },
    { lab, impl: `checkpoint:${number}`, title: `the reference at the end of ${lab}` },
    ...variants.map(({ slug, title, slowIn }) => ({ lab, impl: `variant:${slug}`, title, ...(slowIn && { slowIn }) })),
  ];
}

/** @returns `undefined` when the user has ended it */
async function judge(subject: Subject, options: CalibrateOptions): Promise<Verdict | undefined> {
  const { lab, impl, title, mutant, slowIn } = subject;
  const grading = await tryToGrade({
    ...manner(subject, options),
    ...(mutant === undefined && { runs: options.runs }),
  });
  if (grading === undefined) return undefined;
  refuseKitErrors(grading);
  const name = { lab, impl, title };
  if (mutant === undefined) return toVariantVerdict(name, grading, slowIn);
  const verdict = toMutantVerdict(name, mutant.expect, grading);
  const story = options.stories ? await measureStory(subject, verdict, options) : undefined;
  return options.signal.aborted ? undefined : { ...verdict, ...(story && { story }) };
}

/** Grades the test that a student would look at, once more, and this time lets the failure be made smaller. */
async function measureStory(
  subject: Subject,
  { catches: [first] }: MutantVerdict,
  options: CalibrateOptions,
): Promise<StoryFigures | undefined> {
  if (first === undefined) return undefined;
  let beganMs: number | undefined;
  let minimiseMs = 0;
  const grading = await tryToGrade({
    ...manner(subject, options),
    tests: [first.test],
    minimise: true,
    onEvent(event) {
      if (event.type === 'test-minimising') beganMs ??= performance.now();
      if (event.type === 'test-finished' && beganMs !== undefined) minimiseMs = performance.now() - beganMs;
    },
  });
  return grading && toStoryFigures(grading, minimiseMs);
}

/** How all of a calibration is graded. */
function manner({ lab, impl }: Subject, { jobs, signal, test }: CalibrateOptions): GradeOptions {
  return {
    labs: [lab],
    impl,
    generate: generateImplementation,
    typeCheck: false,
    // One of its own, as a grading leaves listeners on it.
    signal: AbortSignal.any([signal]),
    ...(jobs !== undefined && { jobs }),
    ...(test !== undefined && { only: test }),
  };
}

async function tryToGrade(options: GradeOptions): Promise<Grading | undefined> {
  try {
    const grading = await grade(options);
    return grading.interrupted ? undefined : grading;
  } catch (error) {
    if (options.signal?.aborted) return undefined;
    // Nobody but the kit's authors writes these, whatever is wrong with them.
    if (error instanceof LoadError)
      throw new KitError(`${options.impl} does not load: ${error.message}`, { cause: error });
    throw error;
  }
}

function refuseKitErrors({ impl, labs }: Grading): void {
  for (const { id, status, note } of labs.flatMap(({ tests }) => tests)) {
    if (status === 'kit-error') throw new KitError(`${id} with ${impl}: ${note}`);
  }
}

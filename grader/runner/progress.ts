import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { LabPlan, TestResult, TestStatus } from './report.ts';
import { displayPath } from './worker/bundle.ts';

/** The best score of one implementation in one lab. */
export interface BestScore {
  readonly earned: number;
  readonly points: number;
  /** Of the submission that had it first. */
  readonly sha256: string;
  /** The first seed of that grading. */
  readonly seed: number;
}

/** How far one implementation has come in one lab, over all gradings. It is for people; no verdict depends on it. */
export interface LabProgress {
  readonly lab: string;
  /** As it is asked for; a folder as its path. */
  readonly impl: string;
  /** Of whole gradings: every test of the lab, with no fewer schedules than it has. Absent before the first. */
  readonly best?: BestScore;
  /** The latest verdict of each test, by id; perhaps of earlier code. */
  readonly tests: Readonly<Record<string, TestStatus>>;
}

/** What there is to say when a grading has been noted down. */
export interface ProgressNotes {
  /** Of the labs that were graded. */
  readonly labs?: readonly LabProgress[];
  /** One sentence, when what was known cannot be read. */
  readonly problem?: string;
}

interface Progress {
  readonly version: 1;
  readonly labs: readonly LabProgress[];
}

const FILE = 'progress.json';
const NOTHING: Progress = { version: 1, labs: [] };

/** Whose progress it is. */
export interface Graded {
  readonly impl: string;
  /** Absolute path. */
  readonly folder: string;
  readonly sha256: string;
  readonly seed: number;
}

/**
 * Adds a grading to what is known. What was known and cannot be read is given up, with a sentence that says so; a folder that
 * cannot be written costs the progress.
 *
 * @param memory - `.raftlab` of the project
 * @param plans - the whole labs
 */
export async function recordProgress(
  memory: string,
  graded: Graded,
  plans: readonly LabPlan[],
  results: readonly TestResult[],
): Promise<ProgressNotes> {
  const { progress, problem } = await readProgressFile(memory);
  const impl = nameOf(graded);
  const labs = plans.flatMap((plan): LabProgress[] => {
    const own = results.filter((result) => plan.tests.some(({ id }) => id === result.id));
    const verdicts = own.filter(({ status }) => status !== 'not-run');
    if (verdicts.length === 0) return [];
    const known = progress.labs.find((each) => each.lab === plan.id && each.impl === impl);
    const best = bestOf(plan, own, graded, known?.best);
    const latest = Object.fromEntries(verdicts.map(({ id, status }) => [id, status]));
    const all = { ...known?.tests, ...latest };
    // A test that the lab has no more is forgotten.
    const tests = Object.fromEntries(plan.tests.flatMap(({ id }) => (all[id] === undefined ? [] : [[id, all[id]]])));
    return [{ lab: plan.id, impl, ...(best && { best }), tests }];
  });
  const others = progress.labs.filter((each) => !labs.some(({ lab }) => each.lab === lab && each.impl === impl));
  await writeProgress(memory, { version: 1, labs: [...others, ...labs] }).catch(() => undefined);
  return { labs, ...(problem !== undefined && { problem }) };
}

/** What is known of an implementation, by lab. */
export async function recallProgress(
  memory: string,
  graded: Pick<Graded, 'impl' | 'folder'>,
): Promise<readonly LabProgress[]> {
  const { progress } = await readProgressFile(memory);
  return progress.labs.filter((each) => each.impl === nameOf(graded));
}

/** There is something to mend, not only something to write. */
export function isInNeed(status: TestStatus | undefined): boolean {
  return status === 'failed' || status === 'unknown';
}

/** Folders that the kit knows by a name have it; another is known by where it is, from wherever it was asked for. */
function nameOf({ impl, folder }: Pick<Graded, 'impl' | 'folder'>): string {
  return /^(skeleton|solutions|\w+:.*)$/.test(impl) ? impl : displayPath(folder);
}

function bestOf(
  plan: LabPlan,
  own: readonly TestResult[],
  { sha256, seed }: Graded,
  known: BestScore | undefined,
): BestScore | undefined {
  const runs = new Map(plan.tests.map((test) => [test.id, test.runs]));
  const isWhole = own.length === plan.tests.length && own.every((test) => test.runs >= runs.get(test.id)!);
  const earned = own.reduce((sum, test) => sum + test.earned, 0);
  // With other points, the lab is another one than it was.
  const comparable = known?.points === plan.points ? known : undefined;
  if (!isWhole || (comparable !== undefined && comparable.earned >= earned)) return comparable;
  return { earned, points: plan.points, sha256, seed };
}

async function readProgressFile(memory: string): Promise<{ progress: Progress; problem?: string }> {
  const file = path.join(memory, FILE);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return { progress: NOTHING };
  try {
    const progress = JSON.parse(text) as Progress;
    if (progress.version === 1 && progress.labs.every(isLabProgress)) return { progress };
  } catch {
    // Told below: what does not parse is no better than what has another form.
  }
  return { progress: NOTHING, problem: `${displayPath(file)} cannot be read, so your best score starts anew` };
}

function isLabProgress(value: LabProgress): boolean {
  const { lab, impl, best, tests } = value;
  const scored = best === undefined || (Number.isFinite(best.earned) && Number.isFinite(best.points));
  return typeof lab === 'string' && typeof impl === 'string' && typeof tests === 'object' && tests !== null && scored;
}

/** In one step, so that two gradings at the same time do not leave half a file. */
async function writeProgress(memory: string, progress: Progress): Promise<void> {
  await mkdir(memory, { recursive: true });
  const draft = path.join(memory, `${FILE}.${process.pid}`);
  await writeFile(draft, `${JSON.stringify(progress, null, 2)}\n`);
  await rename(draft, path.join(memory, FILE));
}

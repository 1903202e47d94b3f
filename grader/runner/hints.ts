import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from './errors.ts';
import { KIT_ROOT } from './kit.ts';
import { recallGrading } from './memory.ts';
import { recallProgress } from './progress.ts';

/** One rung of a test's ladder of hints. */
export interface Hint {
  /** Lab and slug. */
  readonly test: string;
  /** From 1. */
  readonly number: number;
  /** Hints of this test. */
  readonly total: number;
  /** Markdown. */
  readonly text: string;
}

/** A hint that is asked for. */
export interface HintRequest {
  /** Folder with `labs`. Default: the kit's own. */
  readonly root?: string;
  /** Folder, usually `.raftlab`, in which it is noted down how many hints of a test have been shown. */
  readonly memory: string;
  /** Lab and slug. */
  readonly test: string;
  /** `next`: one that has not been shown, or the last. `again`: the one shown last, or the first. `all`: the whole ladder. */
  readonly which: 'next' | 'again' | 'all';
}

const FILE = 'hints.json';

/** How many hints of each test have been shown, by id. */
type Shown = Readonly<Record<string, number>>;

/**
 * Shows a hint and remembers that it did.
 *
 * @returns one hint, or all; none when the lab has no hints for the test
 * @throws {@link UsageError} when there is no such lab
 */
export async function revealHints({ root = KIT_ROOT, memory, test, which }: HintRequest): Promise<readonly Hint[]> {
  const ladder = await readLadder(root, test);
  if (ladder.length === 0) return [];
  const shown = await readShown(memory);
  const before = Math.min(shown[test] ?? 0, ladder.length);
  const last = { next: Math.min(before + 1, ladder.length), again: Math.max(before, 1), all: ladder.length }[which];
  if (last > before) await writeShown(memory, { ...shown, [test]: last }).catch(() => undefined);
  return which === 'all' ? ladder : [ladder[last - 1]!];
}

/** Ids of the labs, sorted. */
export async function listLabs(root: string): Promise<readonly string[]> {
  return (await namesIn(path.join(root, 'labs'))).filter((name) => /^lab\d+$/.test(name));
}

/**
 * The tests of a lab that have hints.
 *
 * @returns ids, sorted
 * @throws {@link UsageError} when there is no such lab
 */
export async function listHints(root: string, lab: string): Promise<readonly string[]> {
  const labs = await listLabs(root);
  if (!labs.includes(lab)) throw new UsageError(`there is no lab "${lab}": there are ${labs.join(', ')}`);
  return testsWithHints(root, lab);
}

async function testsWithHints(root: string, lab: string): Promise<readonly string[]> {
  const files = (await namesIn(path.join(root, 'labs', lab, 'hints'))).filter((name) => name.endsWith('.md'));
  return files.map((name) => `${lab}/${name.slice(0, -'.md'.length)}`);
}

/**
 * The test that a hint is most likely wanted for: the first that failed in the last grading, or else the first test of the
 * skeleton that still waits for code.
 *
 * @param lab - absent for any
 * @returns its id; `undefined` when no grading has found one
 * @throws {@link UsageError} when there is no such lab
 */
export async function findTestInNeed(root: string, memory: string, lab?: string): Promise<string | undefined> {
  if (lab !== undefined) await listHints(root, lab);
  const last = await recallGrading(memory);
  const progress = await recallProgress(memory, { impl: 'skeleton', folder: '' });
  const waiting = progress
    .toSorted((a, b) => a.lab.localeCompare(b.lab, 'en', { numeric: true }))
    .flatMap(({ tests }) => Object.keys(tests).filter((id) => tests[id] === 'not-started'));
  for (const id of [...(last?.failures ?? []).map((failure) => failure.id), ...waiting]) {
    const [its] = id.split('/') as [string];
    // Tests that came from elsewhere, and hidden ones, have no hints.
    if ((lab === undefined || its === lab) && (await testsWithHints(root, its)).includes(id)) return id;
  }
  return undefined;
}

/** A file holds a test's hints under `## 1`, `## 2`, `## 3`. */
async function readLadder(root: string, test: string): Promise<readonly Hint[]> {
  const [lab = ''] = test.split('/');
  if (!(await listHints(root, lab)).includes(test)) return [];
  const [, slug] = test.split('/') as [string, string];
  const text = await readFile(path.join(root, 'labs', lab, 'hints', `${slug}.md`), 'utf8');
  const hints = text.split(/^## \d+\s*$/m).slice(1);
  return hints.map((hint, i) => ({ test, number: i + 1, total: hints.length, text: hint.trim() }));
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}

/** Hints are free, so a file that cannot be read costs nothing but showing the first again. */
async function readShown(memory: string): Promise<Shown> {
  try {
    const { version, shown } = JSON.parse(await readFile(path.join(memory, FILE), 'utf8'));
    return version === 1 && typeof shown === 'object' && shown !== null ? shown : {};
  } catch {
    return {};
  }
}

async function writeShown(memory: string, shown: Shown): Promise<void> {
  await mkdir(memory, { recursive: true });
  await writeFile(path.join(memory, FILE), `${JSON.stringify({ version: 1, shown }, null, 2)}\n`);
}

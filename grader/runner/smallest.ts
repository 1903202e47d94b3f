import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Case, caseFileName, caseText, NotACase, readCase } from '#scenario';
import { UsageError } from './errors.ts';
import { replayCaseCommand } from './replay-command.ts';
import type { SmallestFailure } from './report.ts';
import type { Session, SessionOptions } from './session.ts';
import type { TestRun } from './test-run.ts';
import { displayPath } from './worker/bundle.ts';

/** Folder of case files, inside that of what one grading leaves to the next. */
const FOLDER = 'cases';

/**
 * Looks for the smallest run that breaks the same rule as a test's failing run does, and keeps it as a case file.
 *
 * @param memory - see `GradeOptions.memory`; without it, or when it cannot be written, there is no file
 * @param onProgress - told now and then how many runs were tried
 * @returns `undefined` when there is nothing to take away, or when nobody can tell
 */
export async function findSmallest(
  { workers }: Session,
  test: TestRun,
  memory: string | undefined,
  options: Pick<SessionOptions, 'impl' | 'suites'>,
  onProgress: (trials: number) => void,
): Promise<SmallestFailure | undefined> {
  const run = test.failedRun;
  if (run?.failure === undefined || test.plan.hidden) return undefined;
  const [lab, slug] = test.plan.id.split('/') as [string, string];
  onProgress(0);
  const found = await workers.minimise({ lab, slug, seed: run.seed }, onProgress);
  // What the runner itself finds wrong, such as runs that differ, is no matter of one run.
  if (found === undefined || found.trials === 0 || found.failure.rule !== run.failure.rule) return undefined;
  const { failure, trials, end } = found;
  const file = memory === undefined ? undefined : await keep(memory, found.case).catch(() => undefined);
  return { failure, trials, end, ...(file !== undefined && { file, replay: replayCaseCommand(file, options) }) };
}

async function keep(memory: string, known: Case): Promise<string> {
  const folder = path.join(memory, FOLDER);
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, caseFileName(known));
  await writeFile(file, caseText(known));
  return displayPath(file);
}

/**
 * @param bases - folders in which to look for it, the first one first
 * @throws {@link UsageError} when there is no such file, or it holds no case
 */
export async function readCaseFile(name: string, bases: readonly string[]): Promise<Case> {
  const files = bases.map((base) => path.resolve(base, name));
  const file = files.find((each) => existsSync(each)) ?? files[0]!;
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new UsageError(`${displayPath(file)} cannot be read: ${error.message}`);
  });
  try {
    return readCase(text);
  } catch (error) {
    if (error instanceof NotACase) throw new UsageError(`${displayPath(file)} is no case file: ${error.message}`);
    throw error;
  }
}

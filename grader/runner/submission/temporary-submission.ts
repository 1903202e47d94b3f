import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { bundleSubmission } from './bundle.ts';
import { type EvaluateOptions, evaluateSubmission, type Submission } from './evaluate.ts';

/**
 * For tests: writes a submission into a folder that goes away with the test.
 *
 * @param files - contents by path; a path that begins with `../` lands beside the submission
 * @returns the submission's folder
 */
export async function writeSubmission(files: Record<string, string>): Promise<string> {
  const outer = await mkdtemp(path.join(tmpdir(), 'raftlab-'));
  onTestFinished(() => rm(outer, { recursive: true }));
  const folder = path.join(outer, 'submission');
  for (const [name, contents] of Object.entries({ ...files })) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, contents);
  }
  return folder;
}

/** For tests: writes a submission and makes it ready to run. Its lines of console go nowhere. */
export async function loadSubmission(
  files: Record<string, string>,
  options: Partial<EvaluateOptions> = {},
): Promise<Submission> {
  const bundle = await bundleSubmission(await writeSubmission(files));
  return evaluateSubmission(bundle, { onConsole: () => undefined, ...options });
}

/** For tests: a new object of a submission's class, whatever methods that has. */
export function construct<Shape>(submission: Submission): Shape {
  const Raft = submission.newIncarnation() as unknown as new () => Shape;
  return new Raft();
}

/** For tests: what a call throws. */
export function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

import { availableParallelism } from 'node:os';
import path from 'node:path';
import { KitError } from './errors.ts';
import { type GenerateImplementation, resolveImplementation } from './implementations.ts';
import { KIT_ROOT } from './kit.ts';
import { discoverLabs, selectLabs } from './labs.ts';
import type { LabPlan } from './report.ts';
import { type Bundle, bundleSubmission, LoadError } from './submission/index.ts';
import { bundleWorker } from './worker/bundle.ts';
import type { WorkerLimits } from './worker/protocol.ts';
import { DEFAULT_LIMITS, Workers } from './workers.ts';

/** What to run, and where. */
export interface SessionOptions {
  /** Folder with `labs`, `skeleton` and `solutions`. Default: the kit's own. */
  readonly root?: string;
  /** Ids of labs; none means all. */
  readonly labs: readonly string[];
  /** The code: `skeleton` (default), `solutions`, `checkpoint:2`, the path of a folder. */
  readonly impl?: string;
  /** Makes implementations that are not stored. */
  readonly generate?: GenerateImplementation;
  /** Folders with further suites. */
  readonly suites?: readonly string[];
  /** Where relative paths start. Default: the current folder. */
  readonly cwd?: string;
  /** Workers. Default: one per core. */
  readonly jobs?: number;
  readonly limits?: Partial<WorkerLimits>;
  /** Ends everything. */
  readonly signal?: AbortSignal;
}

/** Labs and a submission, loaded in workers and ready to run. */
export interface Session {
  readonly impl: string;
  /** The submission's folder, as an absolute path. */
  readonly folder: string;
  readonly submission: Bundle;
  readonly labs: readonly LabPlan[];
  /** The extra folders, as absolute paths. */
  readonly extraSuites: readonly string[];
  readonly jobs: number;
  readonly workers: Workers;
}

/**
 * Opens a session, hands it on, and closes it.
 *
 * @throws {@link UsageError} when something asked for does not exist; {@link LoadError} when the submission does not load;
 * {@link KitError} when a lab or a suite is broken; the signal's reason when it ends the session before there is a plan
 */
export async function withSession<Result>(
  options: SessionOptions,
  use: (session: Session) => Promise<Result>,
): Promise<Result> {
  const { root = KIT_ROOT, impl = 'skeleton', cwd = process.cwd(), jobs = availableParallelism(), signal } = options;
  const extraSuites = (options.suites ?? []).map((folder) => path.resolve(cwd, folder));
  const places = { root, bases: [cwd], ...(options.generate && { generate: options.generate }) };
  const [submission, files] = await inOrder(
    resolveImplementation(impl, places).then((folder) => bundleSubmission(folder)),
    discoverLabs(root, extraSuites).then((labs) => bundleWorker(selectLabs(labs, options.labs))),
  );
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const workers = new Workers({ files, submission, jobs, limits, ...(signal && { signal }) });
  try {
    const labs = await prepare(workers, jobs);
    return await use({ impl, folder: submission.folder, submission, labs, extraSuites, jobs, workers });
  } finally {
    workers.close();
  }
}

/** Waits for both, and if both fail, throws what the second threw: a wrong lab is told before a broken submission. */
async function inOrder<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  const [a, b] = await Promise.allSettled([first, second]);
  if (b.status === 'rejected') throw b.reason;
  if (a.status === 'rejected') throw a.reason;
  return [a.value, b.value];
}

async function prepare(workers: Workers, jobs: number): Promise<readonly LabPlan[]> {
  const answers = Array.from({ length: jobs }, () => workers.prepare());
  // All give the same answer; the others may still be loading while the first tests run.
  for (const answer of answers) answer.catch(() => undefined);
  const answer = await Promise.race(answers);
  switch (answer.type) {
    case 'ready':
      return answer.labs;
    case 'broken-suite':
      throw new KitError(answer.message);
    case 'broken-submission':
      throw new LoadError('broken', answer.message);
  }
}

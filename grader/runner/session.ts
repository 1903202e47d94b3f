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
 * @throws the errors of {@link openWarmSession} and {@link WarmSession.load}
 */
export async function withSession<Result>(
  options: SessionOptions,
  use: (session: Session) => Promise<Result>,
): Promise<Result> {
  const warm = await openWarmSession(options, { ahead: true });
  try {
    return await use(await warm.load());
  } finally {
    warm.close();
  }
}

/** Workers with the labs in them, for one submission after the other. */
export interface WarmSession {
  /** The submission's folder, as an absolute path. */
  readonly folder: string;
  /**
   * Loads the submission as it is on the disk now. Nothing else may be under way.
   *
   * @throws {@link LoadError} when it does not load; {@link KitError} when a lab or a suite is broken; the signal's reason when
   * it is ended meanwhile
   */
  load(signal?: AbortSignal): Promise<Session>;
  /** Ends all that is under way. The next submission finds other workers, which start at once. */
  interrupt(): void;
  close(): void;
}

/**
 * Finds labs and submission and starts workers.
 *
 * @param ahead - bundle the submission while the labs are bundled: the first one loaded is then as it is now
 * @throws {@link UsageError} when something asked for does not exist; {@link KitError} when a suite does not compile
 */
export async function openWarmSession(options: SessionOptions, { ahead = false } = {}): Promise<WarmSession> {
  const { root = KIT_ROOT, impl = 'skeleton', cwd = process.cwd(), jobs = availableParallelism(), signal } = options;
  const extraSuites = (options.suites ?? []).map((folder) => path.resolve(cwd, folder));
  const places = { root, bases: [cwd], ...(options.generate && { generate: options.generate }) };
  const finding = resolveImplementation(impl, places);
  let bundled: Promise<Bundle> | undefined = ahead ? finding.then(bundleSubmission) : undefined;
  bundled?.catch(() => undefined);
  const [folder, files] = await inOrder(
    finding,
    discoverLabs(root, extraSuites).then((labs) => bundleWorker(selectLabs(labs, options.labs))),
  );
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const workers = new Workers({ files, jobs, limits, ...(signal && { signal }) });
  return {
    folder,
    async load(ended) {
      const bundling = bundled ?? bundleSubmission(folder);
      bundled = undefined;
      const submission = await bundling;
      ended?.throwIfAborted();
      workers.load(submission);
      const labs = await prepare(workers, jobs).catch((error) => {
        ended?.throwIfAborted();
        throw error;
      });
      return { impl, folder: submission.folder, submission, labs, extraSuites, jobs, workers };
    },
    interrupt: () => void workers.interrupt(),
    close: () => workers.close(),
  };
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

import { readFile } from 'node:fs/promises';
import { SourceMap } from 'node:module';
import path from 'node:path';
import type { Minimised } from '#scenario';
import { KitError } from './errors.ts';
import { type DeadHost, Host } from './host-process.ts';
import type { Progress } from './progress-board.ts';
import type { Bundle } from './submission/bundle.ts';
import { formatLocation } from './submission/load-error.ts';
import { displayPath, type WorkerFiles } from './worker/bundle.ts';
import type {
  CallEnd,
  HostCall,
  MinimiseAnswer,
  MinimiseTask,
  PrepareAnswer,
  RunAnswer,
  RunReport,
  RunTask,
  WorkerLimits,
} from './worker/protocol.ts';

export const DEFAULT_LIMITS: WorkerLimits = { wallMs: 60_000, heapMb: 512 };

/** An end of a run is a matter of milliseconds, and a process that is up is worth waiting for. */
const INTERRUPT_PATIENCE_MS = 300;

/** How a task of some runs ended. `stuck`: the worker had to be ended. `stopped`: the user ended it. */
export type ChunkOutcome =
  | { readonly type: 'ran'; readonly runs: readonly RunReport[] }
  | { readonly type: 'stuck'; readonly note: string }
  | { readonly type: 'kit-error'; readonly note: string }
  | { readonly type: 'stopped' };

/** What workers are made for. */
export interface WorkersOptions {
  readonly files: WorkerFiles;
  readonly jobs: number;
  readonly limits: WorkerLimits;
  readonly signal?: AbortSignal;
}

/** Threads that run tests, in a process of their own. A thread, or the process, that had to be ended is replaced. */
export class Workers {
  readonly #options: WorkersOptions;
  readonly #running = new Set<Promise<unknown>>();
  #host: Host;
  #submission: Bundle | undefined;
  #closed = false;
  /** Grows with each interrupt: a call of an earlier round has ended, whatever it still brings. */
  #round = 0;
  /** Done when nobody needs to be alone any more. */
  #gate: Promise<unknown> = Promise.resolve();

  constructor(options: WorkersOptions) {
    this.#options = options;
    this.#host = this.#startHost();
  }

  /** Takes other code. No call may be under way. */
  load(submission: Bundle): void {
    this.#submission = submission;
    this.#host.load(submission);
  }

  /**
   * Loads labs and submission in one of the threads.
   *
   * @throws {@link KitError} when a file of the labs throws as it loads; the signal's reason when the user ends it
   */
  async prepare(): Promise<PrepareAnswer> {
    const end = await this.#call<PrepareAnswer>('prepare', {});
    switch (end.type) {
      case 'answered':
        return end.answer;
      case 'threw':
        throw new KitError(await this.#explain(end));
      case 'stopped':
        throw this.#options.signal?.reason ?? new Error('the workers are closed');
      default:
        return { type: 'broken-submission', message: `loading it does not come to an end: ${this.#why(end.why)}` };
    }
  }

  async run(task: RunTask): Promise<ChunkOutcome> {
    const end = await this.#call<RunAnswer>('run', task);
    switch (end.type) {
      case 'answered':
        return { type: 'ran', runs: end.answer.runs };
      case 'threw':
        return { type: 'kit-error', note: await this.#explain(end) };
      case 'stopped':
        return end;
      default: {
        const seed = task.seed + (end.progress?.runsDone ?? 0);
        const line = end.progress && describeStep(this.#submission!, end.progress);
        const where = line === undefined ? '' : `; the last line counted was ${line}`;
        return { type: 'stuck', note: `no verdict with seed ${seed}: ${this.#why(end.why)}${where}` };
      }
    }
  }

  /**
   * @param onProgress - told now and then how many runs were tried
   * @returns the smallest run found that fails as a seed's run does; `undefined` when there is none, or no worker can tell
   */
  async minimise(task: MinimiseTask, onProgress: (trials: number) => void): Promise<Minimised | undefined> {
    const tell = ({ runsDone }: Progress): void => onProgress(runsDone);
    const end = await this.#call<MinimiseAnswer>('minimise', task, tell);
    return end.type === 'answered' ? end.answer.smallest : undefined;
  }

  /** Ends everything that is under way, if need be with the process. The next task finds workers that are up. */
  async interrupt(): Promise<void> {
    if (this.#stopped) return;
    this.#round++;
    const host = this.#host;
    host.cancel();
    const calls = [...this.#running];
    const late = setTimeout(() => {
      host.end();
      // At once, so that it is up when it is wanted.
      if (this.#host === host && !this.#stopped) this.#host = this.#startHost();
    }, INTERRUPT_PATIENCE_MS);
    await Promise.all(calls);
    clearTimeout(late);
  }

  /** Ends everything that is under way, for good. */
  close(): void {
    this.#closed = true;
    this.#host.end();
  }

  get #stopped(): boolean {
    return this.#closed || this.#options.signal?.aborted === true;
  }

  #startHost(): Host {
    const { files, jobs, limits, signal } = this.#options;
    const host = new Host(files.host, { type: 'setup', file: files.worker, jobs, limits }, signal);
    if (this.#submission !== undefined) host.load(this.#submission);
    return host;
  }

  async #call<Answer>(
    name: HostCall['name'],
    task: HostCall['task'],
    onProgress?: (progress: Progress) => void,
  ): Promise<CallEnd<Answer> | { type: 'stopped' }> {
    const round = this.#round;
    await this.#admission();
    const end = await this.#ask<Answer>(name, task, round, onProgress);
    if (end.type !== 'died') return end;
    const verdict = end.alone ? end : await this.#callAlone<Answer>(name, task, round);
    if (verdict.type !== 'died') return verdict;
    if (verdict.killed) return { type: 'stuck', why: 'memory', progress: verdict.progress };
    return { type: 'threw', message: `the process that runs the tests died: ${verdict.reason}`, stack: '' };
  }

  /** One of several calls was too much for the process. Each is made again, with no other beside it. */
  #callAlone<Answer>(name: HostCall['name'], task: HostCall['task'], round: number) {
    const again = this.#gate.then(async () => {
      await Promise.all(this.#running);
      return this.#ask<Answer>(name, task, round);
    });
    this.#gate = again;
    return again;
  }

  /** Waits until nobody needs to be alone. Somebody else may, by the time that one is done. */
  async #admission(): Promise<void> {
    for (let gate: unknown; gate !== this.#gate; ) {
      gate = this.#gate;
      await gate;
    }
  }

  async #ask<Answer>(
    name: HostCall['name'],
    task: HostCall['task'],
    round: number,
    onProgress?: (progress: Progress) => void,
  ): Promise<CallEnd<Answer> | DeadHost | { type: 'stopped' }> {
    const over = (): boolean => this.#stopped || round !== this.#round;
    if (over()) return { type: 'stopped' };
    if (this.#host.dead) this.#host = this.#startHost();
    const call = this.#host.call(name, task, onProgress);
    this.#running.add(call);
    const end = await call;
    this.#running.delete(call);
    return over() ? { type: 'stopped' } : (end as CallEnd<Answer> | DeadHost);
  }

  #why(why: 'time' | 'memory'): string {
    const { heapMb, wallMs } = this.#options.limits;
    return why === 'memory'
      ? `it needs more memory than the ${heapMb} MB that it may use`
      : `it takes more than ${wallMs / 1_000} s`;
  }

  /** One sentence about an error of the kit or of a suite, with the place in its source. */
  async #explain({ message, stack }: { message: string; stack: string }): Promise<string> {
    const place = await placeIn(this.#options.files.worker, stack);
    return place === undefined ? message : `${place}: ${message}`;
  }
}

function describeStep({ steps, files }: Bundle, { lastStep }: Progress): string | undefined {
  const [file, line, column] = steps.slice(lastStep * 3, lastStep * 3 + 3);
  if (file === undefined) return undefined;
  return formatLocation({ file: files[file]!, line: line!, column: column! });
}

/** The topmost frame of a stack in a bundle, as a place in the kit's source. */
async function placeIn(bundle: string, stack: string): Promise<string | undefined> {
  const frame = new RegExp(`${path.basename(bundle).replace('.', '\\.')}:(\\d+):(\\d+)`).exec(stack);
  if (frame === null) return undefined;
  const map = new SourceMap(JSON.parse(await readFile(`${bundle}.map`, 'utf8')));
  const entry = map.findEntry(Number(frame[1]) - 1, Number(frame[2]) - 1);
  if (!('originalSource' in entry)) return undefined;
  return `${displayPath(path.resolve(path.dirname(bundle), entry.originalSource))}:${entry.originalLine + 1}`;
}

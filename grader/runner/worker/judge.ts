import { ContractError } from '#contract';
import {
  type LabDefinition,
  type Minimised,
  minimise,
  type Platform,
  type RunRequest,
  type RunResult,
  runTest,
  type TestDefinition,
  TraceRecorder,
} from '#scenario';
import type { Submission } from '../submission/evaluate.ts';
import type { Intrinsics } from '../submission/lockdown.ts';
import { StepLimitExceeded, type StepMeter } from '../submission/step-meter.ts';
import type { CappedLines } from './capped-lines.ts';
import { contractFailure } from './contract-failure.ts';
import { drain, turn } from './event-loop.ts';
import type { RunReport, RunTask } from './protocol.ts';

/** Gets the reasons of unhandled rejections. Between two runs there is nobody to tell. */
let onRejection: ((reason: unknown) => void) | undefined;
process.on('unhandledRejection', (reason) => onRejection?.(reason));

/** What a run may need to know beyond its seed. */
type Manner = Omit<RunRequest, 'lab' | 'test' | 'seed' | 'observers' | 'onRejection'>;

/** Nobody waits longer than that for a smaller failure. Real time: the budget of runs and events mostly ends it before. */
const MINIMISE_MS_MAX = 5_000;

interface Played {
  readonly result: RunResult;
  /** A promise was rejected and nobody had handled it. */
  readonly rejected: boolean;
}

/** Comes to the verdict of one test's runs in this thread: no failure is believed before it has happened twice. */
export class Judge {
  readonly #lab: LabDefinition;
  readonly #test: TestDefinition;
  readonly #platform: Platform;
  readonly #intrinsics: Intrinsics;
  readonly #console: CappedLines;
  #spoiled = false;
  /** Of the last run that was recorded, while a trace is asked for. */
  #traced: TraceRecorder | undefined;
  #tracing = false;
  readonly #observe: NonNullable<RunRequest['observers']> = (world) => {
    this.#traced = new TraceRecorder(world);
    return [this.#traced];
  };

  /** @param console - where the submission's lines go: the first run of each seed is heard, its replays are not */
  constructor(
    lab: LabDefinition,
    test: TestDefinition,
    submission: Submission,
    intrinsics: Intrinsics,
    console: CappedLines,
  ) {
    this.#lab = lab;
    this.#test = test;
    this.#intrinsics = intrinsics;
    this.#console = console;
    this.#platform = {
      load: () => submission.newIncarnation(),
      drain,
      turn,
      meter: meterOf(submission.steps),
      isHang: (error) => error instanceof StepLimitExceeded,
      // What a server handed over is judged outside its code: the code that ran last made it.
      locate: (error) =>
        submission.locate(error) ?? (error instanceof ContractError ? submission.lastEntered() : undefined),
    };
  }

  /** The submission changed the language in a way that cannot be put back: the thread must not be used any more. */
  get spoiled(): boolean {
    return this.#spoiled;
  }

  /**
   * Plays one seed.
   *
   * @param twice - replay a run that passes, too
   * @throws what the kit itself, or the test, did wrong
   */
  async judge(
    seed: number,
    twice: boolean,
    { decisions, traceFor: kit, tellAll }: Pick<RunTask, 'decisions' | 'traceFor' | 'tellAll'> = {},
  ): Promise<RunReport> {
    this.#begin(kit !== undefined);
    const asked = { ...(decisions && { decisions }), ...(tellAll === true && { tellAll }) };
    const result = await this.#judge(seed, twice, asked);
    const { slug, title } = this.#test;
    const trace = this.#traced?.trace({ kit: kit ?? '', lab: this.#lab.id, test: slug, title, result });
    return { ...result, console: this.#console.list(), ...(trace && { trace }) };
  }

  #begin(tracing: boolean): void {
    this.#console.clear();
    this.#console.muted = false;
    this.#tracing = tracing;
    this.#traced = undefined;
  }

  /**
   * Looks for the smallest run that fails as a seed's run does.
   *
   * @param isUnwanted - asked now and then: true ends it with what it has
   * @param onTrial - told of each run that was tried
   */
  async minimise(seed: number, isUnwanted: () => boolean, onTrial: () => void): Promise<Minimised | undefined> {
    this.#console.muted = true;
    const endMs = performance.now() + MINIMISE_MS_MAX;
    const first = await this.#play(seed, {});
    const manner: Manner = first.rejected ? { turnEverySteps: 1 } : {};
    const { failure } = first.rejected ? (await this.#play(seed, manner)).result : first.result;
    if (failure === undefined) return undefined;
    const run = { lab: this.#lab.id, test: this.#test.slug, seed, failure };
    const smallest = await minimise(async (more) => (await this.#play(seed, { ...manner, ...more })).result, run, {
      stop: () => isUnwanted() || performance.now() > endMs,
      onProgress: onTrial,
    });
    // Runs that change the language are not worth showing.
    const tampered = this.#intrinsics.tampered() !== undefined;
    this.#spoiled = tampered && this.#intrinsics.tampered() !== undefined;
    return tampered ? undefined : smallest;
  }

  async #judge(seed: number, twice: boolean, asked: Manner): Promise<RunResult> {
    let manner = asked;
    // A changed language can make the kit's own code throw, so that is looked at first.
    const [first] = await Promise.allSettled([this.#play(seed, manner)]);
    this.#console.muted = true;
    const tampered = this.#intrinsics.tampered();
    if (tampered !== undefined) return this.#explainTampering(seed, first, tampered);
    if (first.status === 'rejected') throw first.reason;
    let { result, rejected } = first.value;
    if (rejected) {
      // With a turn of the event loop after each step, a rejection shows in the step that it comes from.
      manner = { ...asked, turnEverySteps: 1 };
      ({ result, rejected } = await this.#play(seed, manner));
    }
    if (result.outcome === 'not-started' || (result.outcome === 'passed' && !twice)) return result;
    // Unless somebody wants to look at the run, only a failure has a story to tell.
    const record = result.outcome === 'failed' || this.#tracing;
    const replayed = (await this.#play(seed, { ...manner, record })).result;
    const same = replayed.hash === result.hash && replayed.outcome === result.outcome;
    return same ? replayed : this.#explainDifference(seed, manner, replayed);
  }

  async #play(seed: number, manner: Manner): Promise<Played> {
    let rejected = false;
    const request: RunRequest = {
      lab: this.#lab,
      test: this.#test,
      seed,
      ...manner,
      ...(manner.record === true && this.#tracing && { observers: this.#observe }),
      onRejection(report) {
        onRejection = (reason) => {
          rejected = true;
          report(reason);
        };
      },
    };
    try {
      return { result: await runTest(this.#platform, request), rejected };
    } finally {
      onRejection = undefined;
      // What the run left behind comes to light here, and not in the next run.
      await turn();
    }
  }

  /** Runs the seed again, to see which line makes the change. */
  async #explainTampering(seed: number, first: PromiseSettledResult<Played>, path: string): Promise<RunResult> {
    // Everything was put back when the change was found. What differs still is there to stay.
    this.#spoiled = this.#intrinsics.tampered() !== undefined;
    const undo = this.#intrinsics.trap(path);
    const trapped = await this.#play(seed, { record: true }).catch(() => undefined);
    undo();
    this.#intrinsics.tampered();
    const message = `the code changed ${path}, which belongs to the language and is shared by all servers and the grader`;
    const nothing = { seed, events: 0, virtualMs: 0, hash: '', reached: {} };
    const result = first.status === 'fulfilled' ? first.value.result : nothing;
    return { ...result, outcome: 'failed', failure: contractFailure(message, trapped?.result.failure) };
  }

  /** Two runs of the same seed were not the same. */
  async #explainDifference(seed: number, manner: Manner, result: RunResult): Promise<RunResult> {
    const digests: string[] = [];
    const first = await this.#play(seed, { ...manner, onHash: (_step, digest) => digests.push(digest) });
    let parted: number | undefined;
    let steps = 0;
    await this.#play(seed, {
      ...manner,
      onHash(step, digest) {
        if (digests[steps++] !== digest) parted ??= step;
      },
    });
    if (parted === undefined && steps < digests.length) parted = steps + 1;
    const where = parted === undefined ? 'the two runs part' : `the two runs part at step ${parted}`;
    const message = `not deterministic: run twice with the same seed, ${where}`;
    const { failure } = result.outcome === 'failed' ? result : first.result;
    const seen = { ...(failure?.location && { location: failure.location }), step: parted ?? failure?.step ?? 0 };
    return { ...result, outcome: 'failed', failure: contractFailure(message, seen) };
  }
}

/** The world asks for an error: the code may have caught the one that ended its loop. */
function meterOf(steps: StepMeter): NonNullable<Platform['meter']> {
  return {
    reset: () => steps.reset(),
    exceeded: () => (steps.exceeded === undefined ? undefined : new StepLimitExceeded(steps.limit, steps.exceeded)),
  };
}

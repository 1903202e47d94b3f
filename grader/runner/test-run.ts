import { createHash } from 'node:crypto';
import type { SeedTally, SmallestFailure, TestFailure, TestPlan, TestResult, TestStatus } from './report.ts';
import { formatLocation } from './submission/load-error.ts';
import type { RunReport } from './worker/protocol.ts';
import type { ChunkOutcome } from './workers.ts';

/** Some schedules of one test, to be run together. */
export interface Chunk {
  /** How many schedules of the test come before it. */
  readonly offset: number;
  readonly runs: number;
}

/** Runs of the first chunks, while nobody knows how long one takes. */
const FIRST_RUNS = 5;
const RUNS_MAX = 200;
/** Short enough that every core has work to the end, and that progress shows; long enough that its cost does not matter. */
const CHUNK_MS = 250;
const CONSOLE_LINES_MAX = 500;

/**
 * Collects the runs of one test. The verdict is that of the first run, in the order of the seeds, that does not pass; it does
 * not depend on how the runs are cut into chunks, nor on the order in which these end.
 */
export class TestRun {
  readonly plan: TestPlan;
  /** Seeds `firstSeed`, `firstSeed + 1`, …: `plan.runs` of them. */
  readonly firstSeed: number;
  /** Play every seed, also behind one that fails. */
  readonly allSeeds: boolean;
  readonly #ended = new Map<number, ChunkOutcome>();
  readonly #running = new Set<number>();
  #next = 0;
  /** Start of the first chunk that did not pass, as far as is known. Nothing behind it counts. */
  #limit: number;
  #runsEnded = 0;
  #wallMs = 0;

  constructor(plan: TestPlan, firstSeed: number, allSeeds = false) {
    this.plan = plan;
    this.firstSeed = firstSeed;
    this.allSeeds = allSeeds;
    this.#limit = plan.runs;
  }

  /** The same test, as if nothing had run. */
  unstarted(): TestRun {
    return new TestRun(this.plan, this.firstSeed, this.allSeeds);
  }

  get started(): boolean {
    return this.#next > 0;
  }

  get runsEnded(): number {
    return this.#runsEnded;
  }

  /** There is a verdict. */
  get done(): boolean {
    return this.#next >= this.#limit && [...this.#running].every((offset) => offset > this.#limit);
  }

  /** @returns the next runs that are worth making; `undefined` when there are none */
  take(): Chunk | undefined {
    const offset = this.#next;
    if (offset >= this.#limit) return undefined;
    const runMs = this.#wallMs / this.#runsEnded;
    const wanted = this.#runsEnded === 0 ? FIRST_RUNS : Math.min(RUNS_MAX, Math.max(1, Math.round(CHUNK_MS / runMs)));
    const runs = Math.min(wanted, this.plan.runs - offset);
    this.#next += runs;
    this.#running.add(offset);
    return { offset, runs };
  }

  /** @param wallMs - the real time that it took */
  end(chunk: Chunk, outcome: ChunkOutcome, wallMs: number): void {
    this.#running.delete(chunk.offset);
    this.#ended.set(chunk.offset, outcome);
    this.#wallMs += wallMs;
    if (outcome.type === 'ran') this.#runsEnded += outcome.runs.length;
    const goesOn = (run: RunReport): boolean => run.outcome === 'passed' || (this.allSeeds && run.outcome === 'failed');
    const isWhole = outcome.type === 'ran' && outcome.runs.length === chunk.runs && outcome.runs.every(goesOn);
    if (!isWhole) this.#limit = Math.min(this.#limit, chunk.offset);
  }

  /** What is told of the failure beside the run itself. */
  smallest: SmallestFailure | undefined;

  /** The run that failed, when the verdict is that. */
  get failedRun(): RunReport | undefined {
    const { status, runs } = this.#verdict();
    return status === 'failed' ? runs.find((run) => run.outcome === 'failed') : undefined;
  }

  /**
   * The verdict; `not-run` when there is none yet.
   *
   * @param replay - the command that replays a seed
   */
  result(replay: (seed: number) => string): TestResult {
    const { status, note, runs } = this.#verdict();
    const failed = status === 'failed' ? runs.find((run) => run.outcome === 'failed') : undefined;
    const failure: TestFailure | undefined =
      failed?.failure === undefined
        ? undefined
        : {
            ...failed.failure,
            seed: failed.seed,
            replay: replay(failed.seed),
            ...(this.smallest && { smallest: this.smallest }),
          };
    const hasTally = this.allSeeds && runs.length === this.plan.runs;
    return {
      ...this.plan,
      status,
      earned: status === 'passed' ? this.plan.points : 0,
      runsDone: runs.length,
      events: sum(runs.map((run) => run.events)),
      virtualMs: sum(runs.map((run) => run.virtualMs)),
      wallMs: Math.round(this.#wallMs),
      hash: runs.length === 0 ? '' : combine(runs.map((run) => run.hash)),
      ...(failure && { failure }),
      ...(hasTally && { tally: tallyOf(runs) }),
      ...(note !== undefined && { note }),
      reached: total(runs.map((run) => run.reached)),
      // Of a test that fails, the run that fails is the one to read.
      console: (failed === undefined ? runs : [failed]).flatMap((run) => run.console).slice(-CONSOLE_LINES_MAX),
    };
  }

  /** @returns the runs that count, in order */
  #verdict(): { status: TestStatus; note?: string; runs: RunReport[] } {
    const runs: RunReport[] = [];
    if (!this.done) return { status: 'not-run', runs };
    for (const offset of [...this.#ended.keys()].sort((a, b) => a - b)) {
      if (offset > this.#limit) break;
      const outcome = this.#ended.get(offset)!;
      if (outcome.type === 'stopped') return { status: 'not-run', runs: [] };
      if (outcome.type === 'stuck') return { status: 'unknown', note: outcome.note, runs };
      if (outcome.type === 'kit-error') return { status: 'kit-error', note: outcome.note, runs };
      runs.push(...outcome.runs);
    }
    const waiting = runs.find((run) => run.outcome === 'not-started');
    if (waiting !== undefined) {
      const { missing, missingAt } = waiting;
      const where = missingAt === undefined ? '' : `, at ${formatLocation(missingAt)}`;
      return { status: 'not-started', note: `the code still throws NotImplemented('${missing}')${where}`, runs };
    }
    return { status: runs.some((run) => run.outcome === 'failed') ? 'failed' : 'passed', runs };
  }
}

function tallyOf(runs: readonly RunReport[]): SeedTally {
  const failed = runs.flatMap(({ seed, failure }) => (failure === undefined ? [] : [{ seed, rule: failure.rule }]));
  return { passed: runs.length - failed.length, failed };
}

function combine(hashes: readonly string[]): string {
  return createHash('sha256').update(hashes.join('\n')).digest('hex').slice(0, 16);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function total(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const result: Record<string, number> = {};
  for (const count of counts) {
    for (const [what, times] of Object.entries(count)) {
      const before = result[what] ?? 0;
      result[what] = what.startsWith('max:') ? Math.max(before, times) : before + times;
    }
  }
  return result;
}

import type { Decisions } from '../decisions.ts';
import type { Failure, RunResult } from '../result.ts';
import type { RunRequest } from '../run-request.ts';
import { isSameFailure } from './case.ts';

/** Plays the failing run's test and seed again, otherwise in these points. */
export type Play = (
  manner: Pick<RunRequest, 'decisions' | 'keepDecisions' | 'record' | 'untilMs'>,
) => Promise<RunResult>;

/** How much a minimiser may do. */
export interface Limits {
  /** Runs at most. Default 400. */
  readonly trialsMax?: number;
  /** Events in all these runs at most. Default 600,000: about 2 s. */
  readonly eventsMax?: number;
  /** Asked before each run: true ends the search with what was found. For those who have a clock. */
  readonly stop?: () => boolean;
  /** Told after each run. */
  readonly onProgress?: (progress: Progress) => void;
}

/** How far a minimiser has come. */
export interface Progress {
  readonly trials: number;
  readonly events: number;
  /** Steps of the smallest failing run so far. */
  readonly steps: number;
}

/** Why a search ended. `done`: nothing more could be taken away. */
export type SearchEnd = 'done' | 'trials' | 'events' | 'stopped';

const TRIALS_MAX = 400;
const EVENTS_MAX = 600_000;
/** A trial that has gone on for so much longer than the best one is given up. */
const SLACK = 1.05;
const SLACK_MS = 150;

/** The decisions of the smallest failing run so far, and the budget for finding a smaller one. */
export class Search {
  readonly #play: Play;
  readonly #limits: Limits;
  /** Decisions that have been tried in vain. */
  readonly #vain = new Set<string>();
  #best: Decisions;
  #failure: Failure;
  #trials = 0;
  #events = 0;
  #end: SearchEnd = 'done';

  constructor(play: Play, limits: Limits, failure: Failure) {
    this.#play = play;
    this.#limits = limits;
    this.#best = {};
    this.#failure = failure;
  }

  /** The fewest and simplest decisions so far. */
  get best(): Decisions {
    return this.#best;
  }

  get trials(): number {
    return this.#trials;
  }

  get events(): number {
    return this.#events;
  }

  /** How it stands; something else than `done` once the budget is used up. */
  get end(): SearchEnd {
    return this.#end;
  }

  /** @returns whether a run with these decisions fails in the same way; if so, they are the best from now on */
  async tryOut(decisions: Decisions): Promise<boolean> {
    const key = JSON.stringify(decisions);
    if (this.#vain.has(key) || this.#isOver()) return false;
    this.#trials++;
    const untilMs = this.#failure.atMs * SLACK + SLACK_MS;
    // A test that cannot be played with these decisions does not show the failure either.
    const result = await this.#play({ decisions, untilMs }).catch(() => undefined);
    this.#events += result?.events ?? 0;
    const { failure } = result ?? {};
    const same = failure !== undefined && isSameFailure(this.#failure, failure);
    if (same) {
      this.#best = decisions;
      this.#failure = failure;
    } else {
      this.#vain.add(key);
    }
    this.#limits.onProgress?.({ trials: this.#trials, events: this.#events, steps: this.#failure.step });
    return same;
  }

  #isOver(): boolean {
    const { trialsMax = TRIALS_MAX, eventsMax = EVENTS_MAX, stop } = this.#limits;
    if (this.#end !== 'done') return true;
    if (this.#trials >= trialsMax) this.#end = 'trials';
    else if (this.#events >= eventsMax) this.#end = 'events';
    else if (stop?.() === true) this.#end = 'stopped';
    return this.#end !== 'done';
  }
}

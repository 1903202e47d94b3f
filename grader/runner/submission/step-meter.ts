import { formatLocation, type SourceLocation } from './load-error.ts';

/** How many steps (loop rounds and calls) one event may take, unless the caller says otherwise. */
export const DEFAULT_STEP_LIMIT = 2_000_000;

/** Thrown inside a student's code that does not come to an end. It is the same on every machine. */
export class StepLimitExceeded extends Error {
  override readonly name = 'StepLimitExceeded';
  /** The loop or function that was at work when the limit was reached. */
  readonly location: SourceLocation;

  constructor(limit: number, location: SourceLocation) {
    super(`still running after ${limit} steps, at ${formatLocation(location)}`);
    this.location = location;
  }
}

/** Counts the steps of a submission's code, all its incarnations together. */
export interface StepMeter {
  /** Steps that may be taken between two resets. */
  readonly limit: number;
  /** Steps since the last reset. */
  readonly count: number;
  /** Where the limit was reached since the last reset: the code may have caught the error. */
  readonly exceeded: SourceLocation | undefined;
  /** Begins a new event. */
  reset(): void;
}

/**
 * Makes a meter and the function that a bundle calls at each step.
 *
 * @param lastStep - its first element always holds the latest step; over a SharedArrayBuffer another thread can read it
 * @param describe - where a step is
 */
export function createStepMeter(
  limit: number,
  lastStep: Int32Array,
  describe: (step: number) => SourceLocation,
): { meter: StepMeter; step: (step: number) => void } {
  let count = 0;
  let exceeded: SourceLocation | undefined;
  // Once over the limit, each further step throws until the reset, so that a loop around a `catch` ends too.
  const fail = (step: number): never => {
    exceeded ??= describe(step);
    throw new StepLimitExceeded(limit, exceeded);
  };
  const meter: StepMeter = {
    limit,
    get count() {
      return count;
    },
    get exceeded() {
      return exceeded;
    },
    reset() {
      count = 0;
      exceeded = undefined;
    },
  };
  const step = (step: number): void => {
    lastStep[0] = step;
    count += 1;
    if (count > limit) fail(step);
  };
  return { meter, step };
}

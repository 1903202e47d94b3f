import type { Timing } from '#contract';
import type { DecideFate } from './fate.ts';
import type { HostOptions } from './host.ts';
import type { LinkPolicy } from './link-policy.ts';
import type { Observer } from './observer.ts';

/** The timing that the contract names as default. */
export const DEFAULT_TIMING: Timing = {
  electionTimeoutMsMin: 150,
  electionTimeoutMsMax: 300,
  heartbeatMs: 50,
  rpcTimeoutMs: 50,
};

/** Counts the steps of code that one event takes, so that an endless loop ends the same way on every machine. */
export interface Meter {
  /** Starts again from 0, before each event. */
  reset(): void;
  /** Asked behind each event, as the code may have caught the error that ended its loop. */
  exceeded(): Error | undefined;
}

/** What a world is made of. */
export interface WorldOptions {
  /** Decides every draw. Any integer. */
  readonly seed: number;
  readonly servers: readonly HostOptions[];
  readonly timing?: Partial<Timing>;
  /** How links behave at the start. Default: {@link RELIABLE}. */
  readonly link?: LinkPolicy;
  /** Decides what becomes of messages in place of chance. Default: chance, by each link's policy. */
  readonly decideFate?: DecideFate;
  readonly observers?: readonly Observer[];
  /** Lets every microtask that is ready, and all that they start, finish. In Node: a promise that `process.nextTick` resolves. */
  readonly drain: () => Promise<void>;
  /** Lets the event loop turn once, which brings unhandled rejections to light. In Node: `setImmediate`. */
  readonly turn?: () => Promise<void>;
  /** Steps between two turns of the event loop. 1 finds the step that left a rejection unhandled. Default 4,096. */
  readonly turnEverySteps?: number;
  /** Counts the code's own steps. */
  readonly meter?: Meter;
  /** Steps after which the run ends as one that never comes to rest. Default 2,000,000. */
  readonly stepsMax?: number;
  /** Called with the trace hash after every step, to find where two runs part. */
  readonly onHash?: (step: number, digest: string) => void;
}

/** How a crash goes. */
export interface CrashOptions {
  /** Dies at its n-th effect from now (1: the next) in place of now: that effect and all later ones do not happen. */
  readonly atEffect?: number;
  /** How many unflushed writes survive. Default: as chance decides. */
  readonly keepWrites?: number;
}

import type { RaftConstructor } from '#contract';
import type { Meter, Observer, World } from '#kernel';
import type { Decisions } from './decisions.ts';
import type { LabDefinition, TestDefinition } from './definition.ts';
import type { SourceLocation } from './result.ts';

/** What a run needs from the place where it runs: a worker, an editor's test process, a page. */
export interface Platform {
  /** Gives the class for a server's next incarnation, evaluated afresh. */
  readonly load: () => RaftConstructor;
  /** See `WorldOptions.drain`. */
  readonly drain: () => Promise<void>;
  /** See `WorldOptions.turn`. */
  readonly turn?: () => Promise<void>;
  /** See `WorldOptions.meter`; an error of it satisfies `isHang`. */
  readonly meter?: Meter;
  /** Whether an error means that one event took too many steps of code. */
  readonly isHang?: (error: unknown) => boolean;
  /** Finds where in the submission an error was thrown. */
  readonly locate?: (error: unknown) => SourceLocation | undefined;
}

/** One run to make. */
export interface RunRequest {
  readonly lab: LabDefinition;
  readonly test: TestDefinition;
  readonly seed: number;
  /** Keep the story of the run for a failure. Slower. */
  readonly record?: boolean;
  /** The story of a failure is all that was recorded, not what was chosen from it. */
  readonly tellAll?: boolean;
  /** Decided in place of chance. */
  readonly decisions?: Decisions;
  /** Give everything that is decided with the result. Slower. */
  readonly keepDecisions?: boolean;
  /** The run ends at this virtual time as one that passed, unless it has ended before. */
  readonly untilMs?: number;
  /** Makes further observers of the run's world. They see each event before the rules do. */
  readonly observers?: (world: World) => readonly Observer[];
  /** See `WorldOptions.turnEverySteps`. */
  readonly turnEverySteps?: number;
  /** See `WorldOptions.onHash`. */
  readonly onHash?: (step: number, digest: string) => void;
  /** Gets a function to call with the reason of each unhandled rejection while the run lasts. */
  readonly onRejection?: (report: (reason: unknown) => void) => void;
}

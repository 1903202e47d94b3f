import type { BudgetLimits } from '#checkers';
import type { Timing } from '#contract';
import type { TestContext } from './context.ts';

/**
 * `rule`: one real server and hand-made messages, one sentence of the paper. `scenario`: a cluster and a story.
 * `adversary`: a workload under faults that chance draws.
 */
export type TestKind = 'rule' | 'scenario' | 'adversary';

/** One test of a lab. Its id is the lab's id and the slug: `lab1/initial-election`. */
export interface TestDefinition {
  /** Short and stable, in kebab-case; unique in its lab. */
  readonly slug: string;
  /** What a right server does, in one line. */
  readonly title: string;
  readonly kind: TestKind;
  readonly points: number;
  /** Where the demand comes from, for example `Raft §5.2`. */
  readonly paper: string;
  /** The demand as a sentence: what a failure of the test's own expectations shows. */
  readonly sentence: string;
  /** Schedules: the test runs with this many seeds, and all must pass. */
  readonly runs: number;
  /** A student is told nothing of a hidden test but its id and points. Default: visible. */
  readonly visibility?: 'visible' | 'hidden';
  /** How often, over all its runs, the reference must reach a situation, so that the test does not pass for want of trying. */
  readonly reaches?: Readonly<Record<string, number>>;
  /** Plays the test. Whatever a checker or an expectation finds ends it. */
  readonly run: (context: TestContext) => Promise<void>;
}

/** A lab: what its folder's `lab.ts` exports as `lab`. */
export interface LabDefinition {
  /** `lab1` … `lab8`. */
  readonly id: string;
  /** Number in the series; the suite calls no method of a later lab. */
  readonly number: number;
  readonly title: string;
  /** What its tests' points add up to. */
  readonly points: number;
  /** Sections to read, for example `Raft §5.1–5.2`. */
  readonly paper: string;
  readonly budgets: BudgetLimits;
  /** Differences from the contract's default timing. */
  readonly timing?: Partial<Timing>;
}

import type { ServerId } from '#contract';
import type { Decisions } from './decisions.ts';

/**
 * What kind of promise was broken. `safety`: a rule that must hold at every step. `liveness`: something that had to happen
 * did not. `budget`: too many messages, bytes, timers. `crash`: the code threw. `contract`: the contract was used wrongly.
 * `hang`: one event took more steps of code than any needs.
 */
export type FailureKind = 'safety' | 'liveness' | 'budget' | 'crash' | 'contract' | 'hang';

/** A place in the submission. */
export interface SourceLocation {
  /** Path inside the submission's folder, with `/`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** One line of a story: something that happened to one server. */
export interface StoryLine {
  /** The world's step. */
  readonly step: number;
  /** Virtual time, in milliseconds. */
  readonly atMs: number;
  /** To whom; absent when it happened to the world. */
  readonly server?: ServerId;
  /** What happened, in a few words. */
  readonly text: string;
  /** What kind of thing it was: colours and filters. */
  readonly topic:
    | 'role'
    | 'request'
    | 'reply'
    | 'loss'
    | 'timer'
    | 'fault'
    | 'client'
    | 'disk'
    | 'apply'
    | 'log'
    | 'failure';
  /** The failure rests on this line. */
  readonly evidence?: boolean;
  /** The step that made this possible: in which the message was sent, or the timer set. */
  readonly cause?: number;
  /**
   * Events of the server that did wrong that happened behind the line before this one and are not told. Without `server`,
   * nobody did wrong by itself, and they are events of all servers.
   */
  readonly leftOut?: { readonly events: number; readonly server?: ServerId };
  /** Lines of `env.log` that are not told; on the first line. */
  readonly logsLeftOut?: number;
}

/** Why a run failed: plain data, from which reports and screens are drawn. */
export interface Failure {
  readonly kind: FailureKind;
  /** Id of the rule that broke: a checker's, for example `ElectionSafety`, or the test's slug when it is the test's own rule. */
  readonly rule: string;
  /** What the rule demands, in one sentence. */
  readonly sentence: string;
  /** Where it comes from, for example `Raft §5.2`. */
  readonly paper: string;
  /** What was seen: servers, terms, times. */
  readonly message: string;
  /** What usually leads to this, where the rule suggests it. */
  readonly likelyCause?: string;
  /** The step at which it was seen. */
  readonly step: number;
  /** The virtual time at which it was seen, in milliseconds. */
  readonly atMs: number;
  /** Steps that show it. */
  readonly evidence: readonly number[];
  /** In the submission, when the failure has a place there. */
  readonly location?: SourceLocation;
  /** What led to it; empty unless the run was recorded. */
  readonly story: readonly StoryLine[];
}

/** How a run ended. A run of code that threw `NotImplemented` is `not-started`. */
export type RunOutcome = 'passed' | 'failed' | 'not-started';

/** One test with one seed. */
export interface RunResult {
  readonly seed: number;
  readonly outcome: RunOutcome;
  /** Present exactly when the outcome is `failed`. */
  readonly failure?: Failure;
  /** The lab that the missing method belongs to, for example `lab 2`, when the outcome is `not-started`. */
  readonly missing?: string;
  /** Where that method is, when it is known. */
  readonly missingAt?: SourceLocation;
  /** Events handled. */
  readonly events: number;
  /** Virtual time that passed, in milliseconds. */
  readonly virtualMs: number;
  /** The trace hash; empty when the run ended because a stack was full, as what was done until then is not the same twice. */
  readonly hash: string;
  /** How often the run reached the situations that the test is there for, for example `elections`. */
  readonly reached: Readonly<Record<string, number>>;
  /** Everything that was decided in the run, when that was asked for. */
  readonly decisions?: Decisions;
  /** Of the decisions that the run was given: those that never came up, in words. Absent when it was given none. */
  readonly unmet?: readonly string[];
}

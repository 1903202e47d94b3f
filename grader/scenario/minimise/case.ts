import type { Decisions } from '../decisions.ts';
import { editText, faultInEdit } from '../edits.ts';
import type { Failure, FailureKind, RunResult } from '../result.ts';

/** A run that stands for itself: which test, and what is decided in it. Plain JSON, for a file. */
export interface Case {
  readonly format: 1;
  /** Id of the lab. */
  readonly lab: string;
  /** Slug of the test. */
  readonly test: string;
  /** Draws whatever is not decided: latencies, and the servers' own random numbers. */
  readonly seed: number;
  /** What broke in the run that the case was made from; absent when nothing did. Of a case with edits: in the run before these. */
  readonly failure?: CaseFailure;
  readonly decisions: Decisions;
}

/** A failure, as far as a case knows it. */
export interface CaseFailure {
  /** The rule that broke. */
  readonly rule: string;
  readonly kind: FailureKind;
  /** What was seen. */
  readonly message: string;
  /** The step at which it was seen. */
  readonly step: number;
  /** The trace hash of the run. */
  readonly hash: string;
}

/**
 * What became of a case with the code as it is now. `diverged`: the run no longer comes to some of the case's decisions, and
 * nothing failed, or some of these were edits; so it says little about what the case was made for.
 */
export type CaseOutcome = 'same failure' | 'another failure' | 'passes' | 'diverged';

/** How a replay compares with its case. */
export interface CaseComparison {
  readonly outcome: CaseOutcome;
  /** With the same failure: also the same step and the same hash. */
  readonly exact: boolean;
  /** The decisions that never came up, in words. */
  readonly unmet: readonly string[];
}

/** @returns what a case has to say of a run's failure; nothing of a run that did not fail */
export function caseFailure({ failure, hash }: RunResult): Pick<Case, 'failure'> {
  if (failure === undefined) return {};
  const { rule, kind, message, step } = failure;
  return { failure: { rule, kind, message, step, hash } };
}

/** @returns how a run that was given a case's decisions compares with the run that the case was made from */
export function compareWithCase(known: Case, result: RunResult): CaseComparison {
  const { failure, unmet = [] } = result;
  const edits = (known.decisions.edits ?? []).map(editText);
  // Behind an edit nothing need be as it was; but the edit itself is what the run is for.
  const missed = edits.length === 0 ? unmet : unmet.filter((each) => edits.includes(each));
  if (edits.length > 0 && missed.length > 0) return { outcome: 'diverged', exact: false, unmet: missed };
  if (result.outcome === 'passed') return { outcome: missed.length > 0 ? 'diverged' : 'passes', exact: false, unmet };
  // Code that is not there yet decides nothing.
  if (failure === undefined) return { outcome: 'diverged', exact: false, unmet };
  const same = known.failure !== undefined && isSameFailure(known.failure, failure);
  const exact = same && failure.step === known.failure?.step && result.hash === known.failure.hash;
  return { outcome: same ? 'same failure' : 'another failure', exact, unmet };
}

/**
 * @returns whether two failures are the same: the rule broke in the same way. A test's own rule covers all that it expects,
 * so there what was seen must be the same too, but for names and numbers; code that threw must have thrown at the same place
 */
export function isSameFailure(
  one: Pick<Failure, 'kind' | 'rule' | 'message' | 'location'>,
  other: Pick<Failure, 'kind' | 'rule' | 'message' | 'location'>,
): boolean {
  if (one.kind !== other.kind || one.rule !== other.rule) return false;
  if (one.location !== undefined && other.location !== undefined) {
    return one.location.file === other.location.file && one.location.line === other.location.line;
  }
  return gist(one.message) === gist(other.message) || /^[A-Z]/.test(one.rule);
}

/** What was seen, without names, numbers, and how everybody was doing at that time. */
function gist(message: string): string {
  return message
    .split(/: |; /, 1)[0]!
    .replace(/\bn\d+(?:(?:, | and | )n\d+)*/g, 'n')
    .replace(/ among n\b/g, '')
    .replace(/\d+(?:\.\d+)?/g, '0');
}

/** A file is not a case. Its message is one sentence. */
export class NotACase extends Error {
  override readonly name = 'NotACase';
}

/**
 * Reads a case from the text of its file.
 *
 * @throws {@link NotACase}
 */
export function readCase(text: string): Case {
  let value: Partial<Case> | null;
  try {
    value = JSON.parse(text) as Partial<Case> | null;
  } catch {
    throw new NotACase('it is no JSON');
  }
  if (!isObject(value)) throw new NotACase('it is no JSON object');
  if (value.format !== 1) throw new NotACase(`its format is ${JSON.stringify(value.format)}; this kit reads format 1`);
  demand(value, { lab: 'string', test: 'string', seed: 'integer' });
  if (value.failure !== undefined) {
    if (!isObject(value.failure)) throw new NotACase('its "failure" is no object');
    demand(value.failure, { rule: 'string', kind: 'string', message: 'string', step: 'integer', hash: 'string' });
  }
  const { decisions } = value;
  if (!isObject(decisions)) throw new NotACase('it has no "decisions"');
  for (const field of ['faults', 'messages', 'offers', 'absent', 'edits'] as const) {
    const list: unknown = decisions[field];
    if (list !== undefined && !Array.isArray(list)) throw new NotACase(`its "${field}" is no list`);
  }
  for (const [n, edit] of (decisions.edits ?? []).entries()) {
    const fault = faultInEdit(edit);
    if (fault !== undefined) throw new NotACase(`its edit ${n + 1} ${fault}`);
  }
  return value as Case;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws {@link NotACase} when a field is not of its type */
function demand(value: object, fields: Readonly<Record<string, 'string' | 'integer'>>): void {
  for (const [field, type] of Object.entries(fields)) {
    const given: unknown = (value as Readonly<Record<string, unknown>>)[field];
    if (type === 'string' && typeof given !== 'string') throw new NotACase(`it has no text "${field}"`);
    if (type === 'integer' && !Number.isInteger(given)) throw new NotACase(`it has no whole number "${field}"`);
  }
}

/** @returns the text of a case's file: a line for each decision */
export function caseText(known: Case): string {
  const { decisions, ...head } = known;
  const lines = Object.entries(head).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  const parts = Object.entries(decisions).map(([key, value]) => {
    const items = Array.isArray(value) ? value.map((item) => `      ${JSON.stringify(item)}`) : [];
    const shown = items.length === 0 ? JSON.stringify(value) : `[\n${items.join(',\n')}\n    ]`;
    return `    ${JSON.stringify(key)}: ${shown}`;
  });
  const all = parts.length === 0 ? '{}' : `{\n${parts.join(',\n')}\n  }`;
  return `{\n${lines.join(',\n')},\n  "decisions": ${all}\n}\n`;
}

/** @returns the name of a case's file */
export function caseFileName({ lab, test, seed }: Pick<Case, 'lab' | 'test' | 'seed'>): string {
  return `${lab}-${test}-seed${seed}.json`;
}

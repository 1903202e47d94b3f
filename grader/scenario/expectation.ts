import type { Violation } from '#checkers';
import type { ServerId } from '#contract';

/** Details that make a failed expectation easier to understand. */
export interface ExpectationDetails {
  /** What usually leads to this. */
  readonly likelyCause?: string;
  /** Steps that show it. */
  readonly evidence?: readonly number[];
  readonly servers?: readonly ServerId[];
}

/** A test's own demand was not met: something wrong was seen (`safety`), or something due did not come (`liveness`). */
export class ExpectationFailed extends Error {
  override readonly name = 'ExpectationFailed';
  readonly kind: 'safety' | 'liveness' | 'budget';
  readonly details: ExpectationDetails;

  constructor(kind: 'safety' | 'liveness' | 'budget', message: string, details: ExpectationDetails = {}) {
    super(message);
    this.kind = kind;
    this.details = details;
  }
}

/** One of Raft's rules turned out to be broken, by what a test has collected. */
export class RuleBroken extends Error {
  override readonly name = 'RuleBroken';
  readonly violation: Violation;

  constructor(violation: Violation) {
    super(violation.message);
    this.violation = violation;
  }
}

/** @throws {@link ExpectationFailed} unless the condition holds */
export function expect(condition: boolean, message: string, details?: ExpectationDetails): asserts condition {
  if (!condition) throw new ExpectationFailed('safety', message, details);
}

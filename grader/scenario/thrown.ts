import { ContractError, NotImplemented } from '#contract';
import { type Activity, EventBudgetExceeded } from '#kernel';
import type { FailureKind } from './result.ts';

/** What code that threw did wrong, in the words of a report. */
export interface Thrown {
  readonly kind: FailureKind;
  readonly rule: string;
  readonly sentence: string;
  readonly paper: string;
  readonly message: string;
  readonly likelyCause?: string;
}

/** An error that says which method of a later lab is missing, or `undefined`. */
export function missingLab(error: unknown): string | undefined {
  return error instanceof NotImplemented ? error.lab : undefined;
}

/**
 * Whether a server's code has called itself until the stack was full. How often that was, and with it what it did on the way,
 * depends on how far the engine has compiled it: it is not the same in two runs.
 */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && /call stack/.test(error.message);
}

/** Finds the words for an error that escaped from a server's code. */
export function describeThrown(error: unknown, server: string, activity: Activity, isHang: boolean): Thrown {
  const text = error instanceof Error ? error.message : String(error);
  if (isHang) {
    return {
      kind: 'hang',
      rule: 'Hang',
      sentence: 'Handling one event takes a bounded number of steps.',
      paper: 'contract',
      message: `${server} did not come to an end in ${activity}: ${text}`,
      likelyCause: 'a loop whose condition never becomes false',
    };
  }
  if (error instanceof ContractError) {
    return { ...CONTRACT, message: `${server}, in ${activity}: ${text}` };
  }
  if (
    error instanceof TypeError &&
    /read only property|not extensible|Cannot delete property|Cannot redefine property/.test(text)
  ) {
    return {
      ...CONTRACT,
      message: `${server}, in ${activity}: ${text}. The value had been handed over (sent, stored or applied), and is frozen since`,
      likelyCause: 'an entry, array or message is changed after it was sent, stored or applied: copy it first',
    };
  }
  return {
    kind: 'crash',
    rule: 'Crash',
    sentence: 'A server’s code never throws, and no promise of it is rejected without a handler.',
    paper: 'contract',
    message: `${server} threw in ${activity}: ${error instanceof Error ? error.name : 'a value that is no Error'}: ${text}`,
    ...(isStackOverflow(error) ? { likelyCause: 'a function calls itself without end' } : {}),
  };
}

/** Finds the words for servers that keep each other busy without end, or `undefined` when it is something else. */
export function describeUnrest(error: unknown): Thrown | undefined {
  if (!(error instanceof EventBudgetExceeded)) return undefined;
  return {
    kind: 'hang',
    rule: 'Hang',
    sentence: 'A cluster without work comes to rest between heartbeats.',
    paper: 'contract',
    message: error.message,
    likelyCause: 'a timer of 0 ms, or a request that is repeated at once, starts itself again and again',
  };
}

const CONTRACT = {
  kind: 'contract',
  rule: 'ContractUse',
  sentence: 'A server reaches the world only through its env, and leaves alone what it has handed over.',
  paper: 'contract',
} as const;

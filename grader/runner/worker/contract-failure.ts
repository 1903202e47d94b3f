import type { Failure } from '#scenario';

/** The rule of all that student code must not do to the place where it runs. */
const CONTRACT_USE = {
  kind: 'contract',
  rule: 'ContractUse',
  sentence: 'A server is a function of what its env gives it, and leaves everything else as it is.',
  paper: 'the contract',
} as const;

/**
 * A failure that the runner finds, not a checker.
 *
 * @param message - what was seen
 * @param seen - what another failure of the same run knows: when, where, what led to it
 */
export function contractFailure(message: string, seen: Partial<Failure> = {}): Failure {
  return { step: 0, atMs: 0, evidence: [], story: [], ...seen, ...CONTRACT_USE, message };
}

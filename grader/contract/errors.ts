/**
 * Thrown by a method that belongs to a later lab. The grader then shows "not started" in place of a failure.
 *
 * @example
 * ```ts
 * propose(): ProposeResult {
 *   throw new NotImplemented('lab 2');
 * }
 * ```
 */
export class NotImplemented extends Error {
  override readonly name = 'NotImplemented';
  /** The lab that asks for it, for example `lab 2`. */
  readonly lab: string;

  /** @param lab - the lab that asks for the method, for example `lab 2` */
  constructor(lab: string) {
    super(`not implemented yet: this belongs to ${lab}`);
    this.lab = lab;
  }
}

/**
 * The disk failed. Every later call to the storage fails too, until the server is restarted, and what was not flushed may
 * or may not have survived. Do not catch it: letting it escape stops the server, which is the right answer (fail-stop).
 */
export class StorageError extends Error {
  override readonly name = 'StorageError';
}

/**
 * The contract was used wrongly: a gap in the log, an unknown server, a value of the wrong type, an ambient such as
 * `Date.now()`. Its message says what to do in its place.
 */
export class ContractError extends Error {
  override readonly name = 'ContractError';
}

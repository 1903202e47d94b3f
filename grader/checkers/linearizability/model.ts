/**
 * What an object that clients share does when it is used by one client at a time. A record of functions without memory:
 * the search asks them about many orders of the same operations.
 *
 * @typeParam State - a value of the object; replaced, never mutated, and never `undefined`
 */
export interface Model<State, Input, Output> {
  /**
   * The part of the object that an operation concerns. Operations on different parts cannot tell in which order they were,
   * so each part is checked by itself (Horn and Kroening, "Faster linearizability checking via P-compositionality").
   */
  readonly key: (input: Input) => string;
  /** The value of one part at the beginning. */
  readonly init: (key: string) => State;
  /**
   * Performs one operation.
   *
   * @param output - what the client was told; `undefined` when it was told nothing, so that nothing is to be checked
   * @returns the next state, or `undefined` when an object in this state would not have answered so
   */
  readonly step: (state: State, input: Input, output: Output | undefined) => State | undefined;
  /**
   * Whether a completed operation with this output leaves each state as it is that it fits, as every get does. A put does
   * not: that it changes nothing in one state says nothing about the next. The search is quicker for it.
   */
  readonly onlyReads: (input: Input, output: Output) => boolean;
  /** The state as text: two states are equal exactly when their texts are. Also what a drawing shows. */
  readonly describe: (state: State) => string;
}

/**
 * One operation of a client's history. Times are of any clock that only grows, virtual time or step numbers. An operation
 * that returned before another was called precedes it; a return and a call at the same time do not order two operations.
 */
export interface Operation<Input, Output> {
  readonly client: string;
  readonly input: Input;
  /**
   * What the client was told. `undefined` for an open operation, whose client has given up or is still waiting: it may take
   * effect at any time after its call, once, or never. One that certainly had no effect does not belong into a history.
   */
  readonly output: Output | undefined;
  readonly callAt: number;
  /** `Infinity` for an open operation, and for no other. */
  readonly returnAt: number;
}

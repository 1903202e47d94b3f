import type { Operation } from './model.ts';

/**
 * The calls and returns of the operations that have no place yet, in order of time: what may come next is whatever was
 * called before the first return. Open operations never return; they stand aside and force nothing.
 *
 * Operations are numbers: the completed ones first, from 0 in order of call, then the open ones in order of call. The events
 * are a doubly linked list over numbers, so that an operation is taken out and put back in constant time (Lowe, "Testing for
 * linearizability").
 */
export class Timeline<Input, Output> {
  /** By number. */
  readonly operations: readonly Operation<Input, Output>[];
  /** How many of them are completed, which is also the number of the first open one. */
  readonly completed: number;

  // The call of a completed operation is the event of its own number; its return is `completed` further on.
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  /** Stands before the first event and after the last one, so that no end needs a case of its own. */
  readonly #ring: number;
  /** For each completed operation, how many open ones were called no later than it returned. */
  readonly #openAtReturn: Int32Array;

  constructor(history: readonly Operation<Input, Output>[]) {
    const byCall = [...history].sort((a, b) => a.callAt - b.callAt);
    const open = byCall.filter(({ output }) => output === undefined);
    const completed = byCall.filter(({ output }) => output !== undefined);
    this.operations = [...completed, ...open];
    this.completed = completed.length;
    this.#ring = 2 * completed.length;
    this.#next = new Int32Array(this.#ring + 1);
    this.#previous = new Int32Array(this.#ring + 1);
    this.#openAtReturn = new Int32Array(completed.length);
    this.#link(open);
  }

  #link(open: readonly Operation<Input, Output>[]): void {
    const returns = Array.from({ length: this.completed }, (_, operation) => operation);
    const returnAt = (operation: number) => this.operations[operation]!.returnAt;
    returns.sort((a, b) => returnAt(a) - returnAt(b));
    let called = 0;
    let openCalled = 0;
    let last = this.#ring;
    const append = (event: number) => {
      this.#next[last] = event;
      this.#previous[event] = last;
      last = event;
    };
    for (const returning of returns) {
      const now = returnAt(returning);
      // Calls stand before the returns of the same time: no order is claimed where none was seen.
      for (; called < this.completed && this.operations[called]!.callAt <= now; called += 1) append(called);
      while (openCalled < open.length && open[openCalled]!.callAt <= now) openCalled += 1;
      this.#openAtReturn[returning] = openCalled;
      append(this.completed + returning);
    }
    append(this.#ring);
  }

  /** Whether every completed operation has been taken out. */
  get empty(): boolean {
    return this.#next[this.#ring] === this.#ring;
  }

  /** The completed operation called first among those left. */
  get first(): number | undefined {
    return this.#callIn(this.#next[this.#ring]!);
  }

  /** The completed operation called next after one that is left, unless a return comes before that. */
  after(operation: number): number | undefined {
    return this.#callIn(this.#next[operation]!);
  }

  /** The operation whose call an event is; `undefined` for a return and for the end. */
  #callIn(event: number): number | undefined {
    return event < this.completed ? event : undefined;
  }

  /** The number behind the last open operation that was called before the first return. While a completed one is left. */
  get openEnd(): number {
    let event = this.#next[this.#ring]!;
    while (event < this.completed) event = this.#next[event]!;
    return this.completed + this.#openAtReturn[event - this.completed]!;
  }

  /** Takes a completed operation out. */
  take(operation: number): void {
    for (const event of [operation, this.completed + operation]) {
      this.#next[this.#previous[event]!] = this.#next[event]!;
      this.#previous[this.#next[event]!] = this.#previous[event]!;
    }
  }

  /** Puts back the operation that was taken out last. */
  putBack(operation: number): void {
    for (const event of [this.completed + operation, operation]) {
      this.#next[this.#previous[event]!] = event;
      this.#previous[this.#next[event]!] = event;
    }
  }
}

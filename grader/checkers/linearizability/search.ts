import type { Model, Operation } from './model.ts';
import { SequenceSet } from './sequence-set.ts';
import { Timeline } from './timeline.ts';

/** An operation in an order, and the state after it as {@link Model.describe} words it. */
export interface Placement<Input, Output> {
  readonly operation: Operation<Input, Output>;
  readonly stateAfter: string;
}

/** How far an order got before no completed operation fitted behind it. */
export interface DeadEnd<Input, Output> {
  /** The order. Every one of the object's answers in it is right, and no operation in it precedes an earlier one. */
  readonly placed: readonly Placement<Input, Output>[];
  /** The completed operations that would have to come next, one of them, in order of call: the state refuses each. */
  readonly blocked: readonly Operation<Input, Output>[];
}

/** An operation that fits behind the present order, and the number of the state that it leads to. */
interface Choice {
  readonly operation: number;
  readonly state: number;
}

/** An order one operation longer than the one of the frame below. */
interface Frame {
  /** The operation at its end; -1 in the first frame, the empty order. */
  readonly operation: number;
  /** The number of the state after it. */
  readonly state: number;
  /** How many completed operations are in the order. */
  readonly completed: number;
  /** The highest number among them, or -1. */
  readonly highest: number;
  choices: readonly Choice[];
  /** The choice to try next. */
  next: number;
  /** Whether open operations still have to become choices when none is left. */
  openLeft: boolean;
}

/**
 * The search for an order of the operations on one part of an object that explains all answers: depth first, never into
 * a configuration (operations placed, state) that it has been in before (Wing and Gong's algorithm with Lowe's memory). It
 * keeps its own stack, so that long histories do not exhaust JavaScript's, and so that it can pause.
 */
export class Search<State, Input, Output> {
  /** How often the model's `step` was called so far; everything else that is done is proportional to it. */
  steps = 0;

  readonly #model: Model<State, Input, Output>;
  readonly #timeline: Timeline<Input, Output>;
  readonly #frames: Frame[] = [];
  // States are numbered, so that comparing two is cheap.
  readonly #states: State[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #seen = new SequenceSet();
  /** One bit for each operation in the present order: the completed ones, then from a new word on the open ones. */
  readonly #placed: Int32Array;
  readonly #openWord: number;
  /** The present configuration, as it is remembered. */
  readonly #configuration: Int32Array;
  /** The frames of the best order that came to a dead end. */
  #best: readonly Frame[] = [];

  constructor(model: Model<State, Input, Output>, key: string, history: readonly Operation<Input, Output>[]) {
    this.#model = model;
    this.#timeline = new Timeline(history);
    const { completed, operations } = this.#timeline;
    this.#openWord = wordsFor(completed);
    this.#placed = new Int32Array(this.#openWord + wordsFor(operations.length - completed));
    this.#configuration = new Int32Array(2 + this.#placed.length);
    const state = this.#numberOf(model.init(key));
    this.#enter({ operation: -1, state, completed: 0, highest: -1 });
  }

  /**
   * Goes on from where it paused.
   *
   * @param steps - pauses after so many more, give or take the operations that ran at the same time
   * @returns `placed` once every completed operation has a place, `deadEnd` if there is no such order
   */
  run(steps: number): 'placed' | 'deadEnd' | 'paused' {
    const stepsEnd = this.steps + steps;
    for (;;) {
      // Open operations that are left over may just as well never take effect.
      if (this.#timeline.empty) return 'placed';
      if (this.steps >= stepsEnd) return 'paused';
      const frame = this.#frames.at(-1)!;
      const choice = frame.choices[frame.next];
      if (choice !== undefined) {
        frame.next += 1;
        this.#place(frame, choice);
      } else if (frame.openLeft) {
        frame.choices = this.#openChoices(frame.state);
        frame.next = 0;
        frame.openLeft = false;
      } else {
        this.#keepBest(frame);
        if (this.#frames.length === 1) return 'deadEnd';
        this.#takeBack();
      }
    }
  }

  /** The dead end with the most completed operations placed, and the fewest open ones. For a search that found no order. */
  deadEnd(): DeadEnd<Input, Output> {
    const { operations, completed } = this.#timeline;
    const order = this.#best.slice(1);
    const placed = new Set(order.map(({ operation }) => operation));
    const left = operations.slice(0, completed).filter((_, number) => !placed.has(number));
    const firstReturnAt = left.reduce((earliest, { returnAt }) => Math.min(earliest, returnAt), Infinity);
    return {
      placed: order.map(({ operation, state }) => ({
        operation: operations[operation]!,
        stateAfter: this.#model.describe(this.#states[state]!),
      })),
      blocked: left.filter(({ callAt }) => callAt <= firstReturnAt),
    };
  }

  #place(from: Frame, { operation, state }: Choice): void {
    const open = operation >= this.#timeline.completed;
    this.#flip(operation);
    if (!open) this.#timeline.take(operation);
    const highest = open ? from.highest : Math.max(from.highest, operation);
    if (this.#seen.add(this.#configuration, this.#configure(state, highest))) {
      this.#enter({ operation, state, completed: from.completed + (open ? 0 : 1), highest });
    } else {
      this.#remove(operation);
    }
  }

  #takeBack(): void {
    this.#remove(this.#frames.pop()!.operation);
  }

  #remove(operation: number): void {
    this.#flip(operation);
    if (operation < this.#timeline.completed) this.#timeline.putBack(operation);
  }

  #enter(order: Pick<Frame, 'operation' | 'state' | 'completed' | 'highest'>): void {
    let choices: Choice[] = [];
    let openLeft = true;
    for (let next = this.#timeline.first; openLeft && next !== undefined; next = this.#timeline.after(next)) {
      const state = this.#step(order.state, next);
      if (state === undefined) continue;
      if (this.#onlyReads(next)) {
        // It may as well stand here as later: whatever order is possible behind this one stays possible, so that nothing
        // else has to be tried in its place.
        choices = [];
        openLeft = false;
      }
      choices.push({ operation: next, state });
    }
    this.#frames.push({ ...order, choices, next: 0, openLeft });
  }

  /** The open operations that may come next. They come last: most never took effect. */
  #openChoices(from: number): Choice[] {
    const choices: Choice[] = [];
    const { completed, openEnd } = this.#timeline;
    for (let operation = completed; operation < openEnd; operation += 1) {
      if (this.#isPlaced(operation)) continue;
      const state = this.#step(from, operation);
      // One that changes nothing explains nothing, and may as well take effect later or never.
      if (state !== undefined && state !== from) choices.push({ operation, state });
    }
    return choices;
  }

  #step(from: number, operation: number): number | undefined {
    this.steps += 1;
    const { input, output } = this.#timeline.operations[operation]!;
    const before = this.#states[from]!;
    const after = this.#model.step(before, input, output);
    if (after === before) return from;
    return after === undefined ? undefined : this.#numberOf(after);
  }

  #onlyReads(operation: number): boolean {
    const { input, output } = this.#timeline.operations[operation]!;
    return output !== undefined && this.#model.onlyReads(input, output);
  }

  #numberOf(state: State): number {
    const text = this.#model.describe(state);
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#states.length);
    return this.#states.push(state) - 1;
  }

  /**
   * Writes the present configuration down. All completed operations before the first one left are placed, and none after
   * the highest is: only the words between differ, few however long the history is.
   *
   * @returns its length
   */
  #configure(state: number, highest: number): number {
    const target = this.#configuration;
    const firstWord = (this.#timeline.first ?? this.#timeline.completed) >> 5;
    const lastWord = highest >> 5;
    target[0] = state;
    target[1] = firstWord;
    let length = 2;
    for (let word = firstWord; word <= lastWord; word += 1) target[length++] = this.#placed[word]!;
    for (let word = this.#openWord; word < this.#placed.length; word += 1) target[length++] = this.#placed[word]!;
    return length;
  }

  #bit(operation: number): number {
    const open = operation - this.#timeline.completed;
    return open < 0 ? operation : this.#openWord * 32 + open;
  }

  #isPlaced(operation: number): boolean {
    const bit = this.#bit(operation);
    return (this.#placed[bit >> 5]! & (1 << (bit & 31))) !== 0;
  }

  #flip(operation: number): void {
    const bit = this.#bit(operation);
    this.#placed[bit >> 5]! ^= 1 << (bit & 31);
  }

  #keepBest(frame: Frame): void {
    const best = this.#best.at(-1);
    const better =
      best === undefined ||
      frame.completed > best.completed ||
      (frame.completed === best.completed && this.#frames.length < this.#best.length);
    if (better) this.#best = [...this.#frames];
  }
}

function wordsFor(bits: number): number {
  return Math.ceil(bits / 32);
}

import type { Model, Operation } from './model.ts';
import { type DeadEnd, Search } from './search.ts';

/** Why a history is not linearizable: the part of the object, and the longest explanation that was found for it. */
export interface NonLinearizable<Input, Output> extends DeadEnd<Input, Output> {
  /** The part, as {@link Model.key} names it. */
  readonly key: string;
  /** All operations on it, in the order in which the caller gave them. */
  readonly operations: readonly Operation<Input, Output>[];
}

/** What a check came to. `steps` is how often the model's `step` was called, the same on every machine. */
export type LinearizabilityResult<Input, Output> =
  | { readonly verdict: 'linearizable'; readonly steps: number }
  | { readonly verdict: 'violation'; readonly steps: number; readonly evidence: NonLinearizable<Input, Output> }
  /** The budget did not suffice for these parts of the object, and no other one is in the wrong. */
  | { readonly verdict: 'unknown'; readonly steps: number; readonly undecided: readonly string[] };

/** How many steps each part of the object gets in the first round; twice as many in each round that follows. */
const STEPS_OF_FIRST_ROUND = 1_000;

/**
 * Decides whether a history is linearizable (Herlihy and Wing): whether each operation can be taken to happen at one moment
 * between its call and its return, so that all answers are those of an object used by one client at a time. The same history
 * always gets the same result, whatever the machine.
 *
 * The parts of the object take turns with growing budgets. Checked one after another, a part that is hard to decide would
 * take all the memory before a part that is plainly wrong is looked at.
 *
 * @param operations - in any order
 * @param options.stepsMax - about how many steps to take before giving up; the memory taken grows with it as well
 * @throws RangeError if an operation returns before it is called, or is neither completed nor open
 */
export function checkLinearizable<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  { stepsMax }: { readonly stepsMax: number },
): LinearizabilityResult<Input, Output> {
  for (const operation of operations) requireSound(operation);
  let searches = Array.from(partsOf(model, operations), ([key, history]) => ({
    key,
    history,
    search: new Search(model, key, history),
  }));
  let steps = searches.reduce((sum, { search }) => sum + search.steps, 0);
  for (let budget = STEPS_OF_FIRST_ROUND; searches.length > 0; budget *= 2) {
    const undecided: typeof searches = [];
    for (const part of searches) {
      const { key, history, search } = part;
      const stepsBefore = search.steps;
      const progress = search.run(Math.min(budget, stepsMax - steps));
      steps += search.steps - stepsBefore;
      if (progress === 'deadEnd') {
        return { verdict: 'violation', steps, evidence: { key, operations: history, ...search.deadEnd() } };
      }
      if (progress === 'paused') undecided.push(part);
    }
    if (undecided.length > 0 && steps >= stepsMax) {
      return { verdict: 'unknown', steps, undecided: undecided.map(({ key }) => key) };
    }
    searches = undecided;
  }
  return { verdict: 'linearizable', steps };
}

function partsOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
): Map<string, Operation<Input, Output>[]> {
  const parts = new Map<string, Operation<Input, Output>[]>();
  for (const operation of operations) {
    const key = model.key(operation.input);
    const part = parts.get(key);
    if (part === undefined) parts.set(key, [operation]);
    else part.push(operation);
  }
  return parts;
}

function requireSound({ client, output, callAt, returnAt }: Operation<unknown, unknown>): void {
  const open = output === undefined;
  if (!Number.isFinite(callAt) || !(callAt <= returnAt) || open !== (returnAt === Infinity)) {
    const what = open ? 'An open operation' : 'A completed operation';
    throw new RangeError(`${what} of client ${client} is called at ${callAt} and returns at ${returnAt}`);
  }
}

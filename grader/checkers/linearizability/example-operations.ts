/**
 * Short words for the operations in this folder's tests. Each takes a client, what is asked, and when it was called and has
 * returned; without a return it is open.
 *
 * @module
 */
import type { KeyValueInput, KeyValueOutput } from './key-value-model.ts';
import type { Operation } from './model.ts';

/** An operation on a map from strings to strings. */
export type KeyValueOperation = Operation<KeyValueInput, KeyValueOutput>;

/** The key of all operations that name no other. */
const KEY = 'k';

/** Saw `value`. */
export function get(client: string, value: string, callAt: number, returnAt?: number, key = KEY): KeyValueOperation {
  return operation(client, { kind: 'get', key }, value, callAt, returnAt);
}

/** Was told that `value` is stored. */
export function put(client: string, value: string, callAt: number, returnAt?: number, key = KEY): KeyValueOperation {
  return operation(client, { kind: 'put', key, value }, null, callAt, returnAt);
}

/** Was told that `value` is appended. */
export function append(client: string, value: string, callAt: number, returnAt?: number, key = KEY): KeyValueOperation {
  return operation(client, { kind: 'append', key, value }, null, callAt, returnAt);
}

/** Was told whether `change`, `[expected, value]`, has been made. */
export function compareAndSet(
  client: string,
  change: readonly [string, string],
  made: boolean,
  callAt: number,
  returnAt?: number,
): KeyValueOperation {
  const [expected, value] = change;
  return operation(client, { kind: 'compareAndSet', key: KEY, expected, value }, made, callAt, returnAt);
}

function operation(
  client: string,
  input: KeyValueInput,
  output: KeyValueOutput,
  callAt: number,
  returnAt = Infinity,
): KeyValueOperation {
  return { client, input, output: returnAt === Infinity ? undefined : output, callAt, returnAt };
}

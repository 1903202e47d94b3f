/**
 * Decides whether what clients saw of a shared object could have come from one that handles one operation at a time.
 *
 * @module
 */
export { checkLinearizable, type LinearizabilityResult, type NonLinearizable } from './check.ts';
export { type KeyValueInput, type KeyValueOutput, keyValueModel } from './key-value-model.ts';
export type { Model, Operation } from './model.ts';
export type { DeadEnd, Placement } from './search.ts';

import type { Model } from './model.ts';

/** What a client asks of a map from strings to strings. */
export type KeyValueInput =
  | { readonly kind: 'get'; readonly key: string }
  | { readonly kind: 'put'; readonly key: string; readonly value: string }
  | { readonly kind: 'append'; readonly key: string; readonly value: string }
  | { readonly kind: 'compareAndSet'; readonly key: string; readonly expected: string; readonly value: string };

/** What it is told: the value by `get`, whether it was set by `compareAndSet`, and `null`, meaning done, by the others. */
export type KeyValueOutput = string | boolean | null;

/** A map from strings to strings, in which every key has the value `''` at first. A state is the value of one key. */
export const keyValueModel: Model<string, KeyValueInput, KeyValueOutput> = {
  key: (input) => input.key,
  init: () => '',
  step(state, input, output) {
    switch (input.kind) {
      case 'get':
        return output === undefined || output === state ? state : undefined;
      case 'put':
        return input.value;
      case 'append':
        return state + input.value;
      case 'compareAndSet': {
        const set = state === input.expected;
        if (output !== undefined && output !== set) return undefined;
        return set ? input.value : state;
      }
    }
  },
  onlyReads: (input, output) => input.kind === 'get' || (input.kind === 'compareAndSet' && output === false),
  describe: (state) => state,
};

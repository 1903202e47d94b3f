import type { KeyValueInput, KeyValueOutput } from '#checkers';

/** The letters of an operation's kinds in a command. */
const KINDS: readonly KeyValueInput['kind'][] = ['get', 'put', 'append', 'compareAndSet'];

/**
 * Writes an operation as a command of the log, short enough for a story: `c1.5 put k1 x`.
 *
 * @param id - unique, and without a space, as are keys and values
 */
export function encodeOperation(id: string, { kind, key, ...values }: KeyValueInput): string {
  const { expected, value } = values as { readonly expected?: string; readonly value?: string };
  return [id, kind, key, expected, value].filter((part) => part !== undefined).join(' ');
}

/** @returns the operation that a command stands for; `undefined` when it is none */
export function decodeOperation(command: string): KeyValueInput | undefined {
  const [, kind, key, first = '', second = ''] = command.split(' ');
  const known = KINDS.find((each) => each === kind);
  if (known === undefined || key === undefined) return undefined;
  if (known === 'get') return { kind: known, key };
  if (known === 'compareAndSet') return { kind: known, key, expected: first, value: second };
  return { kind: known, key, value: first };
}

/** A map from strings to strings, and how far the log has been carried out on it. What it does is decided by the log alone. */
export class KeyValueState {
  #values = new Map<string, string>();
  #index = 0;

  /** Index of the last entry that it has seen, of whatever kind. */
  get index(): number {
    return this.#index;
  }

  /** @returns a key's value, `''` for one that was never written */
  get(key: string): string {
    return this.#values.get(key) ?? '';
  }

  /**
   * Carries out an entry.
   *
   * @param command - absent when the entry is no client's
   * @returns what its client is told; `undefined` when the command is no operation
   */
  apply(index: number, command: string | undefined): KeyValueOutput | undefined {
    this.#index = index;
    const input = command === undefined ? undefined : decodeOperation(command);
    if (input === undefined) return undefined;
    const { key } = input;
    const before = this.get(key);
    if (input.kind === 'get') return before;
    if (input.kind === 'compareAndSet') {
      if (before === input.expected) this.#values.set(key, input.value);
      return before === input.expected;
    }
    this.#values.set(key, input.kind === 'put' ? input.value : before + input.value);
    return null;
  }

  /** @returns its contents as text: the same for every state machine that has seen the same entries */
  save(): string {
    const values = [...this.#values].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return JSON.stringify({ index: this.#index, values });
  }

  /** Takes over what {@link save} gave. Other text leaves it empty: the rule that judges snapshots has its say on that. */
  restore(index: number, data: string): void {
    this.#index = index;
    this.#values = new Map();
    try {
      const { values } = JSON.parse(data) as { readonly values: readonly (readonly [string, string])[] };
      this.#values = new Map(values);
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    }
  }
}

/** How urgent a line is. */
export type ConsoleLevel = 'debug' | 'info' | 'warn' | 'error';

/** Receives a student's line, without a line feed at its end. */
export type OnConsole = (level: ConsoleLevel, text: string) => void;

const CHARACTERS_MAX = 2_000;
const DEPTH_MAX = 3;
const ITEMS_MAX = 20;

/** A `console` for student code: it hands lines on and prints nothing. Frozen, because all incarnations share it. */
export function captureConsole(onConsole: OnConsole): unknown {
  const write =
    (level: ConsoleLevel) =>
    (...values: unknown[]) =>
      onConsole(level, format(values));
  const assert = (condition?: unknown, ...values: unknown[]): void => {
    if (!condition) onConsole('error', format(['Assertion failed:', ...values]));
  };
  const [debug, info, warn, error] = [write('debug'), write('info'), write('warn'), write('error')];
  const groupEnd = (): void => undefined;
  return Object.freeze({
    ...{ debug, trace: debug, log: info, info, warn, error, assert },
    ...{ dir: info, table: info, group: info, groupCollapsed: info, groupEnd },
  });
}

/** Values in one line. Never throws, whatever a student's getters do. */
function format(values: readonly unknown[]): string {
  const text = values.map((value) => (typeof value === 'string' ? value : describe(value, 0, []))).join(' ');
  return text.length > CHARACTERS_MAX ? `${text.slice(0, CHARACTERS_MAX)}...` : text;
}

function describe(value: unknown, depth: number, parents: readonly object[]): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return String(value);
  if (parents.includes(value)) return '[circular]';
  try {
    return describeObject(value, depth, [...parents, value]);
  } catch {
    return '[unreadable]';
  }
}

function describeObject(value: object, depth: number, parents: readonly object[]): string {
  if (typeof value === 'function') return `[function ${value.name || '(anonymous)'}]`;
  if (value instanceof Error) return `[${value.name}: ${value.message}]`;
  if (value instanceof RegExp) return String(value);
  const name = Object.getPrototypeOf(value)?.constructor?.name ?? '';
  if (value instanceof Promise) return '[promise]';
  if (depth >= DEPTH_MAX) return `[${name || 'Object'}]`;

  const inner = (item: unknown): string => describe(item, depth + 1, parents);
  const prefix = name === 'Object' || name === '' ? '' : `${name} `;
  if (Array.isArray(value)) return `${name === 'Array' ? '' : prefix}[${list(value, inner)}]`;
  if (ArrayBuffer.isView(value)) return `${prefix}(${value.byteLength} bytes)`;
  if (value instanceof Set) return `${prefix}{${list(value, inner)}}`;
  if (value instanceof Map) return `${prefix}{${list(value, ([key, item]) => `${inner(key)} => ${inner(item)}`)}}`;
  return `${prefix}{${list(Object.entries(Object.getOwnPropertyDescriptors(value)), ([key, property]) =>
    property.enumerable ? `${key}: ${'value' in property ? inner(property.value) : '[getter]'}` : undefined,
  )}}`;
}

/** `a, b, c`; the items for which `show` returns `undefined` are left out. */
function list<Item>(items: Iterable<Item>, show: (item: Item) => string | undefined): string {
  const shown: string[] = [];
  for (const item of items) {
    if (shown.length === ITEMS_MAX) return `${shown.join(', ')}, ...`;
    const text = show(item);
    if (text !== undefined) shown.push(text);
  }
  return shown.join(', ');
}

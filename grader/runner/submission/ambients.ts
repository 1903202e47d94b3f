import { ContractError } from '#contract';

/** The language's own values that a server may use. `Math` and `console` come in versions of the kit's own. */
export const ALLOWED_GLOBALS: ReadonlySet<string> = new Set([
  ...['undefined', 'NaN', 'Infinity', 'isFinite', 'isNaN', 'parseFloat', 'parseInt'],
  ...['encodeURI', 'encodeURIComponent', 'decodeURI', 'decodeURIComponent', 'escape', 'unescape'],
  ...['Object', 'Boolean', 'Number', 'BigInt', 'String', 'Symbol', 'RegExp', 'JSON', 'Proxy', 'Reflect', 'Promise'],
  ...['Array', 'Map', 'Set', 'WeakMap', 'WeakSet', 'Iterator', 'ArrayBuffer', 'DataView'],
  ...['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array'],
  ...['Float16Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array'],
  ...['Error', 'AggregateError', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'],
  ...['SuppressedError', 'DisposableStack', 'AsyncDisposableStack'],
]);

const NOW = 'use env.clock.now()';
const CLEAR = 'use env.clock.clear(timer)';
const NETWORK = 'use env.rpc';
const DISK = 'use env.storage';
const NO_STRINGS = 'code made from strings cannot be checked: write it in your files';
const NO_THREADS = 'a server has one thread and no shared memory';
const NO_COLLECTOR = 'what the garbage collector does differs from run to run';
const NO_GLOBAL = 'keep state in fields of your own objects';

/** What to do in place of an ambient. Names that are not here get a general answer. */
const HINTS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    setTimeout: 'use env.clock.setTimeout(callback, delayMs)',
    setInterval: 'use env.clock.setInterval(callback, periodMs)',
    setImmediate: 'use env.clock.setTimeout(callback, 0)',
    clearTimeout: CLEAR,
    clearInterval: CLEAR,
    clearImmediate: CLEAR,
    queueMicrotask: 'use await, or then() of a promise',
    Date: NOW,
    performance: NOW,
    'Math.random': 'use env.random()',
    crypto: 'use env.random()',
    process: 'there is no process; all that a server may touch is its env',
    Buffer: 'use a string or a Uint8Array',
    structuredClone: 'copy with { ...value } or JSON.parse(JSON.stringify(value))',
    fetch: NETWORK,
    XMLHttpRequest: NETWORK,
    WebSocket: NETWORK,
    EventSource: NETWORK,
    BroadcastChannel: NETWORK,
    MessageChannel: NETWORK,
    localStorage: DISK,
    sessionStorage: DISK,
    require: 'write an import at the top',
    eval: NO_STRINGS,
    Function: NO_STRINGS,
    WebAssembly: NO_STRINGS,
    Atomics: NO_THREADS,
    SharedArrayBuffer: NO_THREADS,
    Worker: NO_THREADS,
    WeakRef: NO_COLLECTOR,
    FinalizationRegistry: NO_COLLECTOR,
    Intl: 'its results differ from machine to machine',
    globalThis: NO_GLOBAL,
    global: NO_GLOBAL,
  }),
);

const GENERAL_HINT = "use env, your own files and the language's own values";

/** The error for the use of an ambient; its message says what to use in its place. */
export function refusal(name: string): ContractError {
  return new ContractError(`${name} is not available to a server: ${HINTS.get(name) ?? GENERAL_HINT}`);
}

/** The names that must not be seen as they are: all that this thread's global object has now and the list does not. */
export function refusedNames(): string[] {
  const names = Object.getOwnPropertyNames(globalThis);
  return names.filter((name) => !ALLOWED_GLOBALS.has(name) && /^[A-Za-z_$][\w$]*$/.test(name));
}

/** A value that can be passed around and compared, and that throws {@link ContractError} at any use. */
export function refusedValue(name: string): unknown {
  // An arrow function could not be constructed.
  function refuse(): never {
    throw refusal(name);
  }
  // The methods of Reflect have the names of a proxy's traps, every one.
  const traps = Object.getOwnPropertyNames(Reflect).map((trap) => [trap, refuse]);
  return new Proxy(refuse, Object.fromEntries(traps));
}

/** `Math` without chance. Frozen, because all incarnations share it. */
export function mathWithoutRandom(): unknown {
  const random = (): never => {
    throw refusal('Math.random');
  };
  const properties = { ...Object.getOwnPropertyDescriptors(Math), random: { value: random } };
  return Object.freeze(Object.create(Object.prototype, properties));
}

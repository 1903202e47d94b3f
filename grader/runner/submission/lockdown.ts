import * as contract from '#contract';
import { ContractError } from '#contract';
import { ALLOWED_GLOBALS, refusal } from './ambients.ts';

/** The language's own objects as they were, in a thread where student code runs beside the checkers. */
export interface Intrinsics {
  /**
   * Compares every property with what it was, and puts back what differs. It takes a fraction of a millisecond and calls
   * no student code. What was frozen after a change cannot be put back: when a second call still reports, end the thread.
   *
   * @returns the first difference, for example `Array.prototype.push`; `undefined` when there is none
   */
  tampered(): string | undefined;
  /**
   * Makes assignment to one property throw {@link ContractError}, so that a second run of the same code finds the line.
   * Objects that inherit the property can still be given one of their own. Undo it before `tampered` is called.
   *
   * @param path - what `tampered` returned
   * @returns undoes it
   */
  trap(path: string): () => void;
}

/** An intrinsic object with properties that code could change. */
interface Holder {
  readonly object: object;
  readonly path: string;
  readonly prototype: object | null;
  readonly keys: ReadonlySet<PropertyKey>;
}

/** One property of a holder. */
interface Slot {
  readonly object: object;
  readonly key: PropertyKey;
  readonly path: string;
  /** As it was; `undefined` when there was none. */
  readonly original: PropertyDescriptor | undefined;
}

// Taken before student code runs: the comparison must not use what it is there to check.
const { defineProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys, deleteProperty, setPrototypeOf } = Reflect;

/** Set by the kit itself, and by libraries for a moment; it changes nothing but the length of stack traces. */
const KIT_OWN = 'Error.stackTraceLimit';

/**
 * Remembers the language's own objects, to find out when student code has changed them. They stay as they are, so
 * nothing becomes slower and `this.name = ...` in an Error's subclass goes on working; only the constructors that make
 * code from strings are replaced, and methods get no properties of their own.
 *
 * Call it once in a grading worker, when all libraries are loaded and no student code has run. It is not a security
 * border: it is there for accidents, and for patches that nobody would notice.
 */
export function lockIntrinsics(): Intrinsics {
  refuseCodeFromStrings();
  const holders = walk();
  const slots: Slot[] = [];
  for (const { object, path } of holders) {
    for (const key of ownKeys(object)) slots.push(...slotOf(object, key, path));
  }
  const places = new Map(slots.map((slot) => [slot.path, slot]));

  const tampered = (): string | undefined => {
    if (isWhole(holders, slots)) return undefined;
    return restore(holders, slots, places);
  };
  const trap = (path: string): (() => void) => {
    const slot = places.get(path);
    return slot ? trapSlot(slot) : () => undefined;
  };
  return { tampered, trap };
}

/** `(() => {}).constructor` would be a way around the refused `Function`. There are four of them. */
function refuseCodeFromStrings(): void {
  const samples = [() => {}, async () => {}, function* () {}, async function* () {}];
  for (const prototype of samples.map((sample) => getPrototypeOf(sample)!)) {
    // An arrow function could not be constructed.
    function refuse(): never {
      throw refusal('Function');
    }
    // Nothing that only looks at it, such as an inspector or `instanceof`, sees a difference.
    defineProperty(refuse, 'name', { value: Reflect.get(prototype, 'constructor').name });
    defineProperty(refuse, 'prototype', { value: prototype, writable: false });
    defineProperty(prototype, 'constructor', { value: refuse });
  }
}

/** Finds all objects that are reachable from what student code may use, the nearest name first. */
function walk(): Holder[] {
  const found = new Set<object>();
  const holders: Holder[] = [];
  const queue: [object, string][] = roots();
  for (const [object, path] of queue) {
    if (found.has(object)) continue;
    found.add(object);
    const keys = ownKeys(object);
    if (isMethod(object, keys)) {
      Object.preventExtensions(object);
      continue;
    }
    const prototype = getPrototypeOf(object);
    holders.push({ object, path, prototype, keys: new Set(keys) });
    for (const key of keys) {
      const { value, get, set } = getOwnPropertyDescriptor(object, key)!;
      for (const next of [value, get, set]) if (isObject(next)) queue.push([next, pathOf(path, key)]);
    }
    if (prototype) queue.push([prototype, `${path}'s prototype`]);
  }
  return holders;
}

/** Named in the way in which they are reached; those without a name of their own have the specification's. */
function roots(): [object, string][] {
  const named: [unknown, string][] = [...ALLOWED_GLOBALS].map((name) => [Reflect.get(globalThis, name), name]);
  const exported: [unknown, string][] = Object.entries(contract).map(([name, value]) => [value, name]);
  const others: [object, string][] = [
    // Student code has another Math, with these functions in it.
    [Math, 'Math'],
    [getPrototypeOf(() => {})!, 'Function.prototype'],
    [getPrototypeOf(async () => {})!, 'AsyncFunction.prototype'],
    [getPrototypeOf(function* () {})!, 'GeneratorFunction.prototype'],
    [getPrototypeOf(async function* () {})!, 'AsyncGeneratorFunction.prototype'],
    [getPrototypeOf(Int8Array)!, 'TypedArray'],
    [getPrototypeOf([].values())!, 'ArrayIterator.prototype'],
    [getPrototypeOf(new Map().values())!, 'MapIterator.prototype'],
    [getPrototypeOf(new Set().values())!, 'SetIterator.prototype'],
    [getPrototypeOf(''[Symbol.iterator]())!, 'StringIterator.prototype'],
    [getPrototypeOf(''.matchAll(/x/g))!, 'RegExpStringIterator.prototype'],
    [getPrototypeOf(getPrototypeOf([].values())!)!, 'Iterator.prototype'],
  ];
  return [...named, ...others, ...exported].filter((root): root is [object, string] => isObject(root[0]));
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** A function with nothing but `name` and `length`. There are a thousand, so they are closed in place of being watched. */
function isMethod(object: object, keys: readonly PropertyKey[]): boolean {
  return typeof object === 'function' && keys.every((key) => key === 'name' || key === 'length');
}

function pathOf(path: string, key: PropertyKey): string {
  return typeof key === 'symbol' ? `${path}[${key.description}]` : `${path}.${String(key)}`;
}

/** None for a property that cannot change. */
function slotOf(object: object, key: PropertyKey, path: string): Slot[] {
  const original = getOwnPropertyDescriptor(object, key)!;
  if (!original.configurable && !original.writable) return [];
  // Without a prototype, so that nothing added to Object.prototype becomes a part of it.
  return [{ object, key, path: pathOf(path, key), original: Object.assign(Object.create(null), original) }];
}

/** Written without iterators and methods, which may be what has changed. */
function isWhole(holders: readonly Holder[], slots: readonly Slot[]): boolean {
  for (let i = 0; i < holders.length; i++) {
    const { object, prototype, keys } = holders[i]!;
    if (getPrototypeOf(object) !== prototype || ownKeys(object).length !== keys.size) return false;
  }
  for (let i = 0; i < slots.length; i++) if (!isOriginal(slots[i]!)) return false;
  return true;
}

function isOriginal({ object, key, path, original }: Slot): boolean {
  const now = getOwnPropertyDescriptor(object, key);
  if (now === undefined || original === undefined) return now === original;
  if (path === KIT_OWN) return true;
  if (now.enumerable !== original.enumerable || now.configurable !== original.configurable) return false;
  // Only what such a property has itself: `now` inherits from Object.prototype, to which a `get` may have been added.
  if (original.writable === undefined) return now.get === original.get && now.set === original.set;
  return now.value === original.value && now.writable === original.writable;
}

/**
 * Puts everything back: first the properties, because the rest uses some of them.
 *
 * @param places - receives what was added, for a trap
 * @returns the first difference
 */
function restore(holders: readonly Holder[], slots: readonly Slot[], places: Map<string, Slot>): string | undefined {
  let first: string | undefined;
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i]!;
    if (isOriginal(slot)) continue;
    first ??= slot.path;
    reset(slot);
  }
  for (const { object, path, prototype, keys } of holders) {
    if (getPrototypeOf(object) !== prototype) {
      first ??= `${path}'s prototype`;
      setPrototypeOf(object, prototype);
    }
    for (const key of ownKeys(object).filter((key) => !keys.has(key))) {
      const added: Slot = { object, key, path: pathOf(path, key), original: undefined };
      places.set(added.path, added);
      first ??= added.path;
      reset(added);
    }
  }
  return first;
}

function reset({ object, key, original }: Slot): void {
  if (original) defineProperty(object, key, original);
  else deleteProperty(object, key);
}

function trapSlot(slot: Slot): () => void {
  const { object, key, path, original } = slot;
  if (original?.get || original?.set) return () => undefined;
  defineProperty(object, key, {
    configurable: true,
    enumerable: original?.enumerable ?? false,
    get: () => original?.value,
    set(this: object, value: unknown) {
      if (this === object) throw new ContractError(`${path} is the language's own and must not be changed`);
      defineProperty(this, key, { value, writable: true, enumerable: true, configurable: true });
    },
  });
  return () => reset(slot);
}

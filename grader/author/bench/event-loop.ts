/** Lets every microtask that is ready, and all that they start, finish. */
export function drain(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

/** Lets the event loop turn once. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

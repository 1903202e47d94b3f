/** Lets every microtask that is ready, and all that they start, finish. */
export const drain = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

/** Lets the event loop turn once, which brings unhandled rejections to light. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

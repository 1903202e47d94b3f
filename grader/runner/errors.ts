/** The command asks for something that does not exist or makes no sense. Its message is one sentence that names what is right. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The kit itself is at fault, or a suite that was added to it; never the submission. Its message is one sentence. */
export class KitError extends Error {
  override readonly name = 'KitError';
}

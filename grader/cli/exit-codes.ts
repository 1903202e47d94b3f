import { type Grading, KitError, LoadError, type TestStatus, UsageError } from '#runner';

/** What the exit code of a command means. */
export const EXIT = {
  fullMarks: 0,
  failed: 1,
  usage: 2,
  /** The submission does not load. */
  submission: 3,
  /** The kit itself is at fault, never the student. */
  kit: 4,
  /** No verdict within the budget of time or memory. */
  unknown: 5,
  interrupted: 130,
} as const;

/**
 * The exit code of a set of verdicts. What is certain comes first: a failure is the same on every machine, while a test
 * without a verdict may have one elsewhere.
 */
export function exitCodeOf(statuses: readonly TestStatus[]): number {
  if (statuses.includes('kit-error')) return EXIT.kit;
  if (statuses.some((status) => status !== 'passed' && status !== 'unknown')) return EXIT.failed;
  return statuses.includes('unknown') ? EXIT.unknown : EXIT.fullMarks;
}

export function exitCodeOfGrading({ labs, interrupted }: Grading): number {
  if (interrupted) return EXIT.interrupted;
  return exitCodeOf(labs.flatMap((lab) => lab.tests.map(({ status }) => status)));
}

/** The code does not load, but that can change with the next save. */
export function canBeMended(error: unknown): boolean {
  return error instanceof LoadError && error.code === 'broken';
}

/** An error that ended a command, as an exit code and what to say about it. */
export function explainError(error: unknown): { code: number; message: string } {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UsageError) return { code: EXIT.usage, message };
  if (error instanceof LoadError) {
    if (error.code === 'absent') return { code: EXIT.usage, message };
    return { code: EXIT.submission, message: `the submission does not load: ${message}` };
  }
  if (error instanceof KitError)
    return { code: EXIT.kit, message: `the kit is at fault, not the submission: ${message}` };
  const stack = error instanceof Error && error.stack !== undefined ? error.stack : message;
  return { code: EXIT.kit, message: `the kit is at fault, not the submission: ${stack}` };
}

/** A place in a student's own source. */
export interface SourceLocation {
  /** Path relative to the submission's folder, with `/` between its parts. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** In UTF-16 units, from 1. */
  readonly column: number;
}

/** `raft.ts:12:5`, the form that editors and terminals turn into a link. */
export function formatLocation({ file, line, column }: SourceLocation): string {
  return `${file}:${line}:${column}`;
}

/** `absent`: there is nothing to load, so the command was wrong. `broken`: there is, and it does not load. */
export type LoadErrorCode = 'absent' | 'broken';

/** A submission does not load. Its message is one sentence for the student and begins with the location, if there is one. */
export class LoadError extends Error {
  override readonly name = 'LoadError';
  /** Whose mistake it is: the command's or the submission's. */
  readonly code: LoadErrorCode;
  /** Where in the student's source, if it is known. */
  readonly location: SourceLocation | undefined;

  /**
   * @param sentence - what is wrong and what to do, without the location
   * @param options - the location, and the error behind this one
   */
  constructor(code: LoadErrorCode, sentence: string, options: { location?: SourceLocation; cause?: unknown } = {}) {
    const { location, cause } = options;
    super(location ? `${formatLocation(location)}: ${sentence}` : sentence, { cause });
    this.code = code;
    this.location = location;
  }
}

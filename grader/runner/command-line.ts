/** What a command is about. */
export interface CommandSubject {
  /** As it is asked for; `skeleton` unless told otherwise. */
  readonly impl?: string;
  /** Folders with further suites. */
  readonly suites?: readonly string[];
}

/**
 * Joins the words of a command, so that a shell takes each for one.
 *
 * @param more - what stands behind the subject
 */
export function commandLine(
  words: readonly string[],
  { impl = 'skeleton', suites = [] }: CommandSubject,
  more: readonly string[] = [],
): string {
  // Other code than the student's own has to be named.
  const code = impl === 'skeleton' ? [] : [`impl=${impl}`];
  const subject = [...code, ...suites.map((folder) => `suite=${folder}`)];
  return ['npm run', ...[...words, ...subject, ...more].map(quote)].join(' ');
}

/** The command that grades these labs. */
export function gradeCommand(labs: readonly string[], subject: CommandSubject, more: readonly string[] = []): string {
  return commandLine(['grade', ...labs], subject, more);
}

function quote(word: string): string {
  return /^[\w=:./@-]+$/.test(word) ? word : JSON.stringify(word);
}

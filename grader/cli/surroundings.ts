import type { Output } from './output.ts';

/** What a command may use of the process: `main.ts` alone touches it. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  /** Where relative paths start: the folder in which the command was typed. */
  readonly cwd: string;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly isTerminal: boolean;
  /** Of the terminal, in cells. */
  readonly columns: number | undefined;
  /** The user ends the command, with Ctrl-C for example. */
  readonly signal: AbortSignal;
  /** Sets a variable that libraries read as they load. */
  setVariable(name: string, value: string): void;
}

/** A command's file. @returns the exit code */
export interface Command {
  run(words: readonly string[], surroundings: Surroundings): Promise<number>;
}

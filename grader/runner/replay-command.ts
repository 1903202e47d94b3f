import { type CommandSubject, commandLine } from './command-line.ts';

/** The command that plays one run again. */
export function replayCommand(id: string, seed: number, subject: CommandSubject): string {
  return commandLine(['replay', id, `seed=${seed}`], subject);
}

/** The command that plays a case again. @param file - path of its file */
export function replayCaseCommand(file: string, subject: CommandSubject): string {
  return commandLine(['replay', `case=${file}`], subject);
}

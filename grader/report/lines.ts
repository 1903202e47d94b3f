/**
 * What a line is for. A terminal may colour it; the words alone must do. `strong`: read this first. `bad`: what went wrong.
 * `mark`: evidence in a story. `command`: to be copied and typed, so it is never broken. `faint`: may be skipped.
 */
export type Tone = 'plain' | 'strong' | 'bad' | 'good' | 'mark' | 'command' | 'faint';

/** One line of text, without a line end. */
export interface Line {
  readonly text: string;
  readonly tone: Tone;
}

export function line(text: string, tone: Tone = 'plain'): Line {
  return { text, tone };
}

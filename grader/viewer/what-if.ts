import type { Trace, TraceMessage } from '#scenario';

/** Something to do otherwise in the next run of the same test and seed. */
export type Edit =
  | { readonly do: 'drop'; readonly message: MessageKey }
  | { readonly do: 'delay'; readonly message: MessageKey; readonly ms: number }
  | { readonly do: 'crash' | 'restart' | 'pause' | 'resume'; readonly server: string; readonly step: number };

/** A message's causal key: it names the same message in every run that is the same up to there. */
export interface MessageKey {
  readonly from: string;
  readonly to: string;
  readonly method: string;
  readonly phase: 'request' | 'reply';
  readonly term: number;
  readonly occurrence: number;
}

/** @returns the key of a message: its request's, as a reply goes with its request */
export function messageKey({ from, to, method, phase, term, requestTerm, occurrence }: TraceMessage): MessageKey {
  return { from, to, method, phase, term: requestTerm ?? term, occurrence };
}

/** @returns an edit in words */
export function editText(edit: Edit): string {
  if (!('message' in edit)) return `${edit.do} ${edit.server} at step ${edit.step}`;
  const { message } = edit;
  const what = `${message.method} ${message.phase} of term ${message.term} from ${message.from} to ${message.to}`;
  return edit.do === 'drop' ? `drop the ${what}` : `delay the ${what} by ${edit.ms} ms`;
}

/** @returns the text of a case file: a run, and what to do otherwise in it */
export function caseText({ lab, test, seed }: Trace, edits: readonly Edit[]): string {
  const lines = edits.map((edit) => `    ${JSON.stringify(edit)}`);
  return `{
  "format": 1,
  "test": ${JSON.stringify(`${lab}/${test}`)},
  "seed": ${seed},
  "edits": [${lines.length === 0 ? '' : `\n${lines.join(',\n')}\n  `}]
}
`;
}

/** @returns the name that a case file gets */
export function caseFile({ lab, test, seed }: Trace): string {
  return `${lab}-${test}-seed${seed}.case.json`;
}

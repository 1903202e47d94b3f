import type { Case, TraceMessage } from '#scenario';
// What runs in the page is taken from where it stands: the whole of the scenarios has no business there.
import { type Edit, editText } from '../scenario/edits.ts';

/** @returns a message's causal key: it names the same message in every run that is the same up to there */
export function messageKey(message: TraceMessage): string {
  const { from, to, method, phase, term, requestTerm = term, occurrence, copy = 1 } = message;
  const request = `${method} t${requestTerm} #${occurrence + 1}`;
  if (phase === 'request') return `${from}>${to} ${request}`;
  return `${from}>${to} reply to ${request}${copy === 1 ? '' : `, copy ${copy}`}`;
}

/** @returns edits with one more; of two about one message, the later one counts */
export function withEdit(edits: readonly Edit[], edit: Edit): Edit[] {
  const text = editText(edit);
  const isReplaced = (each: Edit): boolean =>
    'message' in edit ? 'message' in each && each.message === edit.message : editText(each) === text;
  return [...edits.filter((each) => !isReplaced(each)), edit];
}

/** @returns a case with further edits */
export function editedCase(known: Case, edits: readonly Edit[]): Case {
  const all = edits.reduce<readonly Edit[]>(withEdit, known.decisions.edits ?? []);
  return { ...known, decisions: { ...known.decisions, ...(all.length > 0 && { edits: all }) } };
}

import type { Case, TraceMessage } from '#scenario';
// What runs in the page is taken from where it stands: the whole of the scenarios has no business there.
import { type Edit, editText } from '../scenario/edits.ts';
import type { Arrow, Timeline } from './timeline.ts';

/** The shortest time in a run, in virtual milliseconds. */
const MOMENT_MS = 0.001;

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

/** @returns the messages that are on their way behind a moment, the next to arrive first; of one that goes out twice, one */
export function underWay({ arrows, moments }: Timeline, moment: number): Arrow[] {
  const found = new Map<number, Arrow>();
  for (const arrow of arrows) {
    const { data, fromLane, toLane } = arrow;
    // What a server says to itself never leaves it.
    if (fromLane === toLane || !isUnderWay(arrow, moment) || found.has(data.message)) continue;
    found.set(data.message, arrow);
  }
  const endOf = ({ ends }: Arrow): number => (ends < 0 ? moments.length : ends);
  return [...found.values()].sort((a, b) => endOf(a) - endOf(b));
}

/**
 * When a message has to arrive to overtake all others that are on their way to the same server: right behind a moment when it
 * is under way then, otherwise as soon as it is sent.
 *
 * @returns virtual milliseconds; `undefined` for a message that no link carries, as it is cut or the test takes it out
 */
export function firstMs({ trace, arrows, moments }: Timeline, arrow: Arrow, moment: number): number | undefined {
  const { data, sent, toLane, endEvent } = arrow;
  const end = trace.events[endEvent];
  if (end?.kind === 'drop' && (end.data.why === 'cut' || end.data.why === 'dropped')) return undefined;
  const from = isUnderWay(arrow, moment) ? moment : sent;
  const others = arrows.filter(
    (other) => other.toLane === toLane && other.data.message !== data.message && other.ends > from,
  );
  const arrivals = others.filter((other) => other.fate === 'delivered').map(({ ends }) => moments[ends]!.at);
  // Of two that are due at the same time, the one that was sent later comes later: so before that time.
  const ms = Math.min(moments[from]!.at + MOMENT_MS, ...arrivals.map((at) => at - MOMENT_MS));
  return Math.max(moments[sent]!.at, Math.round(ms * 1_000) / 1_000);
}

function isUnderWay({ sent, ends }: Arrow, moment: number): boolean {
  return sent <= moment && (ends < 0 || ends > moment);
}

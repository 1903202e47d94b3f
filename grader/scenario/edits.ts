import type { ServerId } from '#contract';
import type { Fate } from '#kernel';

/** Something that goes otherwise than it went: what happens to one message, whatever its link is like. */
export type MessageEdit =
  /** @see {@link MessageFate.message} */
  | { readonly do: 'drop'; readonly message: string }
  | { readonly do: 'delay'; readonly message: string; readonly byMs: number }
  /** It arrives at that virtual time, or, when it is sent later, as soon as it is sent. */
  | { readonly do: 'deliver-first'; readonly message: string; readonly atMs: number };

/**
 * Something that goes otherwise than it went: what is done to a server, behind all that happens at that virtual time.
 * `time-out`: whatever is sent to it is lost until it stands for election, see `playEdits`.
 */
export interface ServerEdit {
  readonly do: 'crash' | 'restart' | 'pause' | 'resume' | 'time-out';
  readonly server: ServerId;
  readonly atMs: number;
}

/** What a reader of a run wants to go otherwise. Up to its time, the run stays as it was. */
export type Edit = MessageEdit | ServerEdit;

/** @returns an edit in words */
export function editText(edit: Edit): string {
  if (!('message' in edit)) {
    const at = `${edit.atMs} ms`;
    return edit.do === 'time-out' ? `let ${edit.server} time out after ${at}` : `${edit.do} ${edit.server} at ${at}`;
  }
  const { from, to, rest } = messageParts(edit.message);
  const message = `${rest} from ${from} to ${to}`;
  switch (edit.do) {
    case 'drop':
      return `drop ${message}`;
    case 'delay':
      return `delay ${message} by ${edit.byMs} ms`;
    case 'deliver-first':
      return `deliver ${message} first, at ${edit.atMs} ms`;
  }
}

/** @returns what a message's causal key says: from whom to whom it goes, and what it is */
export function messageParts(message: string): {
  readonly from: ServerId;
  readonly to: ServerId;
  readonly rest: string;
} {
  const [, from = '', to = '', rest = message] = /^([^ >]+)>(\S+) (.*)$/.exec(message) ?? [];
  return { from, to, rest };
}

/**
 * @param sentMs - when the message leaves, in virtual milliseconds
 * @returns a message's fate, with the edit made
 */
export function editedFate({ lost: _, ...fate }: Fate, edit: MessageEdit, sentMs: number): Fate {
  switch (edit.do) {
    case 'drop':
      return { lost: true };
    case 'delay':
      return { ...fate, lateMs: (fate.lateMs ?? 0) + edit.byMs };
    case 'deliver-first': {
      const { lateMs: _late, ...prompt } = fate;
      return { ...prompt, latencyMs: Math.max(0, edit.atMs - sentMs) };
    }
  }
}

const KNOWN = 'drop, delay, deliver-first, crash, restart, pause, resume or time-out';

/** @returns what is wrong with a value that should be an edit; `undefined`: nothing */
export function faultInEdit(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'is no object';
  const { do: what, message, byMs, server, atMs } = value as Partial<Record<string, unknown>>;
  const isTime = (ms: unknown): boolean => typeof ms === 'number' && Number.isFinite(ms) && ms >= 0;
  switch (what) {
    case 'drop':
      return typeof message === 'string' ? undefined : 'names no "message"';
    case 'delay':
      if (typeof message !== 'string') return 'names no "message"';
      return isTime(byMs) ? undefined : 'has no number "byMs"';
    case 'deliver-first':
      if (typeof message !== 'string') return 'names no "message"';
      return isTime(atMs) ? undefined : 'has no number "atMs"';
    case 'crash':
    case 'restart':
    case 'pause':
    case 'resume':
    case 'time-out':
      if (typeof server !== 'string') return 'names no "server"';
      return isTime(atMs) ? undefined : 'has no number "atMs"';
    default:
      return `has no "do" that this kit knows: ${KNOWN}`;
  }
}

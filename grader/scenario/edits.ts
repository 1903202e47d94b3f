import type { ServerId } from '#contract';
import type { Fate, Host, World } from '#kernel';
import type { DecisionBook } from './decisions.ts';

/** Something that goes otherwise than it went: what happens to one message, whatever its link is like. */
export type MessageEdit =
  /** @see {@link MessageFate.message} */
  | { readonly do: 'drop'; readonly message: string }
  | { readonly do: 'delay'; readonly message: string; readonly byMs: number };

/** Something that goes otherwise than it went: what is done to a server, behind all that happens at that virtual time. */
export interface ServerEdit {
  readonly do: 'crash' | 'restart' | 'pause' | 'resume';
  readonly server: ServerId;
  readonly atMs: number;
}

/** What a reader of a run wants to go otherwise. Up to its time, the run stays as it was. */
export type Edit = MessageEdit | ServerEdit;

/** @returns an edit in words */
export function editText(edit: Edit): string {
  if (!('message' in edit)) return `${edit.do} ${edit.server} at ${edit.atMs} ms`;
  const message = edit.message.replace(/^(\S+)>(\S+) (.*)$/, '$3 from $1 to $2');
  return edit.do === 'drop' ? `drop ${message}` : `delay ${message} by ${edit.byMs} ms`;
}

/** @returns a message's fate, with the edit made */
export function editedFate({ lost: _, ...fate }: Fate, edit: MessageEdit): Fate {
  return edit.do === 'drop' ? { lost: true } : { ...fate, lateMs: (fate.lateMs ?? 0) + edit.byMs };
}

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
    case 'crash':
    case 'restart':
    case 'pause':
    case 'resume':
      if (typeof server !== 'string') return 'names no "server"';
      return isTime(atMs) ? undefined : 'has no number "atMs"';
    default:
      return 'has no "do" that this kit knows: drop, delay, crash, restart, pause or resume';
  }
}

/** Has the edits of servers made when their time comes. One that makes no sense then, such as a crash of the dead, is not made. */
export function playEdits(world: World, decisions: DecisionBook): void {
  for (const edit of decisions.serverEdits) {
    // Just after that time, so that what a reader saw happen then still happens.
    world.at(Math.round(edit.atMs * 1_000) + 1, () => {
      const host = world.hosts.find(({ id }) => id === edit.server);
      if (host === undefined || !isPossible(edit, host)) return;
      make(edit, host, world);
      decisions.made(edit);
      world.disturb(`what if: ${edit.do} ${edit.server}`, [edit.server]);
    });
  }
}

function isPossible({ do: what }: ServerEdit, { up, paused }: Host): boolean {
  if (what === 'restart') return !up;
  return up && (what === 'crash' || paused === (what === 'resume'));
}

function make({ do: what }: ServerEdit, host: Host, world: World): void {
  switch (what) {
    case 'crash':
      world.crash(host.id);
      return;
    case 'restart':
      host.disk.failAfterWrites = undefined;
      world.boot(host.id);
      return;
    case 'pause':
      world.pause(host.id);
      return;
    case 'resume':
      world.resume(host.id);
  }
}

import type { Status } from '#contract';
import type { Call, Host, Observer, World } from '#kernel';
import type { DecisionBook } from './decisions.ts';
import type { ServerEdit } from './edits.ts';

/** Has the edits of servers made when their time comes. One that makes no sense then, such as a crash of the dead, is not made. */
export function playEdits(world: World, decisions: DecisionBook): void {
  const edits = decisions.serverEdits;
  const deafness = new Deafness(decisions);
  if (edits.some((edit) => edit.do === 'time-out')) world.observers.add(deafness);
  for (const edit of edits) {
    // Just after that time, so that what a reader saw happen then still happens.
    world.at(Math.round(edit.atMs * 1_000) + 1, () => {
      const host = world.hosts.find(({ id }) => id === edit.server);
      if (host === undefined || !isPossible(edit, host)) return;
      if (edit.do === 'time-out') {
        deafness.begin(edit, host);
        world.disturb(`what if: nothing reaches ${edit.server} until it stands for election`, [edit.server]);
        return;
      }
      make(edit, host, world);
      decisions.made(edit);
      world.disturb(`what if: ${edit.do} ${edit.server}`, [edit.server]);
    });
  }
}

/**
 * Lets servers time out. Which of a server's timers is the one for elections, nobody outside can know, and a clock that jumps
 * moves no timer that runs. But whatever the code is like, a server that hears nothing stands for election before long: so
 * what is sent to it from then on is lost, until it asks for votes in a term above its own.
 */
class Deafness implements Observer {
  readonly #decisions: DecisionBook;
  /** Edits that have begun, with the term in which each found its server. */
  readonly #begun = new Map<ServerEdit, number>();

  constructor(decisions: DecisionBook) {
    this.#decisions = decisions;
  }

  begin(edit: ServerEdit, { status }: Host): void {
    this.#begun.set(edit, status?.currentTerm ?? 0);
    this.#decisions.deaf.add(edit.server);
  }

  requestSent({ method, args, from }: Call): void {
    if (method !== 'RequestVote' || !this.#decisions.deaf.has(from.id)) return;
    for (const [edit, term] of this.#begun) {
      if (edit.server !== from.id || args.term <= term) continue;
      this.#decisions.made(edit);
      this.#end(edit);
    }
  }

  /** A leader has no timer for elections: one whose votes were under way already cannot be made to wait for them in vain. */
  stepped({ id }: Host, { role }: Status): void {
    if (role !== 'leader' || !this.#decisions.deaf.has(id)) return;
    for (const edit of this.#begun.keys()) if (edit.server === id) this.#end(edit);
  }

  #end(edit: ServerEdit): void {
    this.#begun.delete(edit);
    if (![...this.#begun.keys()].some(({ server }) => server === edit.server)) this.#decisions.deaf.delete(edit.server);
  }
}

function isPossible({ do: what }: ServerEdit, { up, paused, status }: Host): boolean {
  switch (what) {
    case 'restart':
      return !up;
    case 'crash':
      return up;
    case 'time-out':
      return up && !paused && status?.role !== 'leader';
    case 'pause':
    case 'resume':
      return up && paused === (what === 'resume');
  }
}

function make({ do: what }: ServerEdit, host: Host, world: World): void {
  switch (what) {
    case 'crash':
      world.crash(host.id);
      return;
    case 'restart':
      world.boot(host.id);
      return;
    case 'pause':
      world.pause(host.id);
      return;
    case 'resume':
      world.resume(host.id);
  }
}

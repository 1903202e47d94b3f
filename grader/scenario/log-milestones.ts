import type { AppendEntriesArgs, AppendEntriesReply, ServerId } from '#contract';
import type { Observer, World } from '#kernel';
import type { Milestones } from './milestones.ts';

/**
 * Counts situations of logs: entries that were replaced, refusals, elections among logs that contradict each other. It
 * knows logs from what was proposed, sent and acknowledged; that is enough to see whether a test reached what it is for.
 */
export class LogMilestones implements Observer {
  readonly #world: World;
  readonly #milestones: Milestones;
  /** For each server, the terms of its entries; the entry with index `i` stands at `i`. */
  readonly #terms = new Map<ServerId, (number | undefined)[]>();

  constructor(world: World, milestones: Milestones) {
    this.#world = world;
    this.#milestones = milestones;
  }

  proposed(...[host, command, result]: Parameters<NonNullable<Observer['proposed']>>): void {
    // An operator's wish need not have an entry of its own.
    if (result.accepted && command !== undefined) this.#of(host.id)[result.index] = result.term;
  }

  requestSent({ from, method, args }: Parameters<NonNullable<Observer['requestSent']>>[0]): void {
    if (method !== 'AppendEntries' || from.scripted) return;
    const terms = this.#of(from.id);
    for (const { index, term } of (args as AppendEntriesArgs).entries) terms[index] = term;
  }

  replySent(...[call, reply]: Parameters<NonNullable<Observer['replySent']>>): void {
    const { method, to } = call;
    if (method !== 'AppendEntries' || to.scripted) return;
    const args = call.args as AppendEntriesArgs;
    if (!(reply as AppendEntriesReply).success) {
      if (reply.term === args.term) this.#milestones.reached('logRefusals');
      return;
    }
    const terms = this.#of(to.id);
    for (const { index, term } of args.entries) {
      const before = terms[index];
      if (before !== undefined && before !== term) {
        this.#milestones.reached('truncations');
        terms.length = index;
      }
      terms[index] = term;
    }
  }

  stepped(...[host, status, previous]: Parameters<NonNullable<Observer['stepped']>>): void {
    // A log ends where its server says: entries behind that are gone.
    const terms = this.#of(host.id);
    if (terms.length > status.lastLogIndex + 1) {
      terms.length = status.lastLogIndex + 1;
      this.#milestones.reached('truncations');
    }
    if (status.role === 'leader' && previous?.role !== 'leader') this.#elected(host.id, status.currentTerm);
  }

  #elected(leader: ServerId, currentTerm: number): void {
    const own = this.#of(leader);
    const others = this.#world.hosts.filter(({ up, id }) => up && id !== leader).map(({ id }) => this.#of(id));
    const differs = (terms: readonly (number | undefined)[]): boolean =>
      terms.some((term, i) => term !== undefined && own[i] !== undefined && own[i] !== term);
    if (others.some(differs)) this.#milestones.reached('divergentElections');
    if (this.#world.hosts.length < 4) return;
    const committed = Math.max(0, ...this.#world.hosts.map(({ status }) => status?.commitIndex ?? 0));
    const last = own.findLastIndex((term) => term !== undefined && term < currentTerm);
    const holders = others.filter((terms) => terms[last] === own[last]).length;
    if (last > committed && holders === 1) this.#milestones.reached('leaderPlusOne');
  }

  #of(id: ServerId): (number | undefined)[] {
    const terms = this.#terms.get(id) ?? [];
    this.#terms.set(id, terms);
    return terms;
  }
}

import type { ServerId } from '#contract';
import type { Host, World } from '#kernel';
import type { TraceData, TraceEvent, TraceKind, TraceLog, TracePatch, TraceSnapshot } from './trace-format.ts';
import { Sight } from './trace-state.ts';

/** Events that a trace keeps: the last ones, as a failure ends its run. */
export const TRACE_EVENTS_MAX = 20_000;
/** Steps between two full states, unless the logs are longer than that. */
const SNAPSHOT_STEPS = 50;
/** Events between two full states at most. */
const SNAPSHOT_EVENTS_MAX = 4_000;

type Draft = { -readonly [K in keyof TraceEvent]: TraceEvent[K] };

/** The events of a trace, the states between them, and a limit to their number. */
export class Ledger {
  readonly #world: World;
  readonly #sights: ReadonlyMap<ServerId, Sight>;
  #events: Draft[] = [];
  #snapshots: TraceSnapshot[] = [];
  #omitted = 0;
  #snapshotStep = 0;
  #cuts: readonly string[] = [];

  constructor(world: World) {
    this.#world = world;
    this.#sights = new Map(world.hosts.map((host) => [host.id, new Sight(host)]));
    this.#takeSnapshot();
  }

  /** What is seen of a server. */
  sight({ id }: Host): Sight {
    return this.#sights.get(id)!;
  }

  /** Adds an event. */
  push<K extends TraceKind>(kind: K, host: Host | undefined, data: TraceData[K], cause?: number): void {
    this.#events.push(this.#event(kind, host, data, cause));
  }

  /** Adds an event right behind the first of the present step, which made it so, and before what followed from it. */
  pushEarly<K extends TraceKind>(kind: K, host: Host, data: TraceData[K]): void {
    let place = this.#events.length;
    while (place > 0 && this.#events[place - 1]!.step === this.#world.step) place--;
    this.#events.splice(place + 1, 0, this.#event(kind, host, data));
  }

  /** Sets down a change of the network, if there is one. */
  recut(text: string): boolean {
    const { hosts, network } = this.#world;
    const cuts = hosts.flatMap((from) =>
      hosts.filter((to) => to !== from && network.isCut(from, to)).map((to) => `${from.id}>${to.id}`),
    );
    const before = this.#cuts;
    if (cuts.join() === before.join()) return false;
    this.#cuts = cuts;
    this.push(cuts.length > before.length ? 'partition' : 'heal', undefined, { text, cuts });
    this.#patch({ cuts });
    return true;
  }

  /** Notes what changed of the servers since the last time. */
  capture(): void {
    for (const sight of this.#sights.values()) {
      const { paused, log } = sight.node;
      const change = sight.change();
      if (change === undefined) continue;
      if (sight.node.up && paused !== sight.node.paused) this.push(paused ? 'resume' : 'pause', sight.host, {});
      if (change.diskFailed === true) this.push('disk-fault', sight.host, {});
      if (change.log !== undefined) this.#tellLog(sight, log, change.log.from);
      // A change that nothing announced, as that of `compact`, gets an event of its own.
      const last = this.#events.at(-1);
      const announced = last?.step === this.#world.step && last.patch?.nodes?.[sight.host.id] === undefined;
      if (!announced) this.push('note', sight.host, { text: change.role === undefined ? 'runs' : 'has started' });
      this.#patch({ nodes: { [sight.host.id]: change } });
    }
  }

  /** The present step is over. */
  endStep(): void {
    this.capture();
    const since = this.#events.length - this.#snapshots.at(-1)!.before;
    let cells = 0;
    for (const { node } of this.#sights.values()) cells += node.log.entries.length;
    // A full state is as big as the logs are long; being rarer then, it keeps the trace in proportion.
    const room = since >= Math.min(cells, SNAPSHOT_EVENTS_MAX);
    if (room && this.#world.step - this.#snapshotStep >= SNAPSHOT_STEPS) this.#takeSnapshot();
    if (this.#events.length > 2 * TRACE_EVENTS_MAX) this.#trim();
  }

  /** @returns what is to be kept */
  close(): { readonly omitted: number; readonly events: TraceEvent[]; readonly snapshots: TraceSnapshot[] } {
    this.#trim();
    return { omitted: this.#omitted, events: this.#events as TraceEvent[], snapshots: this.#snapshots };
  }

  /** A log reads otherwise from an index on: entries went, or came, or both. */
  #tellLog({ host, node }: Sight, before: TraceLog, from: number): void {
    const [was, is] = [before.base + before.entries.length, node.log.base + node.log.entries.length];
    // Where nothing was known of an entry, it was only found out what it is.
    const cut = from <= was && from > node.log.base && before.entries[from - before.base - 1] != null;
    if (cut) this.push('log-truncate', host, { from });
    const first = cut ? from : was + 1;
    if (is < first) return;
    const term = node.log.entries.at(-1)?.[0] ?? node.currentTerm ?? 0;
    this.push('log-append', host, { from: first, to: is, term });
  }

  #event<K extends TraceKind>(kind: K, host: Host | undefined, data: TraceData[K], cause?: number): Draft {
    const { step, nowMs: at } = this.#world;
    const node = host === undefined ? {} : { node: host.id };
    return { step, at, ...node, kind, ...(cause === undefined ? {} : { cause }), data } as Draft;
  }

  /** Adds a change to the last event. */
  #patch({ nodes, cuts }: TracePatch): void {
    const last = this.#events.at(-1)!;
    const all = { ...last.patch?.nodes, ...nodes };
    last.patch = {
      ...last.patch,
      ...(Object.keys(all).length === 0 ? {} : { nodes: all }),
      ...(cuts === undefined ? {} : { cuts }),
    };
  }

  #takeSnapshot(): void {
    const nodes = Object.fromEntries([...this.#sights].map(([id, { node }]) => [id, node]));
    this.#snapshots.push({ before: this.#events.length, nodes, cuts: this.#cuts });
    this.#snapshotStep = this.#world.step;
  }

  /** Leaves out events at the beginning, up to a full state, so that no more than the limit are left. */
  #trim(): void {
    const excess = this.#events.length - TRACE_EVENTS_MAX;
    const first = this.#snapshots.find(({ before }) => before >= excess);
    if (excess <= 0 || first === undefined) return;
    const left = first.before;
    this.#omitted += left;
    this.#events = this.#events.slice(left);
    this.#snapshots = this.#snapshots
      .filter(({ before }) => before >= left)
      .map((snapshot) => ({ ...snapshot, before: snapshot.before - left }));
  }
}

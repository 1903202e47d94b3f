import type { KeyValueOutput } from '#checkers';
import type { LogEntry, ServerId, Snapshot } from '#contract';
import { type Host, isSnapshot, type Observer } from '#kernel';
import type { Cluster } from './cluster.ts';
import { KeyValueState } from './key-value-state.ts';

/** When a server's state machine takes snapshots. */
export interface Compaction {
  /** Entries from one snapshot to the next. */
  readonly every: number;
  /** Index of the first one, so that servers differ; default: `every`. */
  readonly first?: number;
  /** Entries that are applied while the snapshot is written: it is handed over that late, with the index of its beginning. */
  readonly lag?: number;
  /** Only while the server leads. */
  readonly leaderOnly?: boolean;
}

/** What became of a proposal: carried out, with the state machine's answer; or lost, as another entry stands at its index. */
export type Fate = { readonly done: true; readonly output: KeyValueOutput } | { readonly done: false };

interface Waiter {
  readonly term: number;
  readonly resolve: (fate: Fate) => void;
}

interface Replica {
  state: KeyValueState;
  /** Snapshots that are being written. */
  pending: { readonly index: number; readonly data: string }[];
}

/**
 * A key-value map on each server of a cluster, fed by what the server applies. It is in memory only: after a restart the
 * server builds it anew, the snapshot first. It answers clients, and gives its server snapshots, each as an event of its own.
 */
export class KeyValueService implements Observer {
  readonly #cluster: Cluster;
  readonly #compaction: (server: ServerId) => Compaction | undefined;
  readonly #replicas = new Map<ServerId, Replica>();
  /** By index: the first entry that a server applied there, and what that state machine said. */
  readonly #applied: { readonly term: number; readonly output: KeyValueOutput | undefined }[] = [];
  readonly #waiters = new Map<number, Waiter[]>();

  /** @param compaction - how each server compacts; `undefined`: only by {@link compact} */
  constructor(cluster: Cluster, compaction: (server: ServerId) => Compaction | undefined = () => undefined) {
    this.#cluster = cluster;
    this.#compaction = compaction;
    for (const id of cluster.ids) this.#replicas.set(id, { state: new KeyValueState(), pending: [] });
    cluster.world.observers.add(this);
  }

  /** @returns the map of a server, as far as it has applied the log in its present life */
  state(id: ServerId): KeyValueState {
    return this.#replicas.get(id)!.state;
  }

  /** Has a server compact its log up to where its state machine is. */
  compact(id: ServerId): void {
    const state = this.state(id);
    if (state.index > 0) this.#cluster.world.compact(id, state.index, state.save());
  }

  /** Calls back as soon as any server has applied an index: at once when one has. */
  await(index: number, term: number, resolve: (fate: Fate) => void): void {
    const known = this.#applied[index];
    if (known !== undefined) resolve(fateOf(known, term));
    else this.#waiters.set(index, [...(this.#waiters.get(index) ?? []), { term, resolve }]);
  }

  booted({ id }: Host): void {
    this.#replicas.set(id, { state: new KeyValueState(), pending: [] });
  }

  applied({ id, status }: Host, item: LogEntry | Snapshot): void {
    const replica = this.#replicas.get(id)!;
    if (isSnapshot(item)) {
      replica.state.restore(item.lastIncludedIndex, item.data);
      replica.pending = [];
      return;
    }
    const output = replica.state.apply(item.index, item.command);
    if (this.#applied[item.index] === undefined) this.#settle(item, output);
    const compaction = this.#compaction(id);
    if (compaction === undefined) return;
    const { every, first = every, lag = 0, leaderOnly = false } = compaction;
    const due = item.index >= first && (item.index - first) % every === 0;
    if (due && (!leaderOnly || status?.role === 'leader'))
      replica.pending.push({ index: item.index, data: replica.state.save() });
    while (replica.pending.length > 0 && replica.pending[0]!.index + lag <= item.index) {
      const { index, data } = replica.pending.shift()!;
      this.#cluster.world.compact(id, index, data);
    }
  }

  #settle({ index, term }: LogEntry, output: KeyValueOutput | undefined): void {
    const known = { term, output };
    this.#applied[index] = known;
    for (const waiter of this.#waiters.get(index) ?? []) waiter.resolve(fateOf(known, waiter.term));
    this.#waiters.delete(index);
  }
}

function fateOf(
  { term, output }: { readonly term: number; readonly output: KeyValueOutput | undefined },
  own: number,
): Fate {
  return term === own && output !== undefined ? { done: true, output } : { done: false };
}

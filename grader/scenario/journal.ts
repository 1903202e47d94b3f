import type { LogEntry, ServerId, Snapshot } from '#contract';
import { type Host, isSnapshot, type Observer } from '#kernel';

/** What each server has given to its state machine in its present life. */
export class Journal implements Observer {
  readonly #applied = new Map<ServerId, Map<number, LogEntry>>();
  readonly #snapshots = new Map<ServerId, Snapshot>();

  booted(host: Host): void {
    this.#applied.set(host.id, new Map());
    this.#snapshots.delete(host.id);
  }

  applied(host: Host, item: LogEntry | Snapshot): void {
    if (isSnapshot(item)) this.#snapshots.set(host.id, item);
    else this.#of(host.id).set(item.index, item);
  }

  #of(id: ServerId): Map<number, LogEntry> {
    const entries = this.#applied.get(id) ?? new Map<number, LogEntry>();
    this.#applied.set(id, entries);
    return entries;
  }

  /** @returns the entry that a server has applied at an index in its present life */
  at(id: ServerId, index: number): LogEntry | undefined {
    return this.#applied.get(id)?.get(index);
  }

  /** @returns the snapshot that a server has applied last in its present life */
  snapshot(id: ServerId): Snapshot | undefined {
    return this.#snapshots.get(id);
  }

  /** @returns the commands that a server has applied one by one in its present life, in order */
  commands(id: ServerId): string[] {
    return [...(this.#applied.get(id)?.values() ?? [])].flatMap(({ command }) =>
      command === undefined ? [] : [command],
    );
  }
}

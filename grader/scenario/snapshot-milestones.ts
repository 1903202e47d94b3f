import type { InstallSnapshotArgs, LogEntry, Snapshot } from '#contract';
import { type Host, isSnapshot, type Observer } from '#kernel';
import type { Milestones } from './milestones.ts';

/** Counts what happens to snapshots: taken, sent, installed, arrived too late, or there at a restart. */
export class SnapshotMilestones implements Observer {
  readonly #milestones: Milestones;
  /** Servers that have finished their first step since they were booted. */
  readonly #started = new Set<Host>();

  constructor(milestones: Milestones) {
    this.#milestones = milestones;
  }

  booted(host: Host): void {
    this.#started.delete(host);
  }

  stepped(host: Host): void {
    this.#started.add(host);
  }

  compacted(host: Host): void {
    if (!host.scripted) this.#milestones.reached('compactions');
  }

  requestSent({ from, method }: Parameters<NonNullable<Observer['requestSent']>>[0]): void {
    if (method === 'InstallSnapshot' && !from.scripted) this.#milestones.reached('snapshotsSent');
  }

  requestArrived({ method, args, to }: Parameters<NonNullable<Observer['requestArrived']>>[0]): void {
    if (method !== 'InstallSnapshot' || to.status === undefined) return;
    const { lastIncludedIndex } = args as InstallSnapshotArgs;
    if (lastIncludedIndex <= to.status.commitIndex) this.#milestones.reached('staleSnapshots');
  }

  applied(host: Host, item: LogEntry | Snapshot): void {
    if (isSnapshot(item)) this.#milestones.reached(this.#started.has(host) ? 'installs' : 'restores');
  }
}

import type { Configuration, LogEntry } from '#contract';
import type { DiskContents, Host } from '#kernel';

/** The newest configuration that a disk holds, and where it stands: 0 for the one that the server was started with. */
export interface InForce {
  readonly configuration: Configuration;
  readonly index: number;
}

/** @returns the newest configuration in a log, or else the snapshot's, or else the one that the server was started with */
export function newestConfiguration(
  { log, snapshot }: DiskContents,
  host: Host,
  below = Number.POSITIVE_INFINITY,
): InForce {
  for (let i = log.length - 1; i >= 0; i--) {
    const entry = log[i]!;
    if (entry.index < below && isConfigurationEntry(entry))
      return { configuration: entry.configuration, index: entry.index };
  }
  if (snapshot !== undefined && snapshot.lastIncludedIndex < below)
    return { configuration: snapshot.configuration, index: snapshot.lastIncludedIndex };
  return { configuration: host.bootstrap, index: 0 };
}

/** What a disk held when it was read last. */
interface Reading {
  readonly view: DiskContents;
  readonly base: number;
  readonly lastIndex: number;
  /** Writes until then. */
  readonly written: number;
  readonly newest: InForce;
}

/** The newest configuration on each disk, told behind every step without reading the whole log each time. */
export class NewestConfigurations {
  readonly #readings = new Map<Host, Reading>();

  /** @returns what {@link newestConfiguration} returns for a server's log as it sees it */
  of(host: Host): InForce {
    const { view, written } = host.disk;
    const { base, lastIndex } = view;
    const before = this.#readings.get(host);
    if (before?.view === view && before.written === written) return before.newest;
    const newest = this.#read(host, before);
    this.#readings.set(host, { view, base, lastIndex, written, newest });
    return newest;
  }

  #read(host: Host, before: Reading | undefined): InForce {
    const { view, written } = host.disk;
    // A write adds one entry at most: as many places as writes, and each has added one behind the end.
    const grown =
      before?.view === view &&
      before.base === view.base &&
      view.lastIndex - before.lastIndex === written - before.written;
    if (!grown) return newestConfiguration(view, host);
    for (let index = view.lastIndex; index > before.lastIndex; index--) {
      const entry = view.entry(index)!;
      if (isConfigurationEntry(entry)) return { configuration: entry.configuration, index };
    }
    return before.newest;
  }
}

/** @returns whether an entry changes the members */
export function isConfigurationEntry(entry: LogEntry): entry is LogEntry & { readonly configuration: Configuration } {
  return entry.kind === 'config' && entry.configuration !== undefined;
}

/** @returns whether two configurations name the same members, in whatever order */
export function sameConfiguration(a: Configuration, b: Configuration): boolean {
  return a === b || describeConfiguration(a) === describeConfiguration(b);
}

/** @returns a configuration in a few words: `n1 n2 n3, learners n4 -> n1 n2 n4` */
export function describeConfiguration(configuration: Configuration): string {
  const side = ({ voters, learners }: Pick<Configuration, 'voters' | 'learners'>): string =>
    [...voters].sort().join(' ') + (learners.length > 0 ? `, learners ${[...learners].sort().join(' ')}` : '');
  return side(configuration) + (configuration.next === undefined ? '' : ` -> ${side(configuration.next)}`);
}

import type { Configuration, LogEntry } from '#contract';
import type { DiskContents, Host } from '#kernel';

/** The newest configuration that a disk holds, and where it stands: 0 for the one that the server was started with. */
export interface InForce {
  readonly configuration: Configuration;
  readonly index: number;
}

/** @returns the newest configuration in a log, or else the snapshot's, or else the one that the server was started with */
export function newestConfiguration(disk: DiskContents, host: Host, below = Number.POSITIVE_INFINITY): InForce {
  const { configIndexes, snapshot } = disk;
  for (let i = configIndexes.length - 1; i >= 0; i--) {
    const index = configIndexes[i]!;
    if (index < below) return { configuration: disk.entry(index)!.configuration!, index };
  }
  if (snapshot !== undefined && snapshot.lastIncludedIndex < below)
    return { configuration: snapshot.configuration, index: snapshot.lastIncludedIndex };
  return { configuration: host.bootstrap, index: 0 };
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

import { RELIABLE, UNRELIABLE } from '#kernel';
import { adversary, arbitraryPlan, service, type TestDefinition, variedCompaction } from '#scenario';

/** Adversaries: clients of the key-value service at work, and every few entries a snapshot, while faults that chance draws strike. */

const SENTENCE =
  'Whenever logs are compacted and whoever installs a snapshot, all servers carry out the same commands, none that is committed is lost, and once a majority can talk again, new ones are carried out.';

/** Snapshots so often that hardly any follower can do without. */
const work = service({ clients: 3, keys: 3, pauseMsMax: 90, compaction: variedCompaction(8) });

export const tests: readonly TestDefinition[] = [
  {
    slug: 'crashes',
    title: 'Servers that compact crash at any effect, over lossy links',
    kind: 'adversary',
    points: 5,
    paper: 'Raft §7',
    sentence: SENTENCE,
    runs: 100,
    reaches: { installs: 10, restores: 60, compactions: 830, crashes: 100, operations: 2_300 },
    run: adversary({
      sizes: [3, 4, 2, 5, 3, 1],
      link: UNRELIABLE,
      forMs: 2_000,
      work,
      faults: (size) =>
        arbitraryPlan(['crash', 'crash', 'crash', 'isolate'], { size, withinMs: 1_700, longestMs: 500 }, 14),
    }),
  },
  {
    slug: 'left-behind',
    title: 'Servers are cut off or down while the others compact what these lack',
    kind: 'adversary',
    points: 5,
    paper: 'Raft §7, Figure 13',
    sentence: SENTENCE,
    runs: 100,
    reaches: { installs: 30, snapshotsSent: 200, compactions: 1_350, operations: 3_300 },
    run: adversary({
      sizes: [3, 4, 5, 3],
      forMs: 2_000,
      work,
      faults: (size) =>
        arbitraryPlan(['isolate', 'isolate', 'crash', 'partition'], { size, withinMs: 1_600, longestMs: 1_200 }, 7),
    }),
  },
  {
    slug: 'late-snapshots',
    title: 'Snapshots and entries come late, or twice, and out of order',
    kind: 'adversary',
    points: 4,
    paper: 'Raft §7, Figure 13',
    sentence: SENTENCE,
    runs: 100,
    reaches: { installs: 11, staleSnapshots: 4, duplicates: 2_200, delays: 3_200, operations: 2_400 },
    run: adversary({
      sizes: [3, 4, 3, 5],
      link: { ...RELIABLE, delay: 0.2, delayMsMax: 900, duplication: 0.3 },
      forMs: 2_000,
      work,
      faults: (size) => arbitraryPlan(['isolate', 'pause'], { size, withinMs: 1_700, longestMs: 600 }, 8),
    }),
  },
  {
    slug: 'slow-disks',
    title: 'Flushes take 5 ms, and servers crash between the writes of a snapshot',
    kind: 'adversary',
    points: 4,
    paper: 'Raft §7',
    sentence: SENTENCE,
    runs: 100,
    reaches: { installs: 14, restores: 45, compactions: 1_250, crashes: 80, operations: 2_800 },
    run: adversary({
      sizes: [3, 4, 3, 5],
      link: { ...RELIABLE, delay: 0.05, delayMsMax: 500, duplication: 0.05 },
      costs: { flushUs: 5_000, messageUs: 20 },
      forMs: 2_000,
      work,
      faults: (size) =>
        arbitraryPlan(['crash', 'crash', 'isolate', 'pause'], { size, withinMs: 1_700, longestMs: 500 }, 10),
    }),
  },
];

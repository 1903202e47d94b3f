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
    reaches: { installs: 12, restores: 75, compactions: 1_100, crashes: 110, operations: 3_200 },
    run: adversary({
      sizes: [3, 5, 4, 2, 1],
      link: UNRELIABLE,
      forMs: 2_500,
      work,
      faults: (size) =>
        arbitraryPlan(['crash', 'crash', 'crash', 'isolate'], { size, withinMs: 2_200, longestMs: 500 }, 14),
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
    reaches: { installs: 34, snapshotsSent: 200, compactions: 1_900, operations: 4_500 },
    run: adversary({
      sizes: [3, 4, 5, 3],
      forMs: 2_500,
      work,
      faults: (size) =>
        arbitraryPlan(['isolate', 'isolate', 'crash', 'partition'], { size, withinMs: 1_900, longestMs: 1_200 }, 7),
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
    reaches: { installs: 14, staleSnapshots: 4, duplicates: 3_000, delays: 4_500, operations: 3_000 },
    run: adversary({
      sizes: [3, 5, 4],
      link: { ...RELIABLE, delay: 0.2, delayMsMax: 900, duplication: 0.3 },
      forMs: 2_500,
      work,
      faults: (size) => arbitraryPlan(['isolate', 'pause'], { size, withinMs: 2_200, longestMs: 600 }, 8),
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
    reaches: { installs: 20, restores: 60, compactions: 1_800, crashes: 90, operations: 3_900 },
    run: adversary({
      sizes: [3, 5, 4],
      link: { ...RELIABLE, delay: 0.05, delayMsMax: 500, duplication: 0.05 },
      costs: { flushUs: 5_000, messageUs: 20 },
      forMs: 2_500,
      work,
      faults: (size) =>
        arbitraryPlan(['crash', 'crash', 'isolate', 'pause'], { size, withinMs: 2_200, longestMs: 500 }, 10),
    }),
  },
];

import fc from 'fast-check';
import { RELIABLE, UNRELIABLE } from '#kernel';
import {
  adversary,
  arbitraryFault,
  arbitraryPlan,
  type Fault,
  type FaultBounds,
  type TestDefinition,
  workload,
} from '#scenario';

/** Adversaries: clients at work while servers crash, lose what they had not flushed, and come back. */

const SENTENCE =
  'What was granted, acknowledged or committed before a crash holds after it, whatever unflushed writes are lost; once a majority runs and can talk again, new commands are carried out.';

const work = workload({ clients: 2, pauseMsMax: 100 });

/** Crashes in the middle of what a server does, which keep the first few of its unflushed writes. */
function arbitraryCrash(
  bounds: FaultBounds,
  { leader, keepWritesMax }: { readonly leader: boolean; readonly keepWritesMax: number },
): fc.Arbitrary<Fault> {
  return fc
    .tuple(arbitraryFault('crash', bounds), fc.integer({ min: 0, max: keepWritesMax }))
    .map(([fault, keepWrites]) => {
      if (fault.kind !== 'crash') return fault;
      return { ...fault, keepWrites, target: leader ? 'leader' : fault.target };
    });
}

export const tests: readonly TestDefinition[] = [
  {
    slug: 'crashes',
    title: 'Servers crash at any effect and restart, over lossy links',
    kind: 'adversary',
    points: 4,
    paper: 'Raft §5.4, Figure 2',
    sentence: SENTENCE,
    runs: 100,
    reaches: { crashes: 110, crashesWithLoss: 15, truncations: 15, elections: 120 },
    run: adversary({
      sizes: [3, 5, 4, 2, 1],
      link: UNRELIABLE,
      forMs: 2_000,
      work,
      faults: (size) =>
        arbitraryPlan(['crash', 'crash', 'crash', 'isolate'], { size, withinMs: 1_700, longestMs: 400 }, 12),
    }),
  },
  {
    slug: 'slow-disks',
    title: 'Flushes take 5 ms, messages come late, and servers crash meanwhile',
    kind: 'adversary',
    points: 3,
    paper: 'Raft §5.4, Figure 2',
    sentence: SENTENCE,
    runs: 100,
    reaches: { crashes: 80, crashesWithLoss: 9, staleEntries: 120, truncations: 25 },
    run: adversary({
      sizes: [3, 5, 4],
      link: { ...RELIABLE, delay: 0.2, delayMsMax: 800, duplication: 0.1 },
      costs: { flushUs: 5_000, messageUs: 20 },
      forMs: 2_000,
      work,
      faults: (size) =>
        arbitraryPlan(['crash', 'crash', 'isolate', 'pause'], { size, withinMs: 1_700, longestMs: 400 }, 10),
    }),
  },
  {
    slug: 'leaders-crash',
    title: 'Whoever leads is cut off with one follower, or crashes in the middle of what it sends',
    kind: 'adversary',
    points: 3,
    paper: 'Raft §5.4.2, Figure 8',
    sentence: SENTENCE,
    runs: 100,
    reaches: { crashes: 120, crashesWithLoss: 17, truncations: 45, leaderPlusOne: 16 },
    run: adversary({
      sizes: [5, 4, 3],
      forMs: 1_700,
      work: workload({ clients: 2, pauseMsMax: 70 }),
      faults: (size) => {
        const bounds = { size, withinMs: 1_500, longestMs: 300 };
        const cut = arbitraryFault('isolate', bounds).map((fault) =>
          fault.kind === 'isolate' ? { ...fault, target: 'leader' as const, companion: true } : fault,
        );
        return fc.array(fc.oneof(arbitraryCrash(bounds, { leader: true, keepWritesMax: 2 }), cut), {
          minLength: 4,
          maxLength: 14,
        });
      },
    }),
  },
  {
    slug: 'restart-storm',
    title: 'All servers crash and restart again and again, and lose what they have not flushed',
    kind: 'adversary',
    points: 3,
    paper: 'Raft §5.4, Figure 2',
    sentence: SENTENCE,
    runs: 100,
    reaches: { crashes: 300, crashesWithLoss: 55, truncations: 35, elections: 190 },
    run: adversary({
      sizes: [3, 5, 2, 4],
      costs: { flushUs: 1_000, messageUs: 0 },
      forMs: 1_500,
      work: workload({ clients: 2, pauseMsMax: 50 }),
      faults: (size) => {
        const bounds = { size, withinMs: 1_400, longestMs: 120 };
        return fc.array(arbitraryCrash(bounds, { leader: false, keepWritesMax: 1 }), { minLength: 10, maxLength: 24 });
      },
    }),
  },
  {
    slug: 'failing-disks',
    title: 'Disks fail in the middle of what their servers write',
    kind: 'adversary',
    points: 3,
    paper: 'Raft §5.4, Figure 2',
    sentence: SENTENCE,
    runs: 100,
    reaches: { crashes: 90, crashesWithLoss: 8, elections: 110 },
    run: adversary({
      sizes: [3, 5, 1, 4],
      link: { ...UNRELIABLE, delay: 0 },
      forMs: 1_500,
      work,
      faults: (size) =>
        arbitraryPlan(['failDisk', 'failDisk', 'failDisk', 'crash'], { size, withinMs: 1_300, longestMs: 300 }, 8),
    }),
  },
];

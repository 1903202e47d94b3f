import { RELIABLE } from '#kernel';
import { adversary, arbitraryPlan, type TestDefinition } from '#scenario';
import { COSTS, LINK } from '../lab.ts';
import { bursts } from '../load.ts';

/** Adversaries: clients whose commands come in bursts, in a cluster in which work costs time, while faults strike. */

const SENTENCE =
  'However batches and windows are lost, torn, reordered or half flushed, every server applies the same commands in the same order, and none that is committed is lost; once a majority can talk again, new commands are carried out.';

export const tests: readonly TestDefinition[] = [
  {
    slug: 'bursts-over-lossy-links',
    title: 'Bursts over links that lose and reorder, with partitions and pauses',
    kind: 'adversary',
    points: 5,
    paper: 'Thesis §10.2; Raft §5.3, §5.4',
    sentence: SENTENCE,
    runs: 100,
    reaches: { elections: 90, truncations: 27, logRefusals: 800, staleEntries: 33 },
    run: adversary({
      sizes: [3, 5, 4],
      link: { ...LINK, latencyMsMax: 25, requestLoss: 0.08, replyLoss: 0.08, duplication: 0.05 },
      costs: COSTS,
      forMs: 1_200,
      work: bursts({ most: 16, pauseMsMax: 32 }),
      faults: (size) =>
        arbitraryPlan(['partition', 'isolate', 'pause', 'oneWay'], { size, withinMs: 1_000, longestMs: 400 }, 6),
    }),
  },
  {
    slug: 'bursts-under-crashes',
    title: 'Bursts while servers crash in the midst of flushes and windows, and restart',
    kind: 'adversary',
    points: 4,
    paper: 'Thesis §10.2; Raft Figure 2, §5.4',
    sentence: SENTENCE,
    runs: 100,
    reaches: { crashes: 97, crashesWithLoss: 34, truncations: 42, elections: 108 },
    run: adversary({
      sizes: [3, 5, 2],
      link: { ...LINK, latencyMsMax: 6 },
      costs: COSTS,
      forMs: 1_200,
      work: bursts({ most: 16, pauseMsMax: 28 }),
      faults: (size) =>
        arbitraryPlan(['crash', 'crash', 'crash', 'isolate'], { size, withinMs: 1_100, longestMs: 250 }, 9),
    }),
  },
  {
    slug: 'bursts-and-late-messages',
    title: 'Bursts while much comes late or twice, and leaders come and go',
    kind: 'adversary',
    points: 3,
    paper: 'Thesis §10.2; Raft §5.3, §5.4',
    sentence: SENTENCE,
    runs: 100,
    reaches: { duplicates: 700, staleAppendReplies: 155, staleEntries: 112, truncations: 49 },
    run: adversary({
      sizes: [3, 5],
      link: { ...RELIABLE, latencyMsMax: 10, delay: 0.15, delayMsMax: 800, duplication: 0.1 },
      costs: COSTS,
      forMs: 1_200,
      work: bursts({ most: 12, pauseMsMax: 32 }),
      faults: (size) => arbitraryPlan(['isolate', 'pause', 'crash'], { size, withinMs: 1_000, longestMs: 350 }, 6),
    }),
  },
];

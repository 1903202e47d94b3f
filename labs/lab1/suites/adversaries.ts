import { RELIABLE, UNRELIABLE } from '#kernel';
import { adversary, arbitraryPlan, type TestDefinition } from '#scenario';

/** Adversaries: faults that chance draws, over many seeds. */

const SENTENCE =
  'Election Safety holds under any delays, losses and partitions; and once a majority can talk again, it elects a leader.';

export const tests: readonly TestDefinition[] = [
  {
    slug: 'swarm',
    title: 'Lossy links, partitions and pauses',
    kind: 'adversary',
    points: 2,
    paper: 'Raft §5.2, Figure 3',
    sentence: SENTENCE,
    runs: 100,
    reaches: { elections: 200, messagesDropped: 5_000, stepDowns: 60, staleAppends: 100 },
    run: adversary({
      sizes: [3, 5, 4],
      link: UNRELIABLE,
      forMs: 2_000,
      faults: (size) =>
        arbitraryPlan(['partition', 'isolate', 'pause', 'oneWay'], { size, withinMs: 1_700, longestMs: 900 }, 8),
    }),
  },
  {
    slug: 'churn',
    title: 'Whoever leads is cut off, again and again',
    kind: 'adversary',
    points: 2,
    paper: 'Raft §5.2, Figure 3',
    sentence: SENTENCE,
    runs: 100,
    reaches: { elections: 200, stepDowns: 100 },
    run: adversary({
      sizes: [5, 3, 4],
      forMs: 2_000,
      faults: (size) =>
        arbitraryPlan(['isolate'], { size, withinMs: 1_700, longestMs: 800 }, 12).map((faults) =>
          faults.map((fault) => (fault.kind === 'isolate' ? { ...fault, target: 'leader' as const } : fault)),
        ),
    }),
  },
  {
    slug: 'late-messages',
    title: 'Nothing is lost, but much comes late, or twice',
    kind: 'adversary',
    points: 2,
    paper: 'Raft §5.2, Figure 3',
    sentence: SENTENCE,
    runs: 100,
    reaches: { staleVoteReplies: 100, staleVoteRequests: 100, staleAppends: 300, duplicates: 1_000 },
    run: adversary({
      sizes: [3, 5, 4],
      link: { ...RELIABLE, delay: 0.3, delayMsMax: 1_200, duplication: 0.1 },
      forMs: 2_000,
      faults: (size) => arbitraryPlan(['isolate', 'pause'], { size, withinMs: 1_700, longestMs: 500 }, 5),
    }),
  },
  {
    slug: 'one-way',
    title: 'Links that carry messages in one direction only',
    kind: 'adversary',
    points: 2,
    paper: 'Raft §5.1, §5.2',
    sentence: SENTENCE,
    runs: 100,
    reaches: { elections: 120, candidatesThatGaveWay: 25 },
    run: adversary({
      sizes: [3, 5],
      forMs: 2_000,
      faults: (size) => arbitraryPlan(['oneWay'], { size, withinMs: 1_700, longestMs: 1_000 }, 6),
    }),
  },
  {
    slug: 'stops',
    title: 'Servers stop for good, in the middle of what they do',
    kind: 'adversary',
    points: 2,
    paper: 'Raft §5.2',
    sentence: SENTENCE,
    runs: 100,
    reaches: { crashes: 60, elections: 100 },
    run: adversary({
      sizes: [5, 3, 4, 7],
      link: { ...UNRELIABLE, delay: 0 },
      forMs: 2_000,
      faults: (size) => arbitraryPlan(['stop', 'stop', 'isolate'], { size, withinMs: 1_700, longestMs: 600 }, 6),
    }),
  },
];

import { RELIABLE, UNRELIABLE } from '#kernel';
import { adversary, arbitraryPlan, type Fault, type TestDefinition, workload } from '#scenario';

/** Adversaries: clients at work while faults that chance draws strike, over many seeds. */

const SENTENCE =
  'Whatever is delayed, lost or cut, every server applies the same commands in the same order, and none that is committed is ever lost; once a majority can talk again, new commands are carried out.';

/** Two clients with a command every 60 ms each, on average. */
const steadily = workload({ clients: 2, pauseMsMax: 120 });

/** Commands come so fast that several are under way at a time. */
const inHaste = workload({ clients: 3, pauseMsMax: 70 });

/** So few commands that most of the time the last one is the newest entry. */
const seldom = workload({ clients: 1, pauseMsMax: 700 });

/** Cuts off whoever leads when the fault strikes. */
function atLeader(faults: readonly Fault[], companion?: boolean): readonly Fault[] {
  return faults.map((fault) =>
    fault.kind === 'isolate' ? { ...fault, target: 'leader', companion: companion ?? fault.companion } : fault,
  );
}

export const tests: readonly TestDefinition[] = [
  {
    slug: 'swarm',
    title: 'Commands over lossy links, partitions and pauses',
    kind: 'adversary',
    points: 4,
    paper: 'Raft §5.3, §5.4, Figure 3',
    sentence: SENTENCE,
    runs: 100,
    reaches: { elections: 100, truncations: 30, staleAppendReplies: 200, staleEntries: 100, logRefusals: 100 },
    run: adversary({
      sizes: [3, 5, 4],
      link: UNRELIABLE,
      forMs: 2_500,
      work: steadily,
      faults: (size) =>
        arbitraryPlan(['partition', 'isolate', 'pause', 'oneWay'], { size, withinMs: 2_200, longestMs: 900 }, 8),
    }),
  },
  {
    slug: 'leader-and-one',
    title: 'The leader is cut off together with one follower, again and again, and answers come late',
    kind: 'adversary',
    points: 4,
    paper: 'Raft §5.4.2, Figure 8',
    sentence: SENTENCE,
    runs: 100,
    reaches: { leaderPlusOne: 25, truncations: 90, divergentElections: 30, staleAppendReplies: 900 },
    run: adversary({
      sizes: [5, 4, 5],
      link: { ...RELIABLE, delay: 0.2, delayMsMax: 1_500 },
      forMs: 2_500,
      work: steadily,
      faults: (size) =>
        arbitraryPlan(['isolate'], { size, withinMs: 2_200, longestMs: 600 }, 12).map((faults) =>
          atLeader(faults, true),
        ),
    }),
  },
  {
    slug: 'late-messages',
    title: 'Nothing is lost, but much comes late, or twice',
    kind: 'adversary',
    points: 4,
    paper: 'Raft §5.3, §5.4',
    sentence: SENTENCE,
    runs: 100,
    reaches: { duplicates: 1_000, staleEntries: 200, staleAppendReplies: 700, truncations: 30 },
    run: adversary({
      sizes: [3, 5, 4],
      link: { ...RELIABLE, delay: 0.3, delayMsMax: 1_200, duplication: 0.1 },
      forMs: 2_500,
      work: steadily,
      faults: (size) =>
        arbitraryPlan(['isolate', 'pause'], { size, withinMs: 2_000, longestMs: 600 }, 6).map((faults) =>
          atLeader(faults),
        ),
    }),
  },
  {
    slug: 'few-commands',
    title: 'Commands so rare that each may be the last of its leader',
    kind: 'adversary',
    points: 3,
    paper: 'Raft §5.3, §5.4',
    sentence: SENTENCE,
    runs: 100,
    reaches: { elections: 100, stepDowns: 45, truncations: 15 },
    run: adversary({
      sizes: [3, 5, 2],
      link: { ...UNRELIABLE, delay: 0.1, delayMsMax: 600 },
      forMs: 3_000,
      work: seldom,
      faults: (size) =>
        arbitraryPlan(['isolate', 'oneWay'], { size, withinMs: 2_600, longestMs: 500 }, 8).map((faults) =>
          atLeader(faults),
        ),
    }),
  },
  {
    slug: 'one-way',
    title: 'Links that carry messages in one direction only',
    kind: 'adversary',
    points: 2,
    paper: 'Raft §5.3',
    sentence: SENTENCE,
    runs: 100,
    reaches: { elections: 100, truncations: 20 },
    run: adversary({
      sizes: [3, 5],
      forMs: 2_000,
      work: steadily,
      faults: (size) => arbitraryPlan(['oneWay'], { size, withinMs: 1_600, longestMs: 1_200 }, 6),
    }),
  },
  {
    slug: 'stops',
    title: 'Servers stop for good, in the middle of what they do',
    kind: 'adversary',
    points: 3,
    paper: 'Raft §5.3, §5.4',
    sentence: SENTENCE,
    runs: 100,
    reaches: { crashes: 60, elections: 100 },
    run: adversary({
      sizes: [5, 3, 4, 3],
      link: { ...UNRELIABLE, delay: 0 },
      forMs: 2_000,
      work: inHaste,
      faults: (size) => arbitraryPlan(['stop', 'stop', 'isolate'], { size, withinMs: 1_700, longestMs: 600 }, 6),
    }),
  },
];

import { RELIABLE, UNRELIABLE } from '#kernel';
import { arbitraryPlan, service, type TestDefinition, variedCompaction } from '#scenario';
import { upheaval } from '../upheaval.ts';

/** Adversaries: an operator at work, and clients of the key-value service, while faults that chance draws strike. */

const SENTENCE =
  'Whoever the members are, and however changes, transfers and faults fall together, there is one history; and with all servers back, members can be changed once more and serve clients.';

const work = service({ clients: 2, keys: 3, pauseMsMax: 120, compaction: variedCompaction(14) });

export const tests: readonly TestDefinition[] = [
  {
    slug: 'changes-under-partitions',
    title: 'Members change again and again over lossy links, partitions and pauses',
    kind: 'adversary',
    points: 4,
    paper: 'Raft §6; thesis §4.1–4.3',
    sentence: SENTENCE,
    runs: 100,
    reaches: { changes: 900, goals: 230, 'refused changes': 300, installs: 100, elections: 260 },
    run: upheaval({
      sizes: [5, 6, 4],
      link: UNRELIABLE,
      forMs: 3_000,
      everyMs: 60,
      transfers: 0.05,
      work,
      faults: (size) =>
        arbitraryPlan(['partition', 'isolate', 'pause', 'oneWay'], { size, withinMs: 2_600, longestMs: 700 }, 8),
    }),
  },
  {
    slug: 'changes-under-crashes',
    title: 'Members change while servers crash at any effect and restart',
    kind: 'adversary',
    points: 4,
    paper: 'Raft §6; thesis §4.1–4.3',
    sentence: SENTENCE,
    runs: 100,
    reaches: { changes: 1_100, goals: 470, crashes: 750, installs: 60, elections: 420 },
    run: upheaval({
      sizes: [5, 4, 6],
      forMs: 3_000,
      everyMs: 40,
      transfers: 0.05,
      work,
      faults: (size) =>
        arbitraryPlan(['crash', 'crash', 'crash', 'isolate'], { size, withinMs: 2_600, longestMs: 500 }, 12),
    }),
  },
  {
    slug: 'changes-and-late-messages',
    title: 'Members and leaders change while messages come late, or twice, and out of order',
    kind: 'adversary',
    points: 3,
    paper: 'Raft §6; thesis §3.10',
    sentence: SENTENCE,
    runs: 100,
    reaches: { changes: 690, goals: 160, transfers: 170, staleAppendReplies: 1_400, installs: 100 },
    run: upheaval({
      sizes: [5, 6],
      link: { ...RELIABLE, delay: 0.15, delayMsMax: 800, duplication: 0.1 },
      forMs: 3_000,
      everyMs: 60,
      transfers: 0.3,
      work,
      faults: (size) => arbitraryPlan(['isolate', 'pause', 'crash'], { size, withinMs: 2_600, longestMs: 500 }, 6),
    }),
  },
];

import type { Costs, LinkPolicy } from '#kernel';
import { RELIABLE } from '#kernel';
import type { LabDefinition } from '#scenario';

/** Lab 6: batching and pipelining. */
export const lab: LabDefinition = {
  id: 'lab6',
  number: 6,
  title: 'Batching and pipelining',
  points: 100,
  paper: 'Thesis §10.2; Raft §5.3',
  budgets: {
    timersMax: 64,
    requestsPerHeartbeatMax: 1_000,
    bytesPerHeartbeatMax: 20_000_000,
    flushesPerHeartbeatMax: 400,
    storedEntriesMax: 40_000,
  },
};

/** What work costs, everywhere in this lab: a flush takes 5 ms, a message 20 µs of its sender's and its receiver's time. */
export const COSTS: Costs = { flushUs: 5_000, messageUs: 20 };

/** A link in this lab: exactly 1 ms one way, 100 MB a second. */
export const LINK: LinkPolicy = {
  ...RELIABLE,
  latencyMsMin: 1,
  latencyMsMax: 1,
  bandwidthBytesPerMs: 100_000,
};

/** A link to another continent, on which several requests are under way at a time, if the leader does not wait. */
export const FAR: LinkPolicy = { ...LINK, latencyMsMin: 20, latencyMsMax: 20 };

/** What speed earns points. Times are virtual milliseconds, so the figures are the same on every machine. */
export const GOALS = {
  /** Commands a second, with 64 clients that each have one command under way. */
  throughput: { good: 1_000, better: 2_500, best: 4_000 },
  /** Median and 99th percentile of the time from the offer to the leader's apply, with one client. */
  latencyOfOne: { p50Ms: 11, p99Ms: 15 },
  /** The same, with 64 clients. */
  latencyOfMany: { good: { p50Ms: 60, p99Ms: 120 }, best: { p50Ms: 22, p99Ms: 30 } },
  /** Flushes and AppendEntries of the whole cluster for each command, with 64 clients. */
  flushesPerCommand: 0.2,
  requestsPerCommand: 0.2,
  /** Bytes that leave the leader for each command of a burst, as a multiple of what one copy for each follower takes. */
  burstBytes: 1.6,
  /** Time in which a follower that is 10,000 entries behind has all of them, once it runs. */
  catchUp: { goodMs: 400, bestMs: 100 },
  /** Time for the repair of a log that has parted from the leader's for 600 entries of three terms. */
  repairMs: 100,
} as const;

import type { LabDefinition } from '#scenario';

/** Lab 4: snapshots. */
export const lab: LabDefinition = {
  id: 'lab4',
  number: 4,
  title: 'Snapshots',
  points: 100,
  paper: 'Raft §7, Figures 12 and 13',
  budgets: {
    timersMax: 64,
    requestsPerHeartbeatMax: 400,
    bytesPerHeartbeatMax: 4_000_000,
    flushesPerHeartbeatMax: 400,
    storedEntriesMax: 2_000,
  },
};

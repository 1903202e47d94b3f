import type { LabDefinition } from '#scenario';

/** Lab 2: log replication. */
export const lab: LabDefinition = {
  id: 'lab2',
  number: 2,
  title: 'Log replication',
  points: 100,
  paper: 'Raft §5.3–5.5, Figures 2, 7 and 8',
  budgets: {
    timersMax: 64,
    requestsPerHeartbeatMax: 400,
    bytesPerHeartbeatMax: 4_000_000,
    flushesPerHeartbeatMax: 400,
    storedEntriesMax: 1_000,
  },
};

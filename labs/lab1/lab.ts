import type { LabDefinition } from '#scenario';

/** Lab 1: elections. */
export const lab: LabDefinition = {
  id: 'lab1',
  number: 1,
  title: 'Election timeouts',
  points: 100,
  paper: 'Raft §5.1–5.2, Figures 2 and 4',
  budgets: {
    timersMax: 32,
    requestsPerHeartbeatMax: 40,
    bytesPerHeartbeatMax: 4_000,
    flushesPerHeartbeatMax: 100,
    storedEntriesMax: 200,
  },
};

import type { LabDefinition } from '#scenario';

/** Lab 3: persistence. */
export const lab: LabDefinition = {
  id: 'lab3',
  number: 3,
  title: 'Persistence',
  points: 100,
  paper: 'Raft §5.1–5.4, Figure 2 (persistent state)',
  budgets: {
    timersMax: 64,
    requestsPerHeartbeatMax: 400,
    bytesPerHeartbeatMax: 4_000_000,
    flushesPerHeartbeatMax: 400,
    storedEntriesMax: 1_000,
  },
};

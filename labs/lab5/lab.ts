import type { LabDefinition } from '#scenario';

/** Lab 5: membership changes and leadership transfer. */
export const lab: LabDefinition = {
  id: 'lab5',
  number: 5,
  title: 'Membership changes',
  points: 100,
  paper: 'Raft §6; thesis §3.10, chapter 4',
  budgets: {
    timersMax: 64,
    requestsPerHeartbeatMax: 400,
    bytesPerHeartbeatMax: 4_000_000,
    flushesPerHeartbeatMax: 400,
    storedEntriesMax: 2_000,
  },
};

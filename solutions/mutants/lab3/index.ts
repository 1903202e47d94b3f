/** Wrong Rafts for lab 3. Each is one mistake that students make, or that hides from a weaker grader. */
import type { Mutant } from '../../../grader/author/edits.ts';
import { failures } from './failures.ts';
import { flushes } from './flushes.ts';
import { hardState } from './hard-state.ts';
import { restarts } from './restarts.ts';
import { storedLogs } from './stored-logs.ts';
import { waiting } from './waiting.ts';

export const mutants: readonly Mutant[] = [
  ...hardState,
  ...storedLogs,
  ...flushes,
  ...waiting,
  ...failures,
  ...restarts,
];

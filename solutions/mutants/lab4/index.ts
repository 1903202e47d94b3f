/** Wrong Rafts for lab 4. Each is one mistake that students make, or that hides from a weaker grader. */
import type { Mutant } from '../../../grader/author/edits.ts';
import { compacting } from './compacting.ts';
import { installing } from './installing.ts';
import { leaders } from './leaders.ts';
import { parts } from './parts.ts';
import { positions } from './positions.ts';
import { restarts } from './restarts.ts';

export const mutants: readonly Mutant[] = [
  ...positions,
  ...compacting,
  ...restarts,
  ...installing,
  ...parts,
  ...leaders,
];

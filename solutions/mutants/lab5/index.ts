/** Wrong Rafts for lab 5. Each is one mistake that students make, or that hides from a weaker grader. */
import type { Mutant } from '../../../grader/author/edits.ts';
import { configurations } from './configurations.ts';
import { leaders } from './leaders.ts';
import { majorities } from './majorities.ts';
import { transfers } from './transfers.ts';

export const mutants: readonly Mutant[] = [...majorities, ...configurations, ...leaders, ...transfers];

/** Wrong Rafts for lab 1. Each is one mistake that students make, or that hides from a weaker grader. */
import type { Mutant } from '../../../grader/author/edits.ts';
import { counting } from './counting.ts';
import { terms } from './terms.ts';
import { timers } from './timers.ts';
import { votes } from './votes.ts';

export const mutants: readonly Mutant[] = [...votes, ...counting, ...terms, ...timers];

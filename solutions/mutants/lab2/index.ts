/** Wrong Rafts for lab 2. Each is one mistake that students make, or that hides from a weaker grader. */
import type { Mutant } from '../../../grader/author/edits.ts';
import { commits } from './commits.ts';
import { followers } from './followers.ts';
import { leaders } from './leaders.ts';
import { voters } from './voters.ts';

export const mutants: readonly Mutant[] = [...voters, ...followers, ...leaders, ...commits];

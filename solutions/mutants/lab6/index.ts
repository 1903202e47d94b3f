/** Wrong Rafts for lab 6. Each is one mistake that students make, or that hides from a weaker grader. */
import type { Mutant } from '../../../grader/author/edits.ts';
import { batches } from './batches.ts';
import { flushes } from './flushes.ts';
import { pipelines } from './pipelines.ts';
import { slowness } from './slowness.ts';

export const mutants: readonly Mutant[] = [...flushes, ...batches, ...pipelines, ...slowness];

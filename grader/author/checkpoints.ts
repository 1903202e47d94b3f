import { findRegions } from './markers.ts';
import { readSources, SOLUTIONS, type Sources } from './sources.ts';
import { stageSource } from './stages.ts';

/** A stage after every lab: the whole reference, without its markers. */
export const ALL_LABS = Number.POSITIVE_INFINITY;

const made = new Map<number, Promise<Sources>>();

/**
 * The reference as it stands when a lab is done, without a trace of later ones. Made once, as many mutants ask for the same.
 *
 * @param lab - 0 for the skeleton
 */
export function checkpointSources(lab: number): Promise<Sources> {
  const sources = made.get(lab) ?? makeCheckpoint(lab);
  made.set(lab, sources);
  return sources;
}

async function makeCheckpoint(lab: number): Promise<Sources> {
  const marked = await readSources(SOLUTIONS);
  const staged = [...marked].map(
    async ([name, text]) => [name, await stageSource(text, lab, `solutions/${name}`)] as const,
  );
  return new Map(await Promise.all(staged));
}

/** @returns the number of the last lab that the reference tells apart */
export async function lastMarkedLab(): Promise<number> {
  const marked = await readSources(SOLUTIONS);
  const regions = [...marked].flatMap(([name, text]) => findRegions(text.split('\n'), `solutions/${name}`));
  return Math.max(0, ...regions.map(({ lab }) => lab));
}

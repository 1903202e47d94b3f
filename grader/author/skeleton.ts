import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { KIT_ROOT } from '../runner/kit.ts';
import { checkpointSources } from './checkpoints.ts';
import { readSources, writeSources } from './sources.ts';

/** What students edit. In the kit's own repository it is generated. */
const SKELETON = path.join(KIT_ROOT, 'skeleton');

/** Writes the skeleton anew from the reference, and removes files that it no longer has. @returns the names written */
export async function writeSkeleton(): Promise<string[]> {
  const sources = await checkpointSources(0);
  await mkdir(SKELETON, { recursive: true });
  const stale = (await readdir(SKELETON)).filter((name) => name.endsWith('.ts') && !sources.has(name));
  await Promise.all(stale.map((name) => rm(path.join(SKELETON, name))));
  await writeSources(SKELETON, sources);
  return [...sources.keys()];
}

/** @returns the files of the skeleton that are not what the reference generates, byte by byte */
export async function findStaleSkeletonFiles(): Promise<string[]> {
  const expected = await checkpointSources(0);
  const found = await readSources(SKELETON);
  const names = new Set([...expected.keys(), ...found.keys()]);
  return [...names].filter((name) => expected.get(name) !== found.get(name)).sort();
}

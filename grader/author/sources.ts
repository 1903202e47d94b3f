import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CACHE_FOLDER, KIT_ROOT } from '../runner/kit.ts';

/** The files of an implementation: their names and texts. Implementations have no folders in them. */
export type Sources = ReadonlyMap<string, string>;

/** The marked reference. */
export const SOLUTIONS = path.join(KIT_ROOT, 'solutions');

/** Reads the TypeScript files that stand directly in a folder, sorted by name. */
export async function readSources(folder: string): Promise<Sources> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts')).sort();
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), 'utf8')));
  return new Map(names.map((name, i) => [name, texts[i]!]));
}

/** A digest of names and texts, in hexadecimal. */
export function hashSources(sources: Sources): string {
  return createHash('sha256')
    .update(JSON.stringify([...sources].sort()))
    .digest('hex');
}

/**
 * Stores a generated implementation where only the kit looks. What is there already is used again.
 *
 * @param name - says what it is, for people: `checkpoint-2`
 * @returns the folder
 */
export async function storeGenerated(name: string, sources: Sources): Promise<string> {
  const folder = path.join(CACHE_FOLDER, `${name}-${hashSources(sources).slice(0, 12)}`);
  if (await exists(folder)) return folder;
  await mkdir(CACHE_FOLDER, { recursive: true });
  // Whoever asks for the same at the same time must never see half of it.
  const unfinished = await mkdtemp(path.join(CACHE_FOLDER, 'unfinished-'));
  await writeSources(unfinished, sources);
  try {
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!(await exists(folder))) throw error;
  }
  return folder;
}

/** Writes files into a folder that exists. */
export async function writeSources(folder: string, sources: Sources): Promise<void> {
  await Promise.all([...sources].map(([name, text]) => writeFile(path.join(folder, name), text)));
}

async function exists(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => true,
    () => false,
  );
}

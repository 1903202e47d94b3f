import { stat } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from './errors.ts';

/** Makes an implementation that is not stored, such as `checkpoint:2`; `undefined` for a name that it does not know. */
export type GenerateImplementation = (impl: string) => Promise<string | undefined>;

/** Where implementations are looked for. */
export interface ImplementationPlaces {
  /** Folder with `skeleton` and `solutions`. */
  readonly root: string;
  /** Folders that a relative path may start from, the first that fits wins. */
  readonly bases: readonly string[];
  readonly generate?: GenerateImplementation;
}

/** Folders of the kit that hold a whole Raft, by the name that asks for them. */
const STORED = ['skeleton', 'solutions'];

/**
 * Finds the folder with the code to grade.
 *
 * @param impl - `skeleton`, `solutions`, a name with a colon that `generate` knows, or a path to a folder
 * @returns an absolute path
 * @throws {@link UsageError} that lists what exists
 */
export async function resolveImplementation(impl: string, places: ImplementationPlaces): Promise<string> {
  const generated = /^\w+:/.test(impl) ? await places.generate?.(impl) : undefined;
  if (generated !== undefined) return generated;
  const bases = STORED.includes(impl) ? [places.root] : [...places.bases, places.root];
  for (const base of bases) {
    const folder = path.resolve(base, impl);
    if (await isFolder(folder)) return folder;
  }
  throw new UsageError(`there is no implementation "${impl}": use ${await listImplementations(places)}`);
}

async function listImplementations({ root, generate }: ImplementationPlaces): Promise<string> {
  const known: string[] = [];
  for (const name of STORED) if (await isFolder(path.join(root, name))) known.push(`impl=${name}`);
  // Made from the solution, so they are not there without it.
  if (generate !== undefined && known.includes('impl=solutions')) {
    known.push('impl=checkpoint:<lab>', 'impl=variant:<name>', 'impl=mutant:<lab>/<name>');
  }
  return [...known, 'or the path of a folder with raft.ts'].join(', ');
}

async function isFolder(folder: string): Promise<boolean> {
  return stat(folder).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
}

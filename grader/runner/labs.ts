import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from './errors.ts';

/** A file with tests. */
export interface SuiteSource {
  /** Absolute path. */
  readonly file: string;
  /** It stands in the lab's own folder; its tests make up the lab's points. */
  readonly own: boolean;
}

/** A lab as it lies on the disk; nothing of it has been read yet. */
export interface LabSource {
  /** The folder's name: `lab1`. */
  readonly id: string;
  /** Absolute path of `lab.ts`. */
  readonly file: string;
  /** The lab's own first, each group by name. */
  readonly suites: readonly SuiteSource[];
}

/**
 * Finds the labs, by number: each folder `labs/labN` that has a `lab.ts`, with all suites in `labs/labN/suites`.
 *
 * An extra folder's file belongs to the lab with which its name, or its folder's, begins: `lab1.ts`, `lab1-splits.ts`,
 * `lab1.hidden.ts` and `lab1/splits.ts` are suites of lab 1. Other files there are for suites to import.
 *
 * @param root - the folder that holds `labs`
 * @param extraFolders - absolute paths
 * @throws {@link UsageError} when an extra folder does not exist or has no suite of any lab
 */
export async function discoverLabs(root: string, extraFolders: readonly string[]): Promise<LabSource[]> {
  const folders = (await listFolder(path.join(root, 'labs'))).filter((name) => /^lab\d+$/.test(name));
  const extras = await Promise.all(extraFolders.map(findExtraSuites));
  const labs = folders.map(async (id): Promise<LabSource | undefined> => {
    const file = path.join(root, 'labs', id, 'lab.ts');
    if (!(await isFile(file))) return undefined;
    const own = await listSuites(path.join(root, 'labs', id, 'suites'));
    const extra = extras.flat().filter((suite) => suite.lab === id);
    const suites = [
      ...own.map((suite) => ({ file: suite, own: true })),
      ...extra.map((suite) => ({ file: suite.file, own: false })),
    ];
    return { id, file, suites };
  });
  const found = (await Promise.all(labs)).filter((lab) => lab !== undefined);
  return found.sort((a, b) => numberOf(a.id) - numberOf(b.id));
}

/**
 * Picks labs by id, in their own order; none asked for means all.
 *
 * @throws {@link UsageError} for one that does not exist
 */
export function selectLabs(labs: readonly LabSource[], ids: readonly string[]): readonly LabSource[] {
  const known = labs.map(({ id }) => id);
  const unknown = ids.find((id) => !known.includes(id));
  if (unknown !== undefined) {
    const list = known.length === 0 ? 'this folder has no labs' : `there are ${known.join(', ')}`;
    throw new UsageError(`there is no lab "${unknown}": ${list}`);
  }
  return ids.length === 0 ? labs : labs.filter(({ id }) => ids.includes(id));
}

async function findExtraSuites(folder: string): Promise<{ lab: string; file: string }[]> {
  const isFolder = await stat(folder).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new UsageError(`suite=${folder} is not a folder`);
  const names = await listFolder(folder);
  const found = names.map(async (name) => {
    const lab = /^lab\d+(?!\d)/.exec(name)?.[0];
    if (lab === undefined) return [];
    const files = lab === name ? await listSuites(path.join(folder, name)) : [path.join(folder, name)].filter(isSuite);
    return files.map((file) => ({ lab, file }));
  });
  const suites = (await Promise.all(found)).flat();
  if (suites.length === 0) {
    throw new UsageError(`suite=${folder} holds no suite: name its files lab1.ts, lab1-<name>.ts or lab1/<name>.ts`);
  }
  return suites;
}

async function listSuites(folder: string): Promise<string[]> {
  return (await listFolder(folder)).map((name) => path.join(folder, name)).filter(isSuite);
}

function isSuite(file: string): boolean {
  return file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.endsWith('.d.ts');
}

/** @returns the names in it, sorted; none when there is no such folder */
async function listFolder(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (entry) => entry.isFile(),
    () => false,
  );
}

function numberOf(id: string): number {
  return Number(id.slice('lab'.length));
}

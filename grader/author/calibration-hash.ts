import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { KIT_ROOT } from '#runner';
import { generateSources } from './implementations.ts';
import { hashSources, readSources } from './sources.ts';

/** What a verdict depends on, besides the lab and the implementation. */
const GRADER_FOLDERS = ['contract', 'kernel', 'checkers', 'scenario', 'runner'].map((name) =>
  path.join('grader', name),
);

/** A digest of the kit's code and of a lab's tests. */
export async function hashOfGrader(lab: string): Promise<string> {
  const folders = [...GRADER_FOLDERS, path.join('labs', lab)].map((folder) => path.join(KIT_ROOT, folder));
  const files = (await Promise.all(folders.map(listSourceFiles))).flat();
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return hashSources(new Map(files.map((file, i) => [path.relative(KIT_ROOT, file), texts[i]!])));
}

/** A digest of an implementation's code. */
export async function hashOfImplementation(impl: string): Promise<string> {
  return hashSources((await generateSources(impl)) ?? (await readSources(path.join(KIT_ROOT, impl))));
}

async function listSourceFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter(({ name }) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map(({ parentPath, name }) => path.join(parentPath, name));
}

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that the kit stands in, as an absolute path. */
export const KIT_ROOT = findRoot(path.dirname(fileURLToPath(import.meta.url)));

/** For what can be made again: bundles of workers, settings of the compiler. Outside of the student's sight. */
export const CACHE_FOLDER = path.join(KIT_ROOT, 'node_modules', '.cache', 'raftlab');

/** The kit's version, and its commit when it stands in a git checkout. */
export async function describeKit(): Promise<{ version: string; commit: string | null }> {
  const [manifest, commit] = await Promise.all([readFile(path.join(KIT_ROOT, 'package.json'), 'utf8'), readCommit()]);
  return { version: (JSON.parse(manifest) as { version: string }).version, commit };
}

function readCommit(): Promise<string | null> {
  return new Promise((resolve) => {
    execFile('git', ['rev-parse', 'HEAD'], { cwd: KIT_ROOT }, (error, stdout) => resolve(error ? null : stdout.trim()));
  });
}

/** This code may run from its source, or from a bundle in the cache. */
function findRoot(folder: string): string {
  return existsSync(path.join(folder, 'package.json')) ? folder : findRoot(path.dirname(folder));
}

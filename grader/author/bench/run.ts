import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { KIT_ROOT } from '#runner';
import { resolveImplementation } from '../../runner/implementations.ts';
import { bundleSubmission } from '../../runner/submission/bundle.ts';
import { generateImplementation } from '../implementations.ts';
import type { BenchJob, TableName } from './table.ts';

/** What to measure. */
export interface BenchOptions {
  readonly tables: readonly TableName[];
  /** As in `impl=`. */
  readonly impl: string;
  /** Folder from which a relative path starts. */
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/**
 * Runs the bench in a fresh process, from one bundle without a compiler in it, so that it measures what workers run.
 *
 * @returns its exit code
 * @throws `UsageError` when there is no such implementation; `LoadError` when it cannot be bundled
 */
export async function runBench({ tables, impl, cwd, signal }: BenchOptions): Promise<number> {
  const job = await prepareJob(tables, impl, cwd);
  const cache = path.join(KIT_ROOT, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(path.join(cache, 'raftlab-bench-'));
  try {
    const script = path.join(folder, 'bench.mjs');
    await build({
      entryPoints: [path.join(KIT_ROOT, 'grader', 'author', 'bench', 'main.ts')],
      absWorkingDir: KIT_ROOT,
      bundle: true,
      outfile: script,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      banner: { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);` },
      logLevel: 'error',
    });
    const jobFile = path.join(folder, 'job.json');
    await writeFile(jobFile, JSON.stringify(job));
    return await new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [script, jobFile], { stdio: 'inherit', signal });
      child.once('error', reject);
      child.once('exit', (code) => resolve(code ?? 1));
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function prepareJob(tables: readonly TableName[], impl: string, cwd: string): Promise<BenchJob> {
  const places = { root: KIT_ROOT, bases: [cwd], generate: generateImplementation };
  const subject = await bundleSubmission(await resolveImplementation(impl, places));
  const before = await generateImplementation('checkpoint:5');
  if (before !== undefined) return { tables, subject, before: await bundleSubmission(before) };
  // Where there is no reference, as in a hand-out, nothing can be compared with its checkpoint.
  return { tables: tables.filter((name) => name !== 'headline'), subject };
}

import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { KIT_ROOT } from '#runner';
import { bundleSubmission } from '../../runner/submission/bundle.ts';

/**
 * Runs the bench in a fresh process, from one bundle without a compiler in it, so that it measures what workers run.
 *
 * @returns its exit code
 */
export async function runBench(signal: AbortSignal): Promise<number> {
  const cache = path.join(KIT_ROOT, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(path.join(cache, 'raftlab-bench-'));
  try {
    const script = path.join(folder, 'bench.mjs');
    await build({
      entryPoints: [path.join(import.meta.dirname, 'main.ts')],
      absWorkingDir: KIT_ROOT,
      bundle: true,
      outfile: script,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      banner: { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);` },
      logLevel: 'error',
    });
    const submission = path.join(folder, 'submission.json');
    await writeFile(submission, JSON.stringify(await bundleSubmission(path.join(KIT_ROOT, 'solutions'))));
    return await new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [script, submission], { stdio: 'inherit', signal });
      child.once('error', reject);
      child.once('exit', (code) => resolve(code ?? 1));
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

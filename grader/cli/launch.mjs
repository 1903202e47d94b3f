/**
 * Starts the command line. A compiler that loads its hundreds of modules one by one takes a second of the student's time,
 * at every command; so they are bundled once, into a folder named after the contents of all that the bundle is made of.
 * This file alone runs as it is, and is therefore not TypeScript.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** As in `exit-codes.ts`. */
const KIT_AT_FAULT = 4;
const GRADER = path.join(ROOT, 'grader');

const folder = path.join(ROOT, 'node_modules', '.cache', 'raftlab', `cli-${hashOfSources()}`);
if (!isThere()) await bundle();
await import(pathToFileURL(path.join(folder, 'main.mjs')).href);

/** What nobody has used for a day is removed from the cache. */
function isThere() {
  try {
    utimesSync(folder, new Date(), new Date());
    return true;
  } catch {
    return false;
  }
}

/** A bundle of other sources or other packages is another bundle. */
function hashOfSources() {
  const hash = createHash('sha256');
  const sources = readdirSync(GRADER, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.(ts|tsx|mjs)$/.test(name) && !/\.test\.tsx?$/.test(name),
  );
  const files = sources.sort().map((name) => path.join(GRADER, name));
  const packages = ['package.json', path.join('node_modules', '.package-lock.json')].map((name) =>
    path.join(ROOT, name),
  );
  for (const file of [...files, ...packages.filter((name) => existsSync(name))]) {
    hash.update(file).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 16);
}

/** Put in place in one step: another command may do the same at this moment. */
async function bundle() {
  const { build } = await import('esbuild').catch(() => {
    process.stderr.write('the packages that this needs are not installed: npm ci\n');
    process.exit(KIT_AT_FAULT);
  });
  const draft = `${folder}.${process.pid}`;
  await build({
    absWorkingDir: ROOT,
    entryPoints: { main: path.join(GRADER, 'cli', 'main.ts') },
    bundle: true,
    splitting: true,
    outdir: draft,
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    platform: 'node',
    target: 'node20',
    charset: 'utf8',
    // The first ones find files of theirs beside their own; the last is one that Ink wants in development only.
    external: ['esbuild', 'piscina', 'tsx', 'typescript', 'react-devtools-core'],
    define: { 'process.env.NODE_ENV': '"production"' },
    // A package in CommonJS form may still ask for a module of Node.
    banner: {
      js: `import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);`,
    },
    logLevel: 'error',
  });
  try {
    mkdirSync(path.dirname(folder), { recursive: true });
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type BuildFailure, type BuildOptions, build, type Plugin } from 'esbuild';
import { KitError } from '../errors.ts';
import { CACHE_FOLDER, KIT_ROOT } from '../kit.ts';
import type { LabSource } from '../labs.ts';

const FOLDER = path.join(KIT_ROOT, 'grader', 'runner', 'worker');
const SERVE = path.join(FOLDER, 'serve.ts');
const HOST = path.join(FOLDER, 'host.ts');

/** Scripts to run, as absolute paths. */
export interface WorkerFiles {
  /** What the threads run. */
  readonly worker: string;
  /** What the process that holds them runs. */
  readonly host: string;
}

/** Bundles older than this have no grading that still uses them. */
const KEPT_MS = 24 * 60 * 60 * 1_000;

/**
 * Puts everything that a worker runs into one script, so that a worker starts fast and needs no compiler: the kit's own
 * code, the labs, their suites, and the packages that these use. One script also means one instance of `#contract`.
 *
 * @throws {@link KitError} when a lab or a suite does not compile
 */
export async function bundleWorker(labs: readonly LabSource[]): Promise<WorkerFiles> {
  const options = {
    absWorkingDir: KIT_ROOT,
    // JavaScript, and namespaces in place of names: a missing export is found and told with its file by the worker.
    stdin: { contents: entryOf(labs), loader: 'js', resolveDir: KIT_ROOT, sourcefile: 'worker-entry.js' },
    entryPoints: [{ in: HOST, out: 'host' }],
    plugins: [outsideImports()],
    // It finds the file that its threads run beside its own.
    external: ['piscina'],
    bundle: true,
    write: false,
    outdir: CACHE_FOLDER,
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    platform: 'node',
    target: 'node20',
    charset: 'utf8',
    sourcemap: 'external',
    sourcesContent: false,
    // A package in CommonJS form may still ask for a module of Node.
    banner: { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);` },
    tsconfigRaw: {},
    logLevel: 'silent',
  } as const satisfies BuildOptions;
  const { outputFiles } = await build(options).catch(explainFailure);
  const output = (name: string): Uint8Array => outputFiles.find((file) => path.basename(file.path) === name)!.contents;
  await mkdir(CACHE_FOLDER, { recursive: true });
  const [worker, host] = await Promise.all([
    store('worker', output('stdin.mjs'), output('stdin.mjs.map')),
    store('host', output('host.mjs'), output('host.mjs.map')),
  ]);
  return { worker, host };
}

function entryOf(labs: readonly LabSource[]): string {
  const imports: string[] = [];
  const add = (file: string): string => {
    const name = `module${imports.length}`;
    imports.push(`import * as ${name} from ${JSON.stringify(file)};`);
    return name;
  };
  const loaded = labs.map(({ id, file, suites }) => {
    const list = suites.map(
      (suite) => `{ file: ${JSON.stringify(displayPath(suite.file))}, own: ${suite.own}, module: ${add(suite.file)} }`,
    );
    const source = JSON.stringify(displayPath(file));
    return `{ id: ${JSON.stringify(id)}, file: ${source}, module: ${add(file)}, suites: [${list.join(', ')}] }`;
  });
  return [
    `import { serve } from ${JSON.stringify(SERVE)};`,
    ...imports,
    `export const { prepare, run, minimise } = serve([${loaded.join(', ')}]);`,
  ].join('\n');
}

/** A path as people know it: relative when it is inside the kit. */
export function displayPath(file: string): string {
  const relative = path.relative(KIT_ROOT, file);
  return (relative.startsWith('..') ? file : relative).split(path.sep).join('/');
}

/** Lets suites outside of the kit's folder import what those inside can: `#scenario` and its siblings, and packages. */
function outsideImports(): Plugin {
  const own = Symbol('own resolution');
  return {
    name: 'imports of suites outside',
    setup(context) {
      context.onResolve({ filter: /^[#@\w]/ }, async ({ path: wanted, kind, resolveDir, importer, pluginData }) => {
        const inside = !path.relative(KIT_ROOT, resolveDir).startsWith('..');
        if (pluginData === own || inside || path.isAbsolute(wanted) || wanted.startsWith('node:')) return undefined;
        const found = await context.resolve(wanted, { kind, importer, resolveDir: KIT_ROOT, pluginData: own });
        return found.errors.length > 0 ? undefined : { path: found.path, sideEffects: found.sideEffects };
      });
    },
  };
}

function explainFailure(failure: BuildFailure): never {
  const message = failure.errors?.[0];
  if (message === undefined) throw failure;
  const { location, text } = message;
  // Relative paths are relative to the kit; those outside look better in full.
  const file = location ? displayPath(path.resolve(KIT_ROOT, location.file)) : undefined;
  const place = location ? `${file}:${location.line}:${location.column + 1}: ` : '';
  throw new KitError(`${place}this part of the kit does not compile: ${text}`, { cause: failure });
}

/** Named after the contents, and put in place in one step, so that gradings at the same time do not disturb each other. */
async function store(kind: string, code: Uint8Array, map: Uint8Array): Promise<string> {
  const name = `${kind}-${createHash('sha256').update(code).digest('hex').slice(0, 16)}.mjs`;
  const file = path.join(CACHE_FOLDER, name);
  const now = new Date();
  const touched = await Promise.all([utimes(file, now, now), utimes(`${file}.map`, now, now)]).then(
    () => true,
    () => false,
  );
  if (!touched) {
    await putInPlace(`${file}.map`, map);
    await putInPlace(file, code);
    await removeOld();
  }
  return file;
}

async function putInPlace(file: string, contents: Uint8Array): Promise<void> {
  const draft = `${file}.${process.pid}-${Math.random().toString(36).slice(2)}`;
  await writeFile(draft, contents);
  await rename(draft, file);
}

async function removeOld(): Promise<void> {
  for (const name of await readdir(CACHE_FOLDER)) {
    if (!/^(cli|worker|host)-/.test(name)) continue;
    const file = path.join(CACHE_FOLDER, name);
    const entry = await stat(file).catch(() => undefined);
    if (entry !== undefined && entry.mtimeMs < Date.now() - KEPT_MS) await rm(file, { force: true, recursive: true });
  }
}

import { createHash } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { type BuildFailure, type BuildOptions, build, type Message } from 'esbuild';
import { importRules } from './imports.ts';
import { type Instrumented, instrument } from './instrument.ts';
import { LoadError, type SourceLocation } from './load-error.ts';
import { createPositionMap, type Insertions, type PositionMap } from './position-map.ts';

/** A submission, ready to be evaluated: plain data, to be sent to workers. */
export interface Bundle {
  /** Where it was, as an absolute path. */
  readonly folder: string;
  /** The files that went in: relative paths, sorted. Files of which only types are used are not among them. */
  readonly files: readonly string[];
  /** Of the paths and contents of `files`, in hexadecimal. */
  readonly sha256: string;
  /** One script in CommonJS form, with the step counter. */
  readonly code: string;
  /** The name under which `code` calls the step counter. */
  readonly stepName: string;
  /** Source map (JSON, version 3) of `code` without its `insertions`. */
  readonly map: string;
  /** What the step counter added to `code`. */
  readonly insertions: Insertions;
  /** For each step its file (a position in `files`), line and column, one after the other. */
  readonly steps: readonly number[];
}

const ENTRY = 'raft.ts';

/**
 * Bundles a submission once, for all its incarnations.
 *
 * @param folder - with `raft.ts` in it; inside or outside the repository
 * @throws {@link LoadError} `absent` when there is no such folder or no `raft.ts` in it; `broken` for a syntax error, a
 * refused import, or when no `Raft` is exported
 */
export async function bundleSubmission(folder: string): Promise<Bundle> {
  const root = await findFolder(folder);
  const contents = new Map<string, Buffer>();
  const options = buildOptions(root, contents);
  const result = await build(options).catch((failure: BuildFailure) => explainFailure(failure, options));
  const script = result.outputFiles.find((file) => file.path.endsWith('.js'))!.text;
  const map = result.outputFiles.find((file) => file.path.endsWith('.map'))!.text;
  const stepName = unusedName(script, '__step');
  const { code, insertions, steps } = instrumentScript(script, stepName, createPositionMap(map));
  const files = [...contents.keys()].sort();
  const flatSteps = steps.flatMap(({ file, line, column }) => [files.indexOf(file), line, column]);
  return { folder: root, files, sha256: hash(files, contents), code, stepName, map, insertions, steps: flatSteps };
}

async function findFolder(folder: string): Promise<string> {
  const root = await realpath(folder).catch(() => undefined);
  if (root === undefined || !(await stat(root)).isDirectory()) {
    throw new LoadError('absent', `there is no folder ${folder}`);
  }
  const entry = await stat(path.join(root, ENTRY)).catch(() => undefined);
  if (!entry?.isFile()) throw new LoadError('absent', `the folder ${folder} has no file ${ENTRY}`);
  return root;
}

function buildOptions(root: string, contents: Map<string, Buffer>) {
  return {
    absWorkingDir: root,
    // JavaScript, so that a missing export is an error: from TypeScript it could be a type, and esbuild says nothing.
    stdin: { contents: `export { Raft } from './${ENTRY}';`, loader: 'js', resolveDir: root },
    plugins: [importRules(root, contents)],
    bundle: true,
    write: false,
    outfile: path.join(root, 'submission.js'),
    format: 'cjs',
    platform: 'neutral',
    target: 'node20',
    charset: 'utf8',
    sourcemap: 'external',
    sourcesContent: false,
    // A tsconfig.json beside or above the submission must not change what the code means.
    tsconfigRaw: {},
    logLevel: 'silent',
    logOverride: {
      'import-is-undefined': 'error',
      'unsupported-dynamic-import': 'error',
      'unsupported-require-call': 'error',
      'indirect-require': 'error',
    },
  } as const satisfies BuildOptions;
}

type Options = ReturnType<typeof buildOptions>;

async function explainFailure(failure: BuildFailure, options: Options): Promise<never> {
  if (!failure.errors) throw failure;
  const message = failure.errors.find((error) => error.location?.file !== '<stdin>');
  // The kit's own entry point is right unless there is no `Raft` to pass on.
  if (!message) throw new LoadError('broken', await explainMissingRaft(options));
  const location = message.location ? sourceLocation(message.location) : undefined;
  throw new LoadError('broken', sentence(message), { location, cause: failure });
}

function sourceLocation({ file, line, column, lineText }: NonNullable<Message['location']>): SourceLocation {
  // esbuild counts a column in bytes of UTF-8.
  return { file, line, column: Buffer.from(lineText).subarray(0, column).toString().length + 1 };
}

/** esbuild's words where they are clear to a student, the kit's own where they speak of bundling. */
function sentence({ id, text }: Message): string {
  switch (id) {
    case 'unsupported-dynamic-import':
      return 'import(...) runs too late to be checked: write an import at the top';
    case 'unsupported-require-call':
    case 'indirect-require':
      return 'require is not available: write an import at the top';
    default:
      if (text.startsWith('Top-level await')) return 'await is not available outside functions: use it in start()';
      return text;
  }
}

async function explainMissingRaft(options: Options): Promise<string> {
  const { stdin: _, ...rest } = options;
  const listing = await build({ ...rest, entryPoints: [ENTRY], format: 'esm', metafile: true });
  const output = Object.values(listing.metafile.outputs).find(({ entryPoint }) => entryPoint === ENTRY);
  const names = output?.exports ?? [];
  return `${ENTRY} exports ${names.length > 0 ? names.join(', ') : 'nothing'}; it must export class Raft`;
}

function instrumentScript(script: string, stepName: string, positions: PositionMap): Instrumented {
  try {
    return instrument(script, stepName, positions.locate);
  } catch (error) {
    if (!(error instanceof SyntaxError && 'loc' in error)) throw error;
    const { line, column } = error.loc as { line: number; column: number };
    // The parser adds its own position, which means nothing to the student.
    const text = error.message.replace(/ \(\d+:\d+\)$/, '');
    throw new LoadError('broken', text, { location: positions.locate(line, column), cause: error });
  }
}

function unusedName(code: string, wanted: string): string {
  return code.includes(wanted) ? unusedName(code, `${wanted}_`) : wanted;
}

function hash(files: readonly string[], contents: ReadonlyMap<string, Buffer>): string {
  const sum = createHash('sha256');
  for (const file of files) {
    const bytes = contents.get(file)!;
    sum.update(`${file}\0${bytes.length}\0`).update(bytes);
  }
  return sum.digest('hex');
}

import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { OnResolveArgs, OnResolveResult, Plugin } from 'esbuild';

/** The one import that is not a file of the submission. */
export const CONTRACT = '#contract';

const ALLOWED = `a submission imports only '${CONTRACT}' and its own files, by relative paths`;

/** Lets a path pass through esbuild's own resolution without being asked about again. */
const OWN_RESOLUTION = Symbol('own resolution');

/**
 * Makes esbuild admit the contract, which stays an import, and relative files inside the folder. Everything else is an
 * error at the line of the import.
 *
 * @param folder - the submission, as a real path: esbuild resolves symbolic links, and so a link cannot lead outside
 * @param contents - receives what was read, by path relative to the folder
 */
export function importRules(folder: string, contents: Map<string, Buffer>): Plugin {
  return {
    name: 'submission imports',
    setup(build) {
      build.onResolve({ filter: /.*/ }, async (args) => {
        if (args.pluginData === OWN_RESOLUTION) return undefined;
        const refusal = refuse(args);
        if (refusal !== undefined) return { errors: [{ text: refusal }] };
        if (args.path === CONTRACT) return { path: CONTRACT, external: true };
        const { kind, resolveDir, importer } = args;
        const found = await build.resolve(args.path, { kind, resolveDir, importer, pluginData: OWN_RESOLUTION });
        return checkFound(args.path, found, folder);
      });
      build.onLoad({ filter: /.*/, namespace: 'file' }, async (args) => {
        const bytes = await readFile(args.path);
        contents.set(relativePath(folder, args.path), bytes);
        return { contents: bytes, loader: 'default', resolveDir: path.dirname(args.path) };
      });
    },
  };
}

/** The path of a file as reports and locations show it. */
export function relativePath(folder: string, file: string): string {
  return path.relative(folder, file).split(path.sep).join('/');
}

/** Why an import is refused for what it says, before the disk is asked. */
function refuse({ kind, path: wanted }: OnResolveArgs): string | undefined {
  if (kind === 'dynamic-import') return `import('${wanted}') runs too late to be checked: write an import at the top`;
  if (kind.startsWith('require')) return `require('${wanted}') is not available: write an import at the top`;
  if (wanted === CONTRACT || wanted.startsWith('./') || wanted.startsWith('../')) return undefined;
  return `'${wanted}' must not be imported: ${ALLOWED}`;
}

async function checkFound(
  wanted: string,
  found: Pick<OnResolveResult, 'errors' | 'path'>,
  folder: string,
): Promise<OnResolveResult> {
  if (found.errors?.length || !found.path) return { errors: [{ text: `there is no file '${wanted}' to import` }] };
  const relative = relativePath(folder, await realpath(found.path));
  if (relative.startsWith('../') || path.isAbsolute(relative))
    return { errors: [{ text: `'${wanted}' is outside the submission's folder: ${ALLOWED}` }] };
  // A package.json above must not make the bundler drop a file that is imported for its effects.
  return { path: found.path, sideEffects: true };
}

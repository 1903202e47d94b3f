import { stat } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '#runner';
import { mutantSources, variantSources } from './catalogue.ts';
import { checkpointSources } from './checkpoints.ts';
import { SOLUTIONS, type Sources, storeGenerated } from './sources.ts';

/**
 * Makes an implementation that is not stored: `checkpoint:<lab>`, `variant:<slug>` or `mutant:<lab>/<slug>`.
 *
 * @returns its folder, or `undefined` when `impl` is none of these, or when there is no reference, as in a hand-out
 * @throws {@link UsageError} when it is one of these and does not exist
 */
export async function generateImplementation(impl: string): Promise<string | undefined> {
  const hasReference = await stat(path.join(SOLUTIONS, 'raft.ts')).catch(() => undefined);
  if (hasReference === undefined) return undefined;
  const sources = await generateSources(impl);
  return sources && storeGenerated(impl.replaceAll(/\W/g, '-'), sources);
}

/** The same without storing it. */
export async function generateSources(impl: string): Promise<Sources | undefined> {
  const [, kind, name = ''] = /^(\w+):(.*)$/.exec(impl) ?? [];
  switch (kind) {
    case 'checkpoint':
      if (!/^\d+$/.test(name))
        throw new UsageError(`there is no checkpoint "${name}": give the number of a lab that is done`);
      return checkpointSources(Number(name));
    case 'variant':
      return variantSources(name);
    case 'mutant': {
      const [lab = '', slug = ''] = name.split('/');
      return mutantSources(lab, slug);
    }
    default:
      return undefined;
  }
}

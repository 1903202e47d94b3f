import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { tsImport } from 'tsx/esm/api';
import { UsageError } from '#runner';
import { ALL_LABS, checkpointSources } from './checkpoints.ts';
import { applyEdits, type Base, type Mutant, type Variant } from './edits.ts';
import { readSources, SOLUTIONS, type Sources } from './sources.ts';

const VARIANTS = path.join(SOLUTIONS, 'variants');
const MUTANTS = path.join(SOLUTIONS, 'mutants');

/** All variants, in the order of the list in `solutions/variants/index.ts`. */
export async function listVariants(): Promise<readonly Variant[]> {
  const { variants } = (await load(VARIANTS)) as { variants: readonly Variant[] };
  return variants;
}

/** The mutants of a lab, in the order of the list in `solutions/mutants/<lab>/index.ts`. None when there is no list. */
export async function listMutants(lab: string): Promise<readonly Mutant[]> {
  if (!(await listLabsWithMutants()).includes(lab)) return [];
  const { mutants } = (await load(path.join(MUTANTS, lab))) as { mutants: readonly Mutant[] };
  return mutants;
}

/** Ids of labs, in their order. */
export async function listLabsWithMutants(): Promise<string[]> {
  return (await readdir(MUTANTS)).filter((name) => /^lab\d+$/.test(name)).sort();
}

/** @throws {@link UsageError} that lists the variants when there is none of this name */
export async function variantSources(slug: string): Promise<Sources> {
  const variants = await listVariants();
  const variant = variants.find((each) => each.slug === slug);
  if (variant === undefined)
    throw unknown(
      `variant:${slug}`,
      variants.map((each) => `variant:${each.slug}`),
    );
  if (variant.base === 'folder') return readSources(path.join(VARIANTS, slug));
  return applyEdits(await baseSources(variant.base), variant.edits, `variant:${slug}`);
}

/** @throws {@link UsageError} that lists the lab's mutants when there is none of this name */
export async function mutantSources(lab: string, slug: string): Promise<Sources> {
  const mutants = await listMutants(lab);
  const mutant = mutants.find((each) => each.slug === slug);
  if (mutant === undefined)
    throw unknown(
      `mutant:${lab}/${slug}`,
      mutants.map((each) => `mutant:${lab}/${each.slug}`),
    );
  return applyEdits(await baseSources(mutant.base), mutant.edits, `mutant:${lab}/${slug}`);
}

function baseSources(base: Base): Promise<Sources> {
  if (base === 'solution') return checkpointSources(ALL_LABS);
  const [kind, name = ''] = base.split(':');
  return kind === 'checkpoint' ? checkpointSources(Number(name)) : variantSources(name);
}

function load(folder: string): Promise<unknown> {
  return tsImport(pathToFileURL(path.join(folder, 'index.ts')).href, import.meta.url);
}

function unknown(impl: string, known: readonly string[]): UsageError {
  const list = known.length === 0 ? 'there are none' : `there are ${known.join(', ')}`;
  return new UsageError(`there is no implementation "${impl}": ${list}`);
}

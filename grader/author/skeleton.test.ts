import { expect, test } from 'vitest';
import { listLabsWithMutants, listMutants, listVariants } from './catalogue.ts';
import { lastMarkedLab } from './checkpoints.ts';
import { findTypeErrors } from './compile.ts';
import { generateSources } from './implementations.ts';
import { findStaleSkeletonFiles } from './skeleton.ts';

test('the skeleton is what the reference generates: npm run author skeleton', async () => {
  expect(await findStaleSkeletonFiles()).toEqual([]);
});

test('every checkpoint, variant and mutant can be made, and type-checks', { timeout: 180_000 }, async () => {
  const names = Array.from({ length: (await lastMarkedLab()) + 1 }, (_, lab) => `checkpoint:${lab}`);
  for (const { slug } of await listVariants()) names.push(`variant:${slug}`);
  for (const lab of await listLabsWithMutants()) {
    for (const { slug } of await listMutants(lab)) names.push(`mutant:${lab}/${slug}`);
  }
  expect(names).toEqual([...new Set(names)]);
  const sources = await Promise.all(names.map(async (name) => [name, (await generateSources(name))!] as const));
  expect(await findTypeErrors(new Map(sources))).toEqual([]);
});

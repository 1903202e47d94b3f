import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { grade, KIT_ROOT } from '#runner';
import { generateImplementation } from './implementations.ts';

/** Enough to show that a checkpoint can do what it should; calibration takes many more. */
const RUNS = 5;

const found = await readdir(path.join(KIT_ROOT, 'labs')).catch(() => []);
const labs = found.filter((name) => /^lab\d+$/.test(name)).sort();
const numbers = labs.map((lab) => Number(lab.slice('lab'.length)));

test.each([0, ...numbers])('checkpoint %i has full marks in the labs up to it, and not in the next', async (done) => {
  const graded = labs.filter((_, i) => numbers[i]! <= done + 1);
  const impl = `checkpoint:${done}`;
  const grading = await grade({ labs: graded, impl, runs: RUNS, generate: generateImplementation, typeCheck: false });
  for (const { id, earned, points, tests } of grading.labs) {
    const open = tests.filter(({ status }) => status !== 'passed').map((each) => `${each.id} ${each.status}`);
    if (id === `lab${done + 1}`) expect(earned, `${impl} in ${id}`).toBeLessThan(points);
    else expect(open, `${impl} in ${id}`).toEqual([]);
  }
});

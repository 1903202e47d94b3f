import { afterEach, expect, test } from 'vitest';
import { createFixture, type Fixture, labText, serverText, suiteText } from './fixture.ts';
import { grade } from './grade.ts';
import type { TestResult } from './report.ts';

let fixture: Fixture | undefined;

afterEach(() => fixture?.remove());

const FAILS_SOMETIMES = `
  const cluster = context.cluster({ size: 1 });
  await cluster.run(100);
  expect(context.seed % 7 !== 3, 'seed ' + context.seed);`;

async function gradeAllSeeds(jobs: number, code = serverText()): Promise<readonly TestResult[]> {
  fixture ??= await createFixture({
    'labs/lab1/lab.ts': labText(2),
    'labs/lab1/suites/rules.ts': suiteText([
      { slug: 'sometimes', runs: 40, run: FAILS_SOMETIMES },
      { slug: 'never', runs: 9 },
    ]),
    'skeleton/raft.ts': code,
  });
  const grading = await grade({ root: fixture.root, labs: [], jobs, typeCheck: false, allSeeds: true });
  return grading.labs[0]!.tests.map(({ wallMs: _, ...rest }) => ({ ...rest, wallMs: 0 }));
}

test('every seed is played and counted, also behind one that fails, and the first that fails is told', async () => {
  const [sometimes, never] = await gradeAllSeeds(1);
  expect(sometimes).toMatchObject({
    status: 'failed',
    earned: 0,
    runsDone: 40,
    failure: { seed: 3, message: 'seed 3' },
  });
  expect(sometimes!.tally!.passed).toBe(34);
  expect(sometimes!.tally!.failed).toEqual([3, 10, 17, 24, 31, 38].map((seed) => ({ seed, rule: 'sometimes' })));
  expect(sometimes!.failure!.story.length).toBeGreaterThan(0);
  expect(never).toMatchObject({ status: 'passed', earned: 1, tally: { passed: 9, failed: [] } });
  // However the seeds are dealt out to workers.
  expect(await gradeAllSeeds(3)).toEqual([sometimes, never]);
});

test('code that is not there yet has no stability', async () => {
  fixture = undefined;
  const [first] = await gradeAllSeeds(1, serverText(`throw new NotImplemented('lab 1');`));
  expect(first).toMatchObject({ status: 'not-started', runsDone: 1 });
  expect(first!.tally).toBeUndefined();
});

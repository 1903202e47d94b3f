import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createFixture, type Fixture, labText, serverText, suiteText } from './fixture.ts';
import { grade } from './grade.ts';
import { replayCase } from './replay.ts';
import type { Grading, RunnerEvent } from './report.ts';

let fixture: Fixture | undefined;

afterEach(async () => {
  await fixture?.remove();
  fixture = undefined;
});

/** Fails when n2 is hit; that n1 and n3 are hit does not matter. */
const FRAGILE = `
  const pause = (target) => ({ kind: 'pause', atMs: 100 + target, forMs: 333, target });
  const { servers, faults } = context.decisions.disturbance({ servers: 3, faults: [0, 1, 2].map(pause), forMs: 900 });
  await context.cluster({ size: servers }).run(500);
  for (const fault of faults) context.decisions.struck(fault);
  expect(!faults.some((fault) => fault.target === 1), 'n2 was hit');`;

async function prepared(visibility = 'visible'): Promise<Fixture> {
  fixture = await createFixture({
    'labs/lab1/lab.ts': labText(2),
    'labs/lab1/suites/adversaries.ts': suiteText([
      { slug: 'fragile', kind: 'adversary', runs: 5, visibility, run: FRAGILE },
      { slug: 'sound', runs: 2 },
    ]),
    'skeleton/raft.ts': serverText(),
  });
  return fixture;
}

/** What is the same whether or not a failure was made smaller. */
function verdicts({ labs }: Grading): unknown {
  return labs[0]!.tests.map(({ id, status, earned, runsDone, events, hash, failure }) => {
    const { smallest: _, ...rest } = failure ?? {};
    return { id, status, earned, runsDone, events, hash, failure: rest };
  });
}

test('a failure is made smaller and kept as a case; verdict, counts and hash are as without', async () => {
  const { root } = await prepared();
  const memory = path.join(root, '.raftlab');
  const plain = await grade({ root, labs: [], typeCheck: false });
  const told: string[] = [];
  const onEvent = (event: RunnerEvent): void => {
    if (event.type === 'test-minimising') told.push(`${event.id} ${event.trials}`);
    if (event.type === 'test-finished') told.push(`${event.result.id} ${event.result.status}`);
  };
  const grading = await grade({ root, labs: [], typeCheck: false, memory, minimise: true, onEvent });
  expect(told.indexOf('lab1/fragile 0')).toBeLessThan(told.indexOf('lab1/fragile failed'));
  expect(told.filter((each) => each.startsWith('lab1/sound'))).toEqual(['lab1/sound passed']);
  expect(verdicts(grading)).toEqual(verdicts(plain));
  const { failure } = grading.labs[0]!.tests.find(({ id }) => id === 'lab1/fragile')!;
  expect(failure!.smallest).toMatchObject({ end: 'done', failure: { rule: 'fragile', message: 'n2 was hit' } });
  const file = path.join(memory, 'cases', 'lab1-fragile-seed1.json');
  expect(failure!.smallest!.replay).toContain(`case=${file}`);
  expect(failure!.smallest!.file).toBe(file);

  const replayed = await replayCase(file, { root });
  expect(replayed.result.failure?.message).toBe('n2 was hit');
  expect(replayed.comparison).toBe('the failure of the case: same step, rule and hash');
});

test('a hidden failure is kept nowhere', async () => {
  const { root } = await prepared('hidden');
  const memory = path.join(root, '.raftlab');
  const grading = await grade({ root, labs: [], typeCheck: false, memory, minimise: true });
  expect(grading.labs[0]!.tests.map(({ failure }) => failure?.smallest)).toEqual([undefined, undefined]);
  expect(await readdir(memory)).not.toContain('cases');
});

test('what is no case file is told as that', async () => {
  const { root } = await prepared();
  await expect(replayCase('raft.ts', { root, cwd: path.join(root, 'skeleton') })).rejects.toThrow('is no case file');
  await expect(replayCase('missing.json', { root, cwd: root })).rejects.toThrow('cannot be read');
});

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { grade, type TestResult } from '#runner';
import { createFixture, type Fixture, labText, serverText, suiteText } from '../runner/fixture.ts';
import { readTrace } from '../viewer/compare.ts';
import { ScreenSession } from './screen-session.ts';

let fixture: Fixture | undefined;

afterEach(async () => {
  await fixture?.remove();
  fixture = undefined;
});

/** Fails when n2 is paused; that n1 is does not matter. */
const FRAGILE = `
  const pause = (target) => ({ kind: 'pause', atMs: 100 + target, forMs: 333, target });
  const { servers, faults } = context.decisions.disturbance({ servers: 3, faults: [0, 1].map(pause), forMs: 900 });
  await context.cluster({ size: servers }).run(500);
  for (const fault of faults) context.decisions.struck(fault);
  expect(!faults.some((fault) => fault.target === 1), 'n2 was hit');`;

/** What the screen is told, from now on, when its user asks to see a failure. */
async function view(session: ScreenSession, failed: TestResult): Promise<string[]> {
  const told: string[] = [];
  const stop = session.subscribe((event) => {
    if (event.type === 'viewed') told.push(event.text);
  });
  const before = told.length;
  session.actions.view(failed);
  // Asked again, it goes on with what it is at.
  session.actions.view(failed);
  await vi.waitFor(() => expect(told.slice(before)).toHaveLength(2), { timeout: 60_000 });
  stop();
  return told.slice(before);
}

test('a failure is drawn as its smallest run, or, without one, as it was first seen', async () => {
  fixture = await createFixture({
    'labs/lab1/lab.ts': labText(1),
    'labs/lab1/suites/adversaries.ts': suiteText([{ slug: 'fragile', kind: 'adversary', runs: 5, run: FRAGILE }]),
    'skeleton/raft.ts': serverText(),
  });
  const { root } = fixture;
  const memory = path.join(root, '.raftlab');
  const options = { root, labs: [], typeCheck: false, memory } as const;
  const { labs } = await grade({ ...options, minimise: true });
  const [failed] = labs[0]!.tests as [TestResult];
  const { failure } = failed;
  expect(failure?.smallest?.file).toBeDefined();

  const place = { cwd: root, platform: 'linux', environment: {}, isTerminal: false };
  const { signal } = new AbortController();
  const session = new ScreenSession(options, { ascii: false, signal, watch: false, place });
  const small = '.raftlab/traces/case-lab1-fragile-seed1.html';
  expect(await view(session, failed)).toEqual(['drawing…', `${small} (open it in a browser)`]);
  const { smallest: _, ...whole } = failure!;
  const large = '.raftlab/traces/lab1-fragile-seed1.html';
  expect(await view(session, { ...failed, failure: whole })).toEqual(['drawing…', `${large} (open it in a browser)`]);

  const traces = await Promise.all([small, large].map((file) => readFile(path.join(root, file), 'utf8')));
  expect(traces.map((text) => readTrace(text)?.verdict.message)).toEqual(['n2 was hit', 'n2 was hit']);
  expect(readTrace(traces[0]!)!.nodes.length).toBeLessThan(readTrace(traces[1]!)!.nodes.length);

  await fixture.write({ 'skeleton/raft.ts': 'export class Raft {' });
  const [, problem] = await view(session, failed);
  expect(problem).toMatch(/^the submission does not load: raft\.ts:1:/);
});

import { afterEach, expect, test } from 'vitest';
import { createFixture, draw, type Fixture, labText, serverText, suiteText, type TestText } from './fixture.ts';
import { type GradeOptions, grade } from './grade.ts';
import type { Grading, RunnerEvent, TestResult } from './report.ts';

let fixture: Fixture | undefined;

afterEach(async () => {
  await fixture?.remove();
  fixture = undefined;
});

/** Grades one lab with one submission. */
async function gradeTests(
  tests: readonly TestText[],
  submission: string,
  options: Partial<GradeOptions> = {},
): Promise<Grading> {
  fixture ??= await createFixture({});
  await fixture.write({
    'labs/lab1/lab.ts': labText(tests.reduce((sum, { points = 1 }) => sum + points, 0)),
    'labs/lab1/suites/rules.ts': suiteText(tests),
    'skeleton/raft.ts': submission,
  });
  return grade({ root: fixture.root, labs: [], jobs: 2, typeCheck: false, ...options });
}

function resultsOf(grading: Grading): readonly TestResult[] {
  return grading.labs.flatMap((lab) => lab.tests);
}

function statuses(grading: Grading): string[] {
  return resultsOf(grading).map(({ id, status }) => `${id.slice('lab1/'.length)} ${status}`);
}

/** Without what differs between two gradings. */
function timeless(grading: Grading): unknown {
  return resultsOf(grading).map(({ wallMs: _, ...rest }) => rest);
}

const FAILS_AT_23 = `
  const cluster = context.cluster({ size: 2 });
  await cluster.run(100 + context.seed % 7);
  context.reached('runs');
  expect(context.seed < 23, 'seed ' + context.seed + ' is too large');`;

test('the first seed that fails decides, however many workers there are', async () => {
  const tests: TestText[] = [
    { slug: 'passes', runs: 60, points: 3 },
    { slug: 'fails', runs: 60, points: 2, run: FAILS_AT_23 },
    { slug: 'passes-too', runs: 7, points: 1 },
  ];
  const gradings = [];
  for (const jobs of [1, 2, 3]) gradings.push(await gradeTests(tests, serverText(), { jobs }));
  const [one, two, three] = gradings;
  expect(statuses(one!)).toEqual(['passes passed', 'fails failed', 'passes-too passed']);
  const failed = resultsOf(one!)[1]!;
  expect(failed).toMatchObject({ runsDone: 23, earned: 0, reached: { runs: 23 } });
  expect(failed.failure).toMatchObject({ seed: 23, rule: 'fails', kind: 'safety', message: 'seed 23 is too large' });
  expect(failed.failure!.replay).toBe('npm run replay lab1/fails seed=23');
  expect(failed.failure!.story.length).toBeGreaterThan(0);
  expect(one).toMatchObject({ earned: 4, points: 6, seed: 1, impl: 'skeleton' });
  expect(timeless(two!)).toEqual(timeless(one!));
  expect(timeless(three!)).toEqual(timeless(one!));
});

test('events come in the order of the plan', async () => {
  const events: RunnerEvent[] = [];
  const tests = [
    { slug: 'long', runs: 80 },
    { slug: 'short', runs: 1 },
  ];
  const grading = await gradeTests(tests, serverText(), { onEvent: (event) => events.push(event) });
  expect(events[0]).toMatchObject({ type: 'planned', labs: [{ id: 'lab1', points: 2 }] });
  expect(events.filter(({ type }) => type === 'test-finished')).toMatchObject([
    { result: { id: 'lab1/long' } },
    { result: { id: 'lab1/short' } },
  ]);
  expect(events.at(-1)).toEqual({ type: 'finished', grading });
  expect(events.at(-2)).toMatchObject({ type: 'type-checked' });
});

test('code that does not come to an end costs one test, in counted code and in uncounted code', async () => {
  const start = `
    const draw = this.env.random();
    if (draw === 0.1) for (;;) {}
    if (draw === 0.2) /^(a+)+$/.test('a'.repeat(60) + 'b');`;
  const tests = [
    { slug: 'before', runs: 20 },
    { slug: 'counted', run: draw(0.1) },
    { slug: 'uncounted', run: draw(0.2), runs: 30 },
    { slug: 'after', runs: 20 },
  ];
  const grading = await gradeTests(tests, serverText(start), { limits: { wallMs: 1_000 } });
  expect(statuses(grading)).toEqual(['before passed', 'counted failed', 'uncounted unknown', 'after passed']);
  const [, counted, uncounted] = resultsOf(grading);
  expect(counted!.failure).toMatchObject({ kind: 'hang', location: { file: 'raft.ts' } });
  expect(uncounted!.note).toMatch(
    /^no verdict with seed 1: it takes more than 1 s; the last line counted was raft.ts:\d+:\d+$/,
  );
});

test.for([
  ['bit by bit', 'const all = []; for (;;) all.push(new Array(100_000).fill(0));'],
  // Too much for the engine to get out of: it ends the process that the threads are in.
  ['in one call', `'x'.repeat(2 ** 27).split('');`],
])('code that fills the memory %s costs one test', async ([, bomb]) => {
  const tests = [
    { slug: 'before', runs: 20 },
    { slug: 'bomb', run: draw(0.1), runs: 20 },
    { slug: 'after', runs: 20 },
  ];
  const start = `if (this.env.random() === 0.1) { ${bomb} }`;
  const grading = await gradeTests(tests, serverText(start), { limits: { heapMb: 64 } });
  expect(statuses(grading)).toEqual(['before passed', 'bomb unknown', 'after passed']);
  expect(resultsOf(grading)[1]!.note).toMatch(
    /^no verdict with seed 1: it needs more memory than the 64 MB that it may use; the last line counted was raft.ts:\d+:\d+$/,
  );
});

test('code that is not there yet is no failure', async () => {
  const grading = await gradeTests([{ slug: 'waits', runs: 10 }], serverText(`throw new NotImplemented('lab 1');`));
  expect(resultsOf(grading)[0]).toMatchObject({ status: 'not-started', runsDone: 1 });
  expect(resultsOf(grading)[0]!.note).toContain(`NotImplemented('lab 1')`);
});

test('a promise that nobody awaits is the failure of its own step', async () => {
  const start = `this.env.clock.setTimeout(() => { void Promise.reject(new Error('lost')); }, 10);
    this.env.clock.setInterval(() => {}, 1);`;
  const grading = await gradeTests([{ slug: 'rejects' }], serverText(start));
  const { failure } = resultsOf(grading)[0]!;
  expect(failure).toMatchObject({ kind: 'crash', atMs: 10, location: { file: 'raft.ts' } });
});

test('code that is not the same twice does not pass', async () => {
  // One of the few places where one run can leave something for the next: it is open, because libraries set it.
  const start = `Error.stackTraceLimit++;
    this.env.clock.setTimeout(() => this.env.clock.setTimeout(() => {}, Error.stackTraceLimit), 5);`;
  const grading = await gradeTests([{ slug: 'differs', runs: 3 }], serverText(start));
  const { failure, runsDone } = resultsOf(grading)[0]!;
  expect(runsDone).toBe(1);
  expect(failure).toMatchObject({ kind: 'contract', rule: 'ContractUse', step: 3 });
  expect(failure!.message).toBe('not deterministic: run twice with the same seed, the two runs part at step 3');
});

test('a function that calls itself without end is the failure, however far each run came', async () => {
  const start = `const append = (index: number): void => {
      this.env.storage.append([{ index, term: 1, kind: 'noop' }]);
      append(index + 1);
    };
    this.env.clock.setTimeout(() => append(1), 5);`;
  const tests = ['one', 'two', 'three'].map((slug) => ({ slug }));
  const results = resultsOf(await gradeTests(tests, serverText(start)));
  const failures = results.map(({ failure }) => `${failure?.rule}, ${failure?.likelyCause}, step ${failure?.step}`);
  expect(failures).toEqual(tests.map(() => 'Crash, a function calls itself without end, step 2'));
  expect(new Set(results.map(({ hash }) => hash)).size).toBe(1);
});

test('a changed language is a failure that names the line', async () => {
  const start = `if (this.env.random() === 0.1) Array.prototype.push = function () { return 0; };
    if (this.env.random() === 0.2) Object.freeze(Map.prototype);`;
  const tests = [{ slug: 'clean' }, { slug: 'patched', run: draw(0.1) }, { slug: 'still-clean', runs: 30 }];
  const grading = await gradeTests(tests, serverText(start));
  expect(statuses(grading)).toEqual(['clean passed', 'patched failed', 'still-clean passed']);
  const { failure } = resultsOf(grading)[1]!;
  expect(failure).toMatchObject({ kind: 'contract', rule: 'ContractUse', location: { file: 'raft.ts' } });
  expect(failure!.message).toContain('Array.prototype.push');
});

test('a thread with a language that cannot be mended is replaced', async () => {
  const tests = [
    { slug: 'freezes', run: draw(0.1) },
    { slug: 'clean', runs: 40 },
  ];
  const grading = await gradeTests(tests, serverText('if (this.env.random() === 0.1) Object.freeze(Map.prototype);'));
  expect(statuses(grading)).toEqual(['freezes failed', 'clean passed']);
});

test('an error of a test is a fault of the kit, with its place', async () => {
  const tests = [{ slug: 'broken', run: 'await context.cluster({ size: 1 }).run(1); throw new TypeError("oops");' }];
  const grading = await gradeTests(tests, serverText());
  expect(resultsOf(grading)[0]).toMatchObject({ status: 'kit-error' });
  expect(resultsOf(grading)[0]!.note).toMatch(/suites\/rules\.ts:3: oops$/);
});

test('console lines are kept, of the failing run when there is one', async () => {
  const tests = [
    { slug: 'talks', runs: 2 },
    { slug: 'fails', runs: 30, run: FAILS_AT_23 },
  ];
  const grading = await gradeTests(tests, serverText(`console.log('hello from', this.env.id);`));
  expect(resultsOf(grading).map((result) => result.console)).toEqual([
    ['hello from n1', 'hello from n1'],
    ['hello from n1', 'hello from n2'],
  ]);
});

test('the first test that does not pass can be the last that runs', async () => {
  const tests = [
    { slug: 'passes' },
    { slug: 'fails', runs: 30, run: FAILS_AT_23 },
    { slug: 'later' },
    { slug: 'last' },
  ];
  const grading = await gradeTests(tests, serverText(), { stopAtFirst: true });
  expect(statuses(grading)).toEqual(['passes passed', 'fails failed', 'later not-run', 'last not-run']);
});

test('an interrupt keeps the verdicts that are there', async () => {
  const controller = new AbortController();
  const tests = [{ slug: 'passes' }, { slug: 'endless', run: draw(0.2) }, { slug: 'later', runs: 9 }];
  const start = `if (this.env.random() === 0.2) /^(a+)+$/.test('a'.repeat(60) + 'b');`;
  const grading = await gradeTests(tests, serverText(start), {
    jobs: 1,
    signal: controller.signal,
    onEvent(event) {
      if (event.type === 'test-started' && event.id === 'lab1/endless') setTimeout(() => controller.abort(), 100);
    },
  });
  expect(grading.interrupted).toBe(true);
  expect(statuses(grading)).toEqual(['passes passed', 'endless not-run', 'later not-run']);
});

test('what does not load is told before anything runs', async () => {
  const tests = [{ slug: 'any' }];
  await expect(gradeTests(tests, 'export class Raft {')).rejects.toMatchObject({ name: 'LoadError', code: 'broken' });
  await expect(gradeTests(tests, serverText('', 'throw new Error("at once");'))).rejects.toMatchObject({
    name: 'LoadError',
    code: 'broken',
    message: expect.stringContaining('at once'),
  });
  await expect(gradeTests(tests, serverText(), { impl: 'nowhere' })).rejects.toMatchObject({
    name: 'UsageError',
    message: expect.stringContaining('impl=skeleton'),
  });
  await expect(gradeTests(tests, serverText(), { labs: ['lab9'] })).rejects.toMatchObject({
    name: 'UsageError',
    message: 'there is no lab "lab9": there are lab1',
  });
  await expect(gradeTests(tests, serverText(), { only: 'zzz' })).rejects.toMatchObject({ name: 'UsageError' });
});

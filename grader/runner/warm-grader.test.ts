import { afterEach, expect, test } from 'vitest';
import { createFixture, draw, type Fixture, labText, serverText, suiteText, type TestText } from './fixture.ts';
import { type GradeOptions, openWarmGrader, type WarmGrader } from './grade.ts';
import type { Grading } from './report.ts';

let fixture: Fixture | undefined;
let grader: WarmGrader | undefined;

afterEach(async () => {
  grader?.close();
  await fixture?.remove();
  [fixture, grader] = [undefined, undefined];
});

/** Opens a grader over a lab, and gives what grades the code that stands in the skeleton then. */
async function open(tests: readonly TestText[]) {
  fixture = await createFixture({
    'labs/lab1/lab.ts': labText(tests.length),
    'labs/lab1/suites/rules.ts': suiteText(tests),
    'skeleton/raft.ts': serverText(),
  });
  const common = {
    root: fixture.root,
    labs: [],
    jobs: 2,
    typeCheck: false,
    memory: `${fixture.root}/.raftlab`,
  } as const;
  grader = await openWarmGrader(common);
  return async (code: string, more: Partial<GradeOptions> = {}): Promise<Grading> => {
    await fixture!.write({ 'skeleton/raft.ts': code });
    return grader!.grade({ ...common, ...more });
  };
}

function statuses(grading: Grading): string[] {
  return grading.labs.flatMap((lab) => lab.tests.map(({ id, status }) => `${id.slice('lab1/'.length)} ${status}`));
}

const THROWS_AT_1 = serverText(`if (this.env.random() === 0.1) throw new Error('one');`);
const THROWS_AT_2 = serverText(`if (this.env.random() === 0.2) throw new Error('two');`);
const TESTS: readonly TestText[] = [
  { slug: 'one', run: draw(0.1) },
  { slug: 'two', run: draw(0.2) },
  { slug: 'three', run: draw(0.3) },
];

test('each grading is of the code as it is then', async () => {
  const grade = await open(TESTS);
  expect(statuses(await grade(serverText()))).toEqual(['one passed', 'two passed', 'three passed']);
  expect(statuses(await grade(THROWS_AT_2))).toEqual(['one passed', 'two failed', 'three passed']);
  await expect(grade('export class Raft {')).rejects.toMatchObject({ name: 'LoadError', code: 'broken' });
  expect(statuses(await grade(serverText()))).toEqual(['one passed', 'two passed', 'three passed']);
});

test('what failed last comes first, and the first that fails ends it', async () => {
  const grade = await open(TESTS);
  const order: string[] = [];
  const options: Partial<GradeOptions> = {
    failedFirst: true,
    stopAtFirst: true,
    onEvent(event) {
      if (event.type === 'test-finished') order.push(`${event.result.id.slice('lab1/'.length)} ${event.result.status}`);
    },
  };
  await grade(THROWS_AT_2, options);
  expect(order.splice(0)).toEqual(['one passed', 'two failed', 'three not-run']);
  const grading = await grade(THROWS_AT_2, options);
  expect(order.splice(0)).toEqual(['two failed', 'one not-run', 'three not-run']);
  expect(statuses(grading)).toEqual(['one not-run', 'two failed', 'three not-run']);
  await grade(THROWS_AT_1, options);
  expect(order).toEqual(['two passed', 'one failed', 'three not-run']);
});

test('a test that waits for code ends nothing', async () => {
  const grade = await open(TESTS);
  const code = serverText(`if (this.env.random() === 0.1) throw new NotImplemented('lab 1');`);
  expect(statuses(await grade(code, { stopAtFirst: true }))).toEqual(['one not-started', 'two passed', 'three passed']);
});

test.for([
  ['runs that come to an end', { slug: 'slow', runs: 1e6 }, serverText()],
  ['a run that does not', { slug: 'slow', run: draw(0.2) }, serverText(`/^(a+)+$/.test('a'.repeat(60) + 'b');`)],
] as const)('a grading with %s is given up at once, and the next is not disturbed', async ([, test_, code]) => {
  const grade = await open([test_]);
  const controller = new AbortController();
  const started = performance.now();
  const grading = await grade(code, {
    signal: controller.signal,
    onEvent(event) {
      if (event.type === 'test-started') setTimeout(() => controller.abort(), 50);
    },
  });
  expect(grading).toMatchObject({ interrupted: true });
  expect(statuses(grading)).toEqual(['slow not-run']);
  // Far below the 60 s that a run may take; a clock has no say in more than that.
  expect(performance.now() - started).toBeLessThan(30_000);
  expect(statuses(await grade(serverText(), { runs: 2 }))).toEqual(['slow passed']);
});

test('types can come late', async () => {
  const grade = await open([{ slug: 'one' }]);
  const told = new Promise<unknown>((resolve) => {
    void grade(serverText('const wrong: number = "text"; void wrong;'), {
      typeCheck: 'late',
      onEvent(event) {
        if (event.type === 'type-checked') resolve(event.typeErrors);
      },
    });
  });
  expect(await told).toMatch(/^raft\.ts:\d+:\d+: Type 'string' is not assignable to type 'number'/);
});

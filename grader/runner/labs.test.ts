import { afterEach, expect, test } from 'vitest';
import { createFixture, type Fixture, labText, serverText, suiteText } from './fixture.ts';
import { type GradeOptions, grade } from './grade.ts';
import { replay } from './replay.ts';

let fixture: Fixture | undefined;

afterEach(async () => {
  await fixture?.remove();
  fixture = undefined;
});

/** Grades a folder with these files and a server that does nothing. */
async function gradeFiles(files: Readonly<Record<string, string>>, options: Partial<GradeOptions> = {}) {
  fixture = await createFixture({ 'skeleton/raft.ts': serverText(), ...files });
  const suites = options.suites?.map((folder) => `${fixture!.root}/${folder}`);
  const all = { root: fixture.root, labs: [], jobs: 1, typeCheck: false, ...options };
  return grade({ ...all, ...(suites && { suites }) });
}

const RULES = suiteText([{ slug: 'first' }, { slug: 'second', points: 2 }]);

test('labs come by number, tests by kind, file and place', async () => {
  const grading = await gradeFiles({
    'labs/lab10/lab.ts': labText(1, 'lab10'),
    'labs/lab10/suites/any.ts': suiteText([{ slug: 'any' }]),
    'labs/lab2/lab.ts': labText(6, 'lab2'),
    'labs/lab2/suites/b.ts': suiteText([
      { slug: 'storm', kind: 'adversary' },
      { slug: 'b2' },
      { slug: 'story', kind: 'scenario' },
      { slug: 'b1' },
    ]),
    'labs/lab2/suites/a.hidden.ts': suiteText([{ slug: 'a2', visibility: 'hidden' }, { slug: 'a1' }]),
    'labs/lab2/suites/a.test.ts': 'throw new Error("for an editor");',
    'labs/notes/lab.ts': 'no lab',
  });
  expect(grading.labs.map(({ id }) => id)).toEqual(['lab2', 'lab10']);
  const slugs = grading.labs[0]!.tests.map(({ id, hidden }) => id.slice('lab2/'.length) + (hidden ? ' (hidden)' : ''));
  expect(slugs).toEqual(['a2 (hidden)', 'a1', 'b2', 'b1', 'story', 'storm']);
  expect(grading).toMatchObject({ points: 7, earned: 7, suites: ['labs/lab2/suites', 'labs/lab10/suites'] });
});

test('suites from elsewhere import what the kit has, and add their points', async () => {
  const draws = `import fc from 'fast-check';\n${suiteText([{ slug: 'draws', points: 5 }])}\nfc.sample(fc.integer(), 1);`;
  const files = {
    'labs/lab1/lab.ts': labText(3),
    'labs/lab1/suites/rules.ts': RULES,
    'more/lab1-extra.ts': draws,
    'more/lab1/deep.ts': suiteText([{ slug: 'deep' }]),
    'more/lab12.ts': 'throw new Error("of another lab");',
    'more/helper.ts': 'throw new Error("of no lab");',
  };
  const grading = await gradeFiles(files, { suites: ['more'] });
  const points = grading.labs[0]!.tests.map((each) => [each.id, each.earned]);
  expect(points).toEqual([
    ['lab1/first', 1],
    ['lab1/second', 2],
    ['lab1/deep', 1],
    ['lab1/draws', 5],
  ]);
  expect(grading.suites).toEqual(['labs/lab1/suites', `${fixture!.root}/more`]);
});

test('some tests can be picked, and run more or less often', async () => {
  const files = { 'labs/lab1/lab.ts': labText(3), 'labs/lab1/suites/rules.ts': RULES };
  const grading = await gradeFiles(files, { only: 'SECOND', runs: 3, runsFactor: 2 });
  expect(grading.labs[0]!.tests).toMatchObject([{ id: 'lab1/second', runs: 6, runsDone: 6 }]);
  expect(grading).toMatchObject({ points: 2, earned: 2 });
});

test.for([
  ['a syntax error', { 'suites/rules.ts': 'export const tests = [' }, 'labs/lab1/suites/rules.ts:1:'],
  ['an import of nothing', { 'suites/rules.ts': "import './none.ts';" }, 'none.ts'],
  ['an error on loading', { 'suites/rules.ts': '\nthrow new Error("late");' }, 'labs/lab1/suites/rules.ts:2: late'],
  ['no tests', { 'suites/rules.ts': 'export const test = 1;' }, 'rules.ts does not export an array'],
  [
    'points that do not add up',
    { 'lab.ts': labText(9) },
    'lab.ts promises 9 points, but the tests of lab1 add up to 3',
  ],
  [
    'a slug that is taken',
    { 'suites/s.ts': suiteText([{ slug: 'first' }]) },
    'the slug first is taken in lab1 already, in',
  ],
  ['a slug in another case', { 'suites/s.ts': suiteText([{ slug: 'New' }]) }, 'test 1 needs a slug in kebab-case'],
  ['another id', { 'lab.ts': labText(3, 'lab2') }, 'says that its id is lab2, but its folder is lab1'],
] as const)('%s in a lab is a fault of the kit, with the file', async ([, files, message]) => {
  const all: Record<string, string> = { 'labs/lab1/lab.ts': labText(3), 'labs/lab1/suites/rules.ts': RULES };
  for (const [name, text] of Object.entries(files)) all[`labs/lab1/${name}`] = text;
  await expect(gradeFiles(all)).rejects.toMatchObject({ name: 'KitError', message: expect.stringContaining(message) });
});

test('a replay says whether the failure is the same', async () => {
  const run = `const cluster = context.cluster({ size: 1 }); await cluster.run(50); expect(context.seed < 4, 'too large');`;
  const files = {
    'labs/lab1/lab.ts': labText(1),
    'labs/lab1/suites/s.ts': suiteText([{ slug: 'fails', runs: 9, run }]),
  };
  const ticking = (ms: number) => serverText(`this.env.clock.setInterval(() => {}, ${ms});`);
  fixture = await createFixture({ ...files, 'skeleton/raft.ts': ticking(10) });
  const common = { root: fixture.root, memory: `${fixture.root}/.raftlab` };
  await grade({ ...common, labs: [], jobs: 1, typeCheck: false });

  const same = await replay({ ...common, test: 'lab1/fails' });
  expect(same).toMatchObject({ seed: 4, comparison: 'same step, rule and hash as when it was graded' });
  expect(same.result.failure!.story.length).toBeGreaterThan(0);
  expect(await replay({ ...common, test: 'lab1/fails', seed: 2 })).toMatchObject({ result: { status: 'passed' } });

  await fixture.write({ 'skeleton/raft.ts': ticking(5) });
  const changed = await replay({ ...common, test: 'lab1/fails', seed: 4 });
  expect(changed.comparison).toBe('the code has changed since: it was fails at step 6, now fails at step 11');
  await expect(replay({ ...common, test: 'lab1/none' })).rejects.toMatchObject({
    name: 'UsageError',
    message: 'there is no test "lab1/none": lab1 has lab1/fails',
  });
});

test('code with type errors is graded, and the first error told', async () => {
  const files = { 'labs/lab1/lab.ts': labText(3), 'labs/lab1/suites/rules.ts': RULES };
  const wrong = `${serverText()}\nexport const wrong: number = 'text';\n`;
  const grading = await gradeFiles({ ...files, 'skeleton/raft.ts': wrong }, { typeCheck: true });
  expect(grading.earned).toBe(3);
  expect(grading.typeErrors).toMatch(/^raft\.ts:\d+:14: Type 'string' is not assignable to type 'number'\.$/);
});

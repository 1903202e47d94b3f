import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ended, startCommand } from './spawn-command.ts';

/** A server that is not there yet, and one that does not load. */
const EMPTY = `import { NotImplemented } from '#contract';
export class Raft { constructor() { throw new NotImplemented('lab 1'); } }
`;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'raftlab-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the command in the folder, as npm would. */
function command(...words: string[]): Promise<Ended> {
  return startCommand(folder, words).ended;
}

test.for([
  ['an unknown lab', ['grade', 'lab99'], /^there is no lab "lab99": there are lab1/],
  ['no number', ['grade', 'seed=abc'], /^seed=abc is not a whole number from 0: write seed=42$/],
  ['a mistyped option', ['grade', 'sede=4'], /^there is no option sede: did you mean seed\?$/],
  ['code that is not there', ['grade', 'impl=nowhere'], /^there is no implementation "nowhere": use impl=/],
  ['a folder without code', ['grade', 'impl=.'], /^the folder .* has no file raft\.ts$/],
  [
    'a test in place of a lab',
    ['grade', 'lab1/x'],
    /^"lab1\/x" is a test, not a lab: write npm run grade lab1 only=x$/,
  ],
  ['a stray number', ['grade', 'lab1', '42'], /^"42" is not a lab/],
  ['a mistyped command', ['grad'], /^there is no command "grad": did you mean grade\?$/],
  [
    'a hint for an unknown test',
    ['hint', 'lab1/none'],
    /^there are no hints for "lab1\/none": there are some for lab1\/asks-all/,
  ],
  [
    'a hint for a mistyped test',
    ['hint', 'lab1/chrun'],
    /^there are no hints for "lab1\/chrun": did you mean lab1\/churn\?$/,
  ],
  ['a hint before a grading', ['hint', 'lab1'], /^no grading has left a test of lab1 to mend: name one/],
  ['watching an unknown lab', ['watch', 'lab99'], /^there is no lab "lab99": there are lab1/],
  ['watching no code', ['watch', 'impl=.', 'plain'], /^the folder .* has no file raft\.ts$/],
  ['a hint in another manner', ['hint', 'lab1/churn', 'plain'], /^hint takes one test, but not also plain: /],
  ['a replay in another manner', ['replay', 'lab1/churn', '--plain'], /^there is no option plain: there are /],
  ['a replay of nothing', ['replay'], /^replay takes one test: /],
  ['a replay of an unknown test', ['replay', 'lab1/none'], /^there is no test "lab1\/none": lab1 has lab1\//],
  [
    'an unknown format',
    ['replay', 'lab1/churn', 'export=mermade'],
    /^there is no export=mermade: did you mean export=mermaid\?$/,
  ],
  ['two runs that nobody shows', ['replay', 'lab1/churn', 'compare=3'], /: write open compare=3$/],
  ['output to nowhere', ['grade', 'output=none/x.json'], /^output=.*: there is no folder /],
] as const)('%s is wrong usage, told in one sentence', async ([, words, message]) => {
  const { code, stdout, stderr } = await command(...words);
  expect(stderr.trimEnd()).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect([code, stdout]).toEqual([2, '']);
});

test('format=json prints one document and nothing else', async () => {
  await writeFile(path.join(folder, 'raft.ts'), EMPTY);
  const { code, stdout } = await command('grade', 'lab1', 'impl=.', 'format=json', 'seed=7', 'runs=2', 'only=majority');
  expect(code).toBe(1);
  const document = JSON.parse(stdout);
  const fields = ['version', 'kit', 'node', 'impl', 'submission', 'suites', 'seed', 'labs', 'earned', 'points'];
  expect(Object.keys(document)).toEqual(fields);
  expect(document).toMatchObject({ version: 1, impl: '.', seed: 7, suites: ['labs/lab1/suites'], earned: 0 });
  expect(document.submission.sha256).toMatch(/^[0-9a-f]{64}$/);
  const [test_] = document.labs[0].tests;
  const testFields = ['id', 'title', 'points', 'earned', 'status', 'runs', 'events', 'virtualMs', 'wallMs', 'hash'];
  expect(Object.keys(test_)).toEqual(testFields);
  expect(test_).toMatchObject({ status: 'not-started', runs: 1, earned: 0 });
});

test('a document can go to a file', async () => {
  await writeFile(path.join(folder, 'raft.ts'), EMPTY);
  const { code, stdout } = await command('grade', 'lab1', 'impl=.', 'format=json', 'runs=1', 'output=result.json');
  expect([code, stdout]).toEqual([1, '']);
  expect(JSON.parse(await readFile(path.join(folder, 'result.json'), 'utf8'))).toMatchObject({ version: 1 });
});

test('code that does not load is neither wrong usage nor a failure', async () => {
  await writeFile(path.join(folder, 'raft.ts'), 'export class Raft {');
  const { code, stdout, stderr } = await command('grade', 'impl=.', 'format=json');
  expect([code, stdout]).toEqual([3, '']);
  expect(stderr).toMatch(/^the submission does not load: raft\.ts:1:\d+: /);
});

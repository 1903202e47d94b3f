import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { KIT_ROOT } from '#runner';
import { type Ended, type Started, startCommand } from './spawn-command.ts';

/** What a student does of an evening, through the command line, with a Raft that is right but for what a test breaks. */

let folder: string;
const RIGHT = 'const free = raft.votedFor === null || raft.votedFor === args.candidateId;';
const WRONG = 'const free = true;';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'raftlab-'));
  const ours = /\.ts$|solutions$/;
  await cp(path.join(KIT_ROOT, 'solutions'), folder, { recursive: true, filter: (file) => ours.test(file) });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function run(...words: string[]): Promise<Ended> {
  return startCommand(folder, words).ended;
}

async function edit(before: string, after: string): Promise<void> {
  const file = path.join(folder, 'election.ts');
  const text = await readFile(file, 'utf8');
  expect(text).toContain(before);
  await writeFile(file, text.replace(before, after));
}

/** Waits until the command has written something more that fits. */
async function told({ text }: Started, pattern: RegExp, from = 0): Promise<string> {
  await vi.waitFor(() => expect(text().slice(from)).toMatch(pattern), { timeout: 60_000 });
  return text().slice(from);
}

const WAITING = /watching .*: save a file to run again, Ctrl-C to end\n$/;

test('watch: a save brings a verdict, a syntax error is told, Ctrl-C ends it with 130', async () => {
  await edit(RIGHT, WRONG);
  const watch = startCommand(folder, ['watch', 'lab1', 'impl=.', 'only=votes', 'runs=5', 'plain']);
  const first = await told(watch, WAITING);
  expect(first).toMatch(/lab1 FAIL 0\/6 points, seed 1: .*\(lab1\/votes-once-per-term\)/);
  // One thing to mend at a time.
  expect(first).toMatch(/lab1 NOT RUN \d tests/);

  let from = watch.text().length;
  await edit(WRONG, `${WRONG} oops oops`);
  expect(await told(watch, WAITING, from)).toMatch(
    /^\nsaved: election\.ts\nthe submission does not load: election\.ts:\d+:/,
  );

  from = watch.text().length;
  await edit(`${WRONG} oops oops`, RIGHT);
  const mended = await told(watch, WAITING, from);
  // What failed last comes first.
  expect(mended.split('\n')[3]).toMatch(/^lab1 PASS .*\(lab1\/votes-once-per-term\)$/);
  expect(mended).toMatch(/first verdict \d+\.\d\d s after the save; watching/);

  watch.child.kill('SIGINT');
  expect(await watch.ended).toMatchObject({ code: 130, stderr: '' });
});

test('watch: a save during a run ends it and begins the next', async () => {
  const watch = startCommand(folder, ['watch', 'lab1', 'impl=.', 'only=initial-election', 'runs=100000', 'plain']);
  await told(watch, /^grading /);
  await edit(RIGHT, `${RIGHT} // saved`);
  // Nothing is told of the run that was given up.
  expect(await told(watch, /saved.*\ngrading .*\n/)).toMatch(/^grading .*\n\nsaved: election\.ts\ngrading .*\n$/);
  watch.child.kill('SIGINT');
  expect((await watch.ended).code).toBe(130);
  await edit(' // saved', '');
});

/** What an earlier command left. */
async function remember(file: string, value: string | object): Promise<void> {
  await mkdir(path.join(folder, '.raftlab'), { recursive: true });
  await writeFile(path.join(folder, '.raftlab', file), typeof value === 'string' ? value : JSON.stringify(value));
}

const FAILED = 'lab1/votes-once-per-term';

test('hint: the next rung for the test that failed, then the same again, then all', async () => {
  const failures = [{ id: FAILED, seed: 1, rule: 'OneVotePerTerm', step: 10, hash: '', sha256: '' }];
  await remember('last.json', { version: 2, impl: 'skeleton', failures });
  const first = await run('hint', 'lab1');
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toMatch(/^hint 1 of 3 for lab1\/votes-once-per-term\n/);
  expect(first.stdout).toMatch(/\nnext hint: npm run hint lab1\/votes-once-per-term\n$/);
  expect((await run('hint', FAILED)).stdout).toMatch(/^hint 2 of 3 /);
  expect((await run('hint', 'lab1', 'again')).stdout).toMatch(/^hint 2 of 3 /);
  expect((await run('hint', 'lab1', 'all')).stdout).toMatch(/^hint 1 of 3 [\s\S]*\nhint 3 of 3 [\s\S]*last hint/);
});

test('a part of a name that only one test has is enough, and another word is named', async () => {
  expect((await run('hint', 'votes-once', 'all')).stdout).toMatch(/^hint 1 of 3 for lab1\/votes-once-per-term\n/);
  expect((await run('hint', 'lab1/votes')).stderr).toMatch(
    /"lab1\/votes" may be lab1\/votes-hold-elections-off, .*: write which/,
  );
  const also = await run('replay', 'lab1/votes-once', 'all', 'impl=.');
  expect(also).toMatchObject({ code: 2, stderr: expect.stringContaining('one test, but not also all') });
});

test('replay knows the seed with which a test failed, whatever was graded since', async () => {
  await edit(RIGHT, WRONG);
  await run('grade', 'lab1', 'impl=.', 'only=votes-once', 'seed=3', 'plain');
  await run('grade', 'lab1', 'impl=.', 'only=idle-calm', 'plain');
  const replayed = await run('replay', 'lab1/votes-once', 'impl=.');
  expect(replayed.stdout).toMatch(/^lab1\/votes-once-per-term seed 3, .*: FAIL/);
  expect(replayed.stdout).toMatch(/\ncompared: same step, rule and hash/);
  await edit(WRONG, RIGHT);
});

/** What a first run tells. */
async function watchOnce(): Promise<string> {
  const watch = startCommand(folder, ['watch', 'lab1', 'impl=.', 'only=votes-once-per-term', 'plain']);
  const text = await told(watch, WAITING);
  watch.child.kill('SIGINT');
  await watch.ended;
  return text;
}

test('the best score, what is left and how to go on are told with each grading', async () => {
  await edit(RIGHT, WRONG);
  const best = { earned: 84, points: 100, sha256: 'ab12', seed: 1 };
  const tests = { 'lab1/swarm': 'failed', 'lab1/churn': 'not-started' };
  await remember('progress.json', { version: 1, labs: [{ lab: 'lab1', impl: folder, best, tests }] });
  const text = await watchOnce();
  expect(text).toContain(`  hints: npm run hint ${FAILED}\n`);
  expect(text).toMatch(/\nlab1 total 0\/6 points \(0\.0%\), best whole grading 84\/100\n/);
  expect(text).toContain(`\nleft in lab1: 2 to mend (${FAILED}, lab1/swarm), 1 to write\n`);
  await edit(WRONG, RIGHT);
});

test('a broken memory costs one line and no verdict', async () => {
  await remember('progress.json', '{');
  const text = await watchOnce();
  expect(text).toContain('\nlab1 total 6/6 points (100.0%)\n');
  expect(text).toMatch(/\nnote: .*progress\.json cannot be read, so your best\s+score starts\s+anew\n/);
});

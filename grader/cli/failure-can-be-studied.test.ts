import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KIT_ROOT } from '#runner';
import { caseText, type Edit, readCase, type Trace } from '#scenario';
import { firstDivergence, readTrace } from '../viewer/compare.ts';
import type { ViewerExtra } from '../viewer/index.ts';
import { Timeline } from '../viewer/timeline.ts';
import { editedCase, firstMs, messageKey } from '../viewer/what-if.ts';
import { type Ended, startCommand } from './spawn-command.ts';

/** From a failing run to its picture, to other tools, and to a run in which one thing goes otherwise: by the command line. */

let folder: string;
const FAILING = 'lab1/votes-once-per-term';
const PASSING = 'lab1/initial-election';
const NO_DESKTOP = /\(open it in a browser\)\n$/;

/** The reference, but for votes that are given without a look at an earlier one. */
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'raftlab-'));
  const ours = /\.ts$|solutions$/;
  await cp(path.join(KIT_ROOT, 'solutions'), folder, { recursive: true, filter: (file) => ours.test(file) });
  const file = path.join(folder, 'election.ts');
  const text = await readFile(file, 'utf8');
  const right = 'const free = raft.votedFor === null || raft.votedFor === args.candidateId;';
  expect(text).toContain(right);
  await writeFile(file, text.replace(right, 'const free = true;'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function replay(...words: string[]): Promise<Ended> {
  return startCommand(folder, ['replay', ...words, 'impl=.']).ended;
}

interface Page {
  readonly trace: Trace;
  readonly extra: ViewerExtra;
}

async function page(name: string): Promise<Page> {
  const text = await readFile(path.join(folder, '.raftlab', 'traces', name), 'utf8');
  const extra = /id="extra">(.*?)<\/script>/.exec(text)![1]!;
  return { trace: readTrace(text)!, extra: JSON.parse(extra) as ViewerExtra };
}

test('a failing run is drawn in one file, and the command says where', async () => {
  const { code, stdout, stderr } = await replay(FAILING, 'seed=4', 'open');
  expect([code, stderr]).toEqual([1, '']);
  expect(stdout).toContain('\nviewer: .raftlab/traces/lab1-votes-once-per-term-seed4.html (open it in a browser)\n');
  const { trace, extra } = await page('lab1-votes-once-per-term-seed4.html');
  expect(trace).toMatchObject({ lab: 'lab1', test: 'votes-once-per-term', seed: 4 });
  expect(trace.verdict).toMatchObject({ kind: 'safety', checker: 'OneVotePerTerm' });
  expect(trace.events.at(-1)).toMatchObject({ kind: 'violation' });
  expect(extra.replay).toBe(`npm run replay ${FAILING} seed=4 impl=.`);
  expect(extra.whatIf!.command).toBe('npm run replay case=lab1-votes-once-per-term-seed4-what-if.json impl=. open');
});

test('the whole story of a failure has all that the choice leaves out', async () => {
  const [chosen, whole] = [await replay(FAILING, 'seed=4'), await replay(FAILING, 'seed=4', 'full')];
  const storyOf = ({ stdout }: Ended): string[] =>
    stdout.split('\n').filter((text) => /^ +(> see +)?\d+ +\d/.test(text));
  expect(storyOf(whole).length).toBeGreaterThan(storyOf(chosen).length);
  expect(whole.stdout).not.toContain('left out');
  expect(whole.stdout).toContain('n1: starts');
});

test('a run that passes can be drawn, too, beside one with another seed', async () => {
  const { code, stdout } = await replay(PASSING, 'seed=3', 'open', 'compare=5');
  expect([code, stdout]).toEqual([0, expect.stringMatching(NO_DESKTOP)]);
  const { trace, extra } = await page('lab1-initial-election-seed3.html');
  expect(trace.verdict.kind).toBe('passed');
  expect(extra.other).toMatchObject({ name: 'Run with seed 5', trace: { seed: 5, verdict: { kind: 'passed' } } });
});

test.each([
  ['mermaid', 'mmd', /^sequenceDiagram\n/],
  ['shiviz', 'shiviz.log', /^step \d+: .*\nn\d \{"n\d":1\}\n/],
  ['chrome', 'chrome.json', /^\{"displayTimeUnit":"ms","traceEvents":\[/],
])('a run can be written for another tool: %s', async (format, ending, pattern) => {
  const { code, stdout } = await replay(FAILING, 'seed=4', `export=${format}`);
  const file = `.raftlab/traces/lab1-votes-once-per-term-seed4.${ending}`;
  expect([code, stdout]).toEqual([1, expect.stringContaining(`\n${format}: ${file}\n`)]);
  expect(await readFile(path.join(folder, file), 'utf8')).toMatch(pattern);
});

/** Writes the case that the page of a run would, and plays it. */
async function whatIf({ extra }: Page, edit: Edit): Promise<Ended> {
  const { base, file, command } = extra.whatIf!;
  await writeFile(path.join(folder, file), caseText(editedCase(base, [edit])));
  const words = command.replace('npm run replay ', '').split(' ');
  return startCommand(folder, ['replay', ...words]).ended;
}

test('what if a message had been lost? The run is the same up to there, and another from there on', async () => {
  await replay(PASSING, 'seed=3', 'open');
  const before = await page('lab1-initial-election-seed3.html');
  const { events } = before.trace;
  const place = events.findIndex(({ kind, data }) => kind === 'deliver' && data.voteGranted === true);
  const message = messageKey(events[place]!.data as never);
  const { stdout, stderr } = await whatIf(before, { do: 'drop', message });
  expect(stderr).toBe('');
  const told =
    /\ncompared: what if \(drop reply to RequestVote t1 #1 from n\d to n\d\): .*; without the edits: no failure\n/;
  expect(stdout).toMatch(told);
  const { trace, extra } = await page('case-lab1-initial-election-seed3-what-if.html');
  // The page compares it with the run that the edit was made to.
  expect(extra.other).toEqual({ name: 'Run without the edits', trace: before.trace });
  const parted = firstDivergence(before.trace, trace)!;
  const sent = events.findIndex(({ kind, data }) => kind === 'send' && messageKey(data) === message);
  expect(parted.place).toBe(sent + 1);
  expect(trace.events[parted.place]).toMatchObject({ kind: 'drop', data: { why: 'lost' } });
  // An edit can be made to that run in turn, and the file keeps its name.
  expect(extra.whatIf!.file).toBe('lab1-initial-election-seed3-what-if.json');
  expect(extra.whatIf!.base.decisions.edits).toHaveLength(1);
});

test('what if a server had crashed?', async () => {
  const before = await page('lab1-initial-election-seed3.html');
  const { node, at } = before.trace.events.find(({ kind, data }) => kind === 'role' && data.role === 'leader')!;
  const { stdout } = await whatIf(before, { do: 'crash', server: node!, atMs: at });
  expect(stdout).toContain(`\ncompared: what if (crash ${node} at ${at} ms): `);
  const { trace } = await page('case-lab1-initial-election-seed3-what-if.html');
  expect(trace.events.find(({ kind }) => kind === 'crash')).toMatchObject({ node, at: at + 0.001 });
});

test('what if a message had come first? It comes at its time, and nothing before that is another', async () => {
  const before = await page('lab1-initial-election-seed3.html');
  const timeline = new Timeline(before.trace);
  const arrow = timeline.arrows.find(({ data }) => data.voteGranted === true)!;
  const message = messageKey(arrow.data);
  const atMs = firstMs(timeline, arrow, arrow.sent)!;
  const { stdout } = await whatIf(before, { do: 'deliver-first', message, atMs });
  expect(stdout).toMatch(
    /\ncompared: what if \(deliver reply to RequestVote t1 #1 from n\d to n\d first, at [\d.]+ ms\): /,
  );
  const { trace } = await page('case-lab1-initial-election-seed3-what-if.html');
  const parted = firstDivergence(before.trace, trace)!;
  expect(trace.events[parted.place]).toMatchObject({
    kind: 'deliver',
    at: atMs,
    data: { message: arrow.data.message },
  });
});

test('what if a server had timed out? It hears nothing until it does', async () => {
  const before = await page('lab1-initial-election-seed3.html');
  const follows = before.trace.events.find(({ kind, data }) => kind === 'send' && data.success === true)!;
  const [server, atMs] = [follows.node!, follows.at];
  const { stdout } = await whatIf(before, { do: 'time-out', server, atMs });
  expect(stdout).toContain(`\ncompared: what if (let ${server} time out after ${atMs} ms): `);
  const { trace } = await page('case-lab1-initial-election-seed3-what-if.html');
  const parted = firstDivergence(before.trace, trace)!;
  const text = `what if: nothing reaches ${server} until it stands for election`;
  expect(trace.events[parted.place]).toMatchObject({ kind: 'note', at: atMs + 0.001, data: { text } });
  const rest = trace.events.slice(parted.place);
  const stands = rest.find(({ kind, node, data }) => kind === 'role' && node === server && data.role === 'candidate')!;
  expect(stands.at - atMs).toBeLessThan(310);
  const lost = rest.filter(({ kind, data }) => kind === 'drop' && data.to === server);
  expect(lost.length).toBeGreaterThan(0);
  for (const { at } of lost) expect(at).toBeLessThanOrEqual(stands.at);
  const again = await whatIf(before, { do: 'time-out', server: 'n9', atMs });
  expect(again.stdout).toContain(`such as "let n9 time out after ${atMs} ms"\n`);
});

test('an edit that the run never comes to is told as such', async () => {
  const before = await page('lab1-initial-election-seed3.html');
  const { stdout } = await whatIf(before, { do: 'drop', message: 'n1>n2 RequestVote t77 #1' });
  expect(stdout).toContain(
    '\ncompared: diverged: the run does not come to all edits of the case, such as "drop RequestVote t77 #1 from n1 to n2"\n',
  );
});

test('a case that is none, or that no test can be played with, is wrong usage in one sentence', async () => {
  const before = await page('lab1-initial-election-seed3.html');
  const { base } = before.extra.whatIf!;
  expect(readCase(caseText(base))).toEqual(base);
  const file = path.join(folder, 'broken.json');
  await writeFile(file, caseText({ ...base, decisions: { edits: [{ do: 'dorp', message: '' } as unknown as Edit] } }));
  const bad = await replay('case=broken.json');
  expect([bad.code, bad.stdout]).toEqual([2, '']);
  expect(bad.stderr).toMatch(/is no case file: its edit 1 has no "do" that this kit knows: drop, delay, .*\n$/);
});

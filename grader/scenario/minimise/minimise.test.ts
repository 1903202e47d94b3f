import { expect, test } from 'vitest';
import { UNRELIABLE } from '#kernel';
import type { Fault } from '../index.ts';
import { type Case, caseText, compareWithCase, isSameFailure, minimise, NotACase, readCase } from './index.ts';
import { type Manners, player, type ToyTest } from './toy-pinger.ts';

const HARMLESS: readonly Fault[] = [
  { kind: 'pause', atMs: 113, forMs: 90, target: 1 },
  { kind: 'isolate', atMs: 307, forMs: 60, target: 'leader', companion: false },
  { kind: 'partition', atMs: 420, forMs: 333, side: 3 },
  { kind: 'oneWay', atMs: 599, forMs: 120, target: 0, direction: 'in', peers: 6 },
];
const FATAL: Fault = { kind: 'isolate', atMs: 1_037, forMs: 871, target: 2, companion: false };
const LATER: Fault = { kind: 'isolate', atMs: 2_200, forMs: 300, target: 1, companion: true };

const STORM: ToyTest = { faults: [...HARMLESS, FATAL, LATER], link: UNRELIABLE, clients: 2 };
const IMPATIENT: Manners = { patience: 6 };

async function shrink(toys: ToyTest, manners: Manners, limits: Parameters<typeof minimise>[2] = {}) {
  const play = player(toys, manners);
  const first = await play({});
  if (first.failure === undefined) throw new Error('the toys do not fail');
  return { first, small: await minimise(play, { lab: 'lab1', test: 'toys', seed: 7, failure: first.failure }, limits) };
}

test('of faults, losses and offers, only the one fault that matters is left', async () => {
  const { first, small } = await shrink(STORM, IMPATIENT);
  expect(small!.end).toBe('done');
  expect(small!.case.decisions).toMatchObject({ messages: [], offers: [] });
  expect(small!.case.decisions.faults).toMatchObject([{ kind: 'isolate' }]);
  expect(small!.case.decisions.servers).toBeLessThan(4);
  expect(small!.failure.step).toBeLessThan(first.failure!.step / 5);
  expect(small!.trials).toBeLessThan(120);
  expect(small!.failure.story.length).toBeLessThan(15);
});

test('what remains has round values and comes early', async () => {
  const { small } = await shrink(STORM, IMPATIENT);
  const [fault] = small!.case.decisions.faults!;
  expect(fault!.atMs).toBeLessThan(FATAL.atMs);
  expect(fault!.atMs % 10).toBe(0);
  expect('forMs' in fault! && fault.forMs % 10).toBe(0);
});

test('an offer that matters stays, without the others', async () => {
  const { decisions } = await player(STORM, {})({ keepDecisions: true });
  const lonely = decisions!.offers!.find(({ atMs, server }) => atMs > 1_500 && atMs < 1_900 && server === 'n3')!;
  const { small } = await shrink(STORM, { patience: 4, dislikes: lonely.command });
  expect(small!.case.decisions.offers).toMatchObject([{ command: lonely.command }]);
  expect(small!.case.decisions.faults).toHaveLength(1);
});

test('losses that matter stay: without them there is no failure', async () => {
  const toys: ToyTest = { faults: [], link: { ...UNRELIABLE, requestLoss: 0.45, replyLoss: 0.3, delay: 0 } };
  const { small } = await shrink(toys, { patience: 3 });
  const { messages = [] } = small!.case.decisions;
  expect(messages.length).toBeGreaterThan(0);
  expect(messages.every((fate) => fate.lost)).toBe(true);
  const fewer = { ...small!.case.decisions, messages: messages.slice(1) };
  expect((await player(toys, { patience: 3 })({ decisions: fewer })).outcome).toBe('passed');
});

test('a budget ends it with the smallest run so far, which still fails', async () => {
  for (const [limits, end] of [
    [{ trialsMax: 3 }, 'trials'],
    [{ eventsMax: 500 }, 'events'],
    [{ stop: () => true }, 'stopped'],
  ] as const) {
    const { small } = await shrink(STORM, IMPATIENT, limits);
    expect(small!.end).toBe(end);
    expect(small!.failure.message).toContain('nobody answers');
  }
});

test('it is told how far it is, and is the same each time', async () => {
  const steps: number[] = [];
  const { small } = await shrink(STORM, IMPATIENT, { onProgress: (progress) => steps.push(progress.steps) });
  expect(steps).toHaveLength(small!.trials);
  expect(steps.at(-1)).toBe(small!.failure.step);
  expect((await shrink(STORM, IMPATIENT)).small).toEqual(small);
});

test('a failure that does not come back is left alone', async () => {
  const { first } = await shrink(STORM, IMPATIENT);
  const run = { lab: 'lab1', test: 'toys', seed: 7, failure: first.failure! };
  expect(await minimise(player(STORM, {}), run)).toBeUndefined();
});

async function smallCase(): Promise<Case> {
  return (await shrink(STORM, IMPATIENT)).small!.case;
}

test('a case goes through its file, and replays to the same rule, step and hash', async () => {
  const known = await smallCase();
  const read = readCase(caseText(known));
  expect(read).toEqual(known);
  const result = await player(STORM, IMPATIENT)({ decisions: read.decisions });
  expect(result.failure?.step).toBe(known.failure?.step);
  expect(compareWithCase(read, result)).toEqual({ outcome: 'same failure', exact: true, unmet: [] });
});

test('a replay with other code is told for what it is', async () => {
  const known = await smallCase();
  const outcome = async (manners: Manners, more: Partial<Case['decisions']> = {}) => {
    const decisions = { ...known.decisions, ...more };
    return compareWithCase(known, await player(STORM, manners)({ decisions }));
  };
  expect(await outcome({})).toEqual({ outcome: 'passes', exact: false, unmet: [] });
  expect(await outcome({ patience: 5 })).toMatchObject({ outcome: 'same failure', exact: false });
  expect((await outcome({ patience: 6, complaint: 'nobody, nobody at all' })).outcome).toBe('same failure');
  const message = 'n2>n3 RequestVote t1 #8';
  const lossy = { messages: [{ message, lost: true }], offers: [{ atMs: 10, server: 'n2', command: 'x' }] };
  expect((await outcome({}, lossy)).outcome).toBe('passes');
  expect(await outcome({ silent: true }, lossy)).toEqual({ outcome: 'diverged', exact: false, unmet: [message] });
});

test('the same rule with something else seen is another failure, when the rule is the test itself', () => {
  const own = { kind: 'liveness', rule: 'swarm' } as const;
  const waited = { ...own, message: 'waited 3000 ms, from 1 to 3001 ms, for a leader that all follow: n1 is down' };
  const again = {
    ...own,
    message: 'waited 30 ms, from 1 to 31 ms, for a leader that all follow among n1 n2: n2 is down',
  };
  const other = {
    ...own,
    message: 'n1 led term 3 with nothing to disturb it, but a second later the highest term is 4',
  };
  expect(isSameFailure(waited, again)).toBe(true);
  expect(isSameFailure(waited, other)).toBe(false);
  const rule = { kind: 'safety', rule: 'LogMatching' } as const;
  expect(isSameFailure({ ...rule, message: 'this' }, { ...rule, message: 'that' })).toBe(true);
  const place = { file: 'raft.ts', line: 3, column: 1 };
  const thrown = { kind: 'crash', rule: 'Crash', message: 'n1 threw', location: place } as const;
  expect(isSameFailure(thrown, { ...thrown, location: { ...place, line: 4 } })).toBe(false);
});

test.each([
  ['', 'no JSON'],
  ['null', 'no JSON object'],
  ['{"format":2}', 'format'],
  ['{"format":1}', '"lab"'],
])('a file that is no case is refused: %s', (text, words) => {
  expect(() => readCase(text)).toThrow(NotACase);
  expect(() => readCase(text)).toThrow(words);
});

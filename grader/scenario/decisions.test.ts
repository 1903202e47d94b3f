import { expect, test } from 'vitest';
import { RELIABLE, UNRELIABLE } from '#kernel';
import type { MessageFate } from './decisions.ts';
import type { Fault } from './faults.ts';
import { play, type ToyTest } from './minimise/toy-pinger.ts';

const FAULTS: readonly Fault[] = [
  { kind: 'isolate', atMs: 200, forMs: 150, target: 'leader', companion: false },
  { kind: 'crash', atMs: 700, forMs: 200, target: 1, atEffect: 3 },
];
const STORM: ToyTest = { faults: FAULTS, link: UNRELIABLE };

test('a run that is given everything that was decided in another is that run', async () => {
  const drawn = await play(STORM, {});
  const { decisions } = drawn;
  expect(decisions!.messages!.length).toBeGreaterThan(50);
  const decided = await play({ ...STORM, faults: [] }, {}, decisions!);
  expect(decided.hash).toBe(drawn.hash);
  expect(decided.decisions).toEqual(decisions);
  expect(decided.unmet).toEqual([]);
});

test('keeping what is decided changes nothing', async () => {
  const kept = await play(STORM, {});
  const plain = await play(STORM, {}, {});
  expect(plain.hash).toBe(kept.hash);
});

test('the fate of a message can be taken away without changing that of any other', async () => {
  const { messages } = (await play(STORM, {})).decisions!;
  for (const place of [0, 7, 30]) {
    const taken: readonly MessageFate[] = messages!.toSpliced(place, 1);
    const { decisions, unmet } = await play(STORM, {}, { messages: taken });
    expect(decisions!.messages).toEqual(taken);
    expect(unmet).toEqual([]);
  }
});

test('a fault can be taken away without changing the others', async () => {
  const { faults } = (await play(STORM, {})).decisions!;
  expect(faults).toEqual([{ ...FAULTS[0], target: 0 }, FAULTS[1]]);
  const { decisions } = await play(STORM, {}, { faults: faults!.slice(1) });
  expect(decisions!.faults).toEqual(faults!.slice(1));
});

test('an offer can be taken away without changing the others', async () => {
  const toys: ToyTest = { faults: [], clients: 2 };
  const { offers } = (await play(toys, {})).decisions!;
  expect(offers!.length).toBeGreaterThan(20);
  const fewer = offers!.toSpliced(3, 2);
  expect((await play(toys, {}, { offers: fewer })).decisions!.offers).toEqual(fewer);
});

test('decisions ask no more of a link than it does by itself', async () => {
  const message = 'n1>n2 RequestVote t1 #2';
  const hard = { messages: [{ message, lost: true, twice: true, lateMs: 500 }], latencyMs: 1_000 };
  const calm = await play({ faults: [], link: { ...RELIABLE, latencyMsMin: 5 } }, {});
  const decided = await play({ faults: [], link: { ...RELIABLE, latencyMsMin: 5 } }, {}, hard);
  expect(decided.decisions!.messages).toEqual([]);
  expect(decided.hash).toBe(calm.hash);
});

test('servers that are absent never start', async () => {
  const { reached, unmet } = await play({ faults: [] }, {}, { absent: ['n2', 'n3', 'n4'] });
  expect(reached.messagesDropped).toBeGreaterThan(100);
  expect(unmet).toEqual([]);
});

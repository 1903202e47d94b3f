import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Call } from './call.ts';
import { Chance, unit } from './chance.ts';
import { type LinkPolicy, UNRELIABLE } from './link-policy.ts';
import type { Observer } from './observer.ts';
import { ballot, EXACT, ToyWorld } from './toy-server.ts';

const LOSSY: LinkPolicy = { ...UNRELIABLE, requestLoss: 0.3, replyLoss: 0.3, delay: 0.3, delayMsMax: 10 };

test('a draw depends on the seed and its key alone', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.array(fc.nat(), { minLength: 1, maxLength: 5 }),
      fc.array(fc.nat()),
      (seed, key, others) => {
        const [domain, ...rest] = key as [number, ...number[]];
        const alone = new Chance(seed).draw(domain, ...rest);
        const among = new Chance(seed);
        for (const other of others) among.draw(other, ...rest);
        expect(among.draw(domain, ...rest)).toBe(alone);
        expect(alone).toBeGreaterThanOrEqual(0);
        expect(alone).toBeLessThan(1);
      },
    ),
  );
});

test('draws are spread evenly, whichever part of the key varies', () => {
  const chance = new Chance(1);
  const spread = (draw: (i: number) => number): void => {
    const buckets = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) buckets[Math.floor(draw(i) * 10)]!++;
    for (const count of buckets) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  };
  spread((i) => chance.draw(1, i));
  spread((i) => chance.draw(1, 0, 0, 0, i));
  spread((i) => new Chance(i).draw(1));
  spread((i) => unit(chance.bits(1, 2, 3), i));
  spread((i) => unit(chance.bits(1, i), 2));
});

test('taking one message away leaves the loss, delay and latency of all others as they were', async () => {
  const all = await fates([]);
  expect(all.size).toBeGreaterThan(25);
  expect(new Set([...all.values()].map((fate) => fate.split(' ')[0])).size).toBeGreaterThan(1);
  for (const removed of [1, 4, 9]) {
    const fewer = await fates([removed]);
    for (const [key, fate] of fewer) if (!key.endsWith(` ${removed}`)) expect([key, fate]).toEqual([key, all.get(key)]);
    expect(fewer.size).toBeGreaterThanOrEqual(all.size - 2);
  }
});

test('healing treats each message as it would without the others', async () => {
  const settled = async (skipped: number): Promise<Map<string, string>> => {
    const { fates, observer } = chronicle();
    const world = new ToyWorld({ n1: {}, n2: {} }, { observers: [observer] });
    world.network.hold({ phase: 'request', when: (call) => call.occurrence !== skipped });
    world.do('n1', (env) => {
      for (let i = 0; i < 20; i++) void env.rpc.requestVote('n2', ballot());
    });
    world.atMs(5, () => world.network.settleDelayed());
    await world.run(100);
    return fates;
  };
  const all = await settled(-1);
  expect([...all.values()].filter((fate) => fate.startsWith('healed'))).not.toHaveLength(0);
  const fewer = await settled(3);
  for (const [key, fate] of all) if (!key.endsWith(' 3')) expect([key, fewer.get(key)]).toEqual([key, fate]);
});

/** Plays twenty requests over a bad link, some of which a hold swallows at once. */
async function fates(removed: readonly number[]): Promise<Map<string, string>> {
  const { fates, observer } = chronicle();
  const world = new ToyWorld({ n1: {}, n2: {} }, { observers: [observer] });
  world.network.setPolicy(world.host('n1'), world.host('n2'), { ...LOSSY, replyLoss: 0 });
  world.network.setPolicy(world.host('n2'), world.host('n1'), { ...LOSSY, requestLoss: 0 });
  const hold = world.network.hold({ when: (call) => removed.includes(call.occurrence) });
  for (let i = 0; i < 20; i++) world.do('n1', (env) => void env.rpc.requestVote('n2', ballot()), 100 * i);
  await world.run(99);
  await world.run(3_000);
  hold.drop();
  return fates;
}

/** Notes what becomes of each first copy of a request and of each first reply, by occurrence. */
function chronicle(): { fates: Map<string, string>; observer: Observer } {
  const fates = new Map<string, string>();
  const sentUs = new Map<Call, number>();
  const note = (phase: string, call: Call, fate: string): void => {
    const key = `${phase} ${call.occurrence}`;
    if (!fates.has(key)) fates.set(key, fate);
  };
  const observer: Observer = {
    requestArrived: (call) => note('request', call, `arrived ${call.to.nowUs - call.sentUs}`),
    replySent: (call) => {
      if (!sentUs.has(call)) sentUs.set(call, call.to.nowUs);
    },
    replyArrived: (call) => note('reply', call, `arrived ${call.from.nowUs - sentUs.get(call)!}`),
    messageDropped: (call, phase, cause) => note(phase, call, cause),
  };
  return { fates, observer };
}

test('a server draws from a stream of its own for each incarnation', async () => {
  const draws = async (others: number, seed = 1): Promise<number[][]> => {
    const drawn: number[][] = [];
    const behaviour = {
      start: (env: { random(): number }): void => {
        drawn.push([env.random(), env.random()]);
      },
    };
    const world = new ToyWorld(
      {
        n1: behaviour,
        n2: {
          start: (env) => {
            for (let i = 0; i < others; i++) env.random();
          },
        },
        n3: behaviour,
      },
      { seed, link: EXACT },
    );
    world.atMs(1, () => world.crash('n1'));
    world.atMs(2, () => world.boot('n1'));
    await world.run(10);
    return drawn;
  };
  const drawn = await draws(0);
  const flat = drawn.flat();
  expect(new Set(flat).size).toBe(6);
  for (const each of flat) {
    expect(each).toBeGreaterThanOrEqual(0);
    expect(each).toBeLessThan(1);
  }
  expect(await draws(1_000)).toEqual(drawn);
  expect(await draws(0, 2)).not.toEqual(drawn);
});

test('scripted numbers come before the stream, which starts at its beginning', async () => {
  const play = async (scripted: number[]): Promise<number[]> => {
    const drawn: number[] = [];
    const world = new ToyWorld({
      n1: {
        start: (env) => {
          for (let i = 0; i < 4; i++) drawn.push(env.random());
        },
      },
    });
    world.host('n1').scriptedRandom.push(...scripted);
    await world.run(1);
    return drawn;
  };
  const stream = await play([]);
  expect(await play([0, 0.5])).toEqual([0, 0.5, stream[0], stream[1]]);
});

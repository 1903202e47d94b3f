import { expect, test } from 'vitest';
import type { MessageFilter } from './hold.ts';
import type { LinkPolicy } from './link-policy.ts';
import { appendArgs, ballot, EXACT, granted, type ToyOptions, ToyWorld } from './toy-server.ts';
import { sizeInBytes } from './wire.ts';

test('a cut acts when a message is sent: what is under way still arrives', async () => {
  const { world, trail, ask } = build();
  ask(1);
  world.atMs(0.5, () => cut(world, true, 'n1 n2', 'n2 n1'));
  ask(2, 1.5);
  world.atMs(3, () => cut(world, false, 'n1 n2', 'n2 n1'));
  ask(3, 4);
  await world.run(100);
  // The first request arrives; its reply is sent into the cut.
  expect(trail).toEqual(['1 asked at 1', '3 asked at 5', '3 told at 6', '1 lost at 50', '2 lost at 51.5']);
});

test('a cut goes one way', async () => {
  const { world, trail, ask } = build();
  cut(world, true, 'n1 n2');
  ask(1);
  world.do('n2', async ({ rpc }) => {
    trail.push(`n2 told ${(await rpc.requestVote('n1', ballot(9)))?.term}`);
  });
  expect(world.network.isCut(world.host('n1'), world.host('n2'))).toBe(true);
  expect(world.network.isCut(world.host('n2'), world.host('n1'))).toBe(false);
  await world.run(100);
  // n1 hears n2, but its reply goes the way that is cut.
  expect(trail).toEqual(['1 lost at 50', 'n2 told undefined']);
});

test('each message takes its own time, so messages overtake each other', async () => {
  const { world, trail, ask } = build({ link: { ...EXACT, latencyMsMin: 1, latencyMsMax: 5 } });
  for (let term = 1; term <= 20; term++) ask(term);
  await world.run(100);
  const asked = trail.filter((each) => each.includes('asked')).map((each) => Number(each.split(' ')[0]));
  expect(asked).toHaveLength(20);
  expect(asked).not.toEqual(asked.toSorted((a, b) => a - b));
  for (const each of trail.filter((line) => line.includes('asked'))) {
    const ms = Number(each.split(' at ')[1]);
    expect(ms).toBeGreaterThanOrEqual(1);
    expect(ms).toBeLessThanOrEqual(5);
  }
});

test('a policy’s probabilities are what they say', async () => {
  const counts: Record<string, number> = {};
  const count = (what: string) => () => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  const link: LinkPolicy = {
    ...EXACT,
    requestLoss: 0.1,
    replyLoss: 0.2,
    duplication: 0.05,
    delay: 0.3,
    delayMsMax: 20,
  };
  const observers = [
    {
      messageDropped: (_call: unknown, phase: string) => count(phase)(),
      messageDelayed: (_call: unknown, phase: string) => phase === 'request' && count('delayed')(),
      messageDuplicated: count('duplicated'),
      requestArrived: count('arrived'),
    },
  ];
  const { world, ask } = build({ link, observers: observers as never });
  for (let i = 0; i < 1_000; i++) ask(i);
  await world.run(1_000);
  const near = (what: string, expected: number): void => {
    expect(Math.abs(counts[what]! - expected), `${what}: ${counts[what]}`).toBeLessThan(0.25 * expected);
  };
  near('request', 100);
  near('duplicated', 45);
  near('delayed', 270);
  near('arrived', 945);
  near('reply', 189);
});

test('a hold catches what matches, and releases, drops or repeats it', async () => {
  const { world, trail, ask } = build();
  const hold = world.network.hold({ from: 'n1', to: 'n2', method: 'RequestVote', phase: 'request' });
  for (const term of [1, 2, 3]) ask(term);
  await world.run(60);
  expect(trail).toEqual([]);
  expect(hold.messages.map(({ call }) => call.args.term)).toEqual([1, 2, 3]);
  expect(hold.release(({ call }) => call.args.term === 2)).toBe(1);
  await world.run(70);
  expect(trail.splice(0)).toEqual(['2 asked at 61', '2 told at 62']);
  hold.drop(({ call }) => call.args.term === 3);
  await world.run(80);
  expect(trail.splice(0)).toEqual(['3 lost at 70']);
  hold.duplicate();
  await world.run(90);
  // The copy has brought the reply; the original is handled all the same when it comes, and told nobody.
  expect(trail.splice(0)).toEqual(['1 asked at 81', '1 told at 82']);
  hold.release();
  hold.stop();
  ask(4);
  await world.run(100);
  expect(trail).toEqual(['1 asked at 91', '4 asked at 91', '4 told at 92']);
});

test('a filter of a hold names the way of the message itself, also for replies', async () => {
  const caught = async (filter: MessageFilter): Promise<string[]> => {
    const { world, ask } = build();
    const hold = world.network.hold(filter);
    ask(1);
    await world.run(10);
    return hold.messages.map(({ phase, reply }) => `${phase} ${reply === undefined ? '' : reply.term}`);
  };
  expect(await caught({ from: 'n2', to: 'n1' })).toEqual(['reply 1']);
  expect(await caught({ from: 'n1', to: 'n2' })).toEqual(['request ']);
  expect(await caught({ phase: 'reply' })).toEqual(['reply 1']);
  expect(await caught({ method: 'AppendEntries' })).toEqual([]);
  expect(await caught({ from: 'n3' })).toEqual([]);
  expect(await caught({ when: (_call, reply) => reply?.term === 1 })).toEqual(['reply 1']);
});

test('a hold that stops keeps what it has; the first hold that matches has the message', async () => {
  const { world, trail, ask } = build();
  const first = world.network.hold({ when: (call) => call.args.term === 1 });
  const second = world.network.hold({});
  ask(1);
  ask(2);
  await world.run(5);
  first.stop();
  second.stop();
  expect([first.catching, first.messages.length, second.messages.length]).toEqual([false, 1, 1]);
  ask(3);
  await world.run(10);
  first.release();
  await world.run(20);
  expect(trail).toEqual(['3 asked at 6', '3 told at 7', '1 asked at 11', '1 told at 12']);
});

test('healing releases or loses every held and every delayed message', async () => {
  const link: LinkPolicy = { ...EXACT, delay: 0.5, delayMsMax: 1_000_000 };
  const { world, trail, ask } = build({ link });
  const hold = world.network.hold({ when: (call) => call.args.term > 50 });
  for (let term = 1; term <= 70; term++) ask(term);
  await world.run(100);
  const before = trail.filter((each) => !each.includes('asked')).length;
  expect(before).toBeLessThan(50);
  expect(hold.messages).toHaveLength(20);
  world.network.setPolicy(world.host('n1'), world.host('n2'), EXACT);
  world.network.setPolicy(world.host('n2'), world.host('n1'), EXACT);
  world.network.settleDelayed();
  await world.run(200);
  const ends = trail.filter((each) => !each.includes('asked'));
  expect(ends).toHaveLength(70);
  const healed = ends.slice(before);
  expect(healed.filter((each) => each.includes('told')).length).toBeGreaterThan(10);
  expect(healed.filter((each) => each.includes('lost')).length).toBeGreaterThan(10);
  expect([hold.catching, hold.messages.length]).toEqual([false, 0]);
  // Nothing is left behind: not even a copy of what was released.
  await world.run(3_000_000);
  expect(trail.filter((each) => each.includes('asked')).length).toBeLessThanOrEqual(70);
});

test('a link of limited bandwidth carries one message behind the other', async () => {
  const bytes = sizeInBytes(appendArgs(2));
  const link: LinkPolicy = { ...EXACT, bandwidthBytesPerMs: bytes / 10 };
  const arrivals: number[] = [];
  const world = new ToyWorld(
    { n1: {}, n2: {}, n3: {} },
    { observers: [{ requestArrived: () => void arrivals.push(world.nowMs) }] },
  );
  world.network.setPolicy(world.host('n1'), world.host('n2'), link);
  world.do('n1', ({ rpc }) => {
    for (let i = 0; i < 3; i++) void rpc.appendEntries('n2', appendArgs(2));
    void rpc.appendEntries('n3', appendArgs(2));
  });
  world.do('n1', ({ rpc }) => void rpc.appendEntries('n2', appendArgs(2)), 100);
  await world.run(200);
  // 10 ms each on the link, and then 1 ms of latency; the other link and an idle one are not held up.
  expect(arrivals).toEqual([1, 11, 21, 31, 111]);
});

test('a larger message takes longer on a limited link', () => {
  const sizes = [0, 1, 2].map((count) => sizeInBytes(appendArgs(count)));
  expect(sizes[1]! - sizes[0]!).toBe(24 + 'c1'.length);
  expect(sizes[2]! - sizes[1]!).toBe(24 + 'c2'.length);
});

function cut(world: ToyWorld, on: boolean, ...ways: readonly string[]): void {
  for (const way of ways) {
    const [from, to] = way.split(' ') as [string, string];
    world.network.setCut(world.host(from), world.host(to), on);
  }
}

/** Two servers, of which n1 asks n2 in one term after the other, and a trail of what became of it. */
function build(options?: ToyOptions) {
  const trail: string[] = [];
  const n2 = {
    requestVote(args: { term: number }, env: { clock: { now(): number } }) {
      trail.push(`${args.term} asked at ${env.clock.now()}`);
      return granted(args.term);
    },
  };
  const world = new ToyWorld({ n1: {}, n2 }, options);
  const ask = (term: number, atMs = world.nowMs): void =>
    world.do(
      'n1',
      async ({ rpc, clock }) => {
        const reply = await rpc.requestVote('n2', ballot(term));
        trail.push(`${term} ${reply === undefined ? 'lost' : 'told'} at ${clock.now()}`);
      },
      atMs,
    );
  return { world, trail, ask };
}

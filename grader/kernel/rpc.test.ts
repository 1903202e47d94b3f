import { expect, test } from 'vitest';
import { ContractError, type RequestVoteReply } from '#contract';
import type { LinkPolicy } from './link-policy.ts';
import { appendArgs, type Behaviour, ballot, EXACT, granted, snapshotAt, ToyWorld } from './toy-server.ts';

const LOSES_REQUESTS: LinkPolicy = { ...EXACT, requestLoss: 1 };
const LOSES_REPLIES: LinkPolicy = { ...EXACT, replyLoss: 1 };
const REPEATS: LinkPolicy = { ...EXACT, duplication: 1 };

test('every kind of request arrives at its handler, and its reply comes back', async () => {
  const replies: unknown[] = [];
  const world = new ToyWorld({ n1: {}, n2: {} });
  world.do('n1', async ({ rpc }) => {
    replies.push(await rpc.requestVote('n2', ballot(3)));
    replies.push(await rpc.appendEntries('n2', appendArgs(2)));
    replies.push(await rpc.timeoutNow('n2', { term: 1, leaderId: 'n1' }));
    replies.push(await rpc.installSnapshot('n2', { ...snapshotAt(1), term: 1, leaderId: 'n1', offset: 0, done: true }));
  });
  await world.run(100);
  expect(replies).toEqual([granted(3), { term: 1, success: true }, { term: 1 }, undefined]);
});

test('what will bring no reply resolves to undefined when the timeout is over', async () => {
  const never = { n2: { requestVote: () => new Promise(() => {}) } };
  expect(await ask({ link: LOSES_REQUESTS })).toEqual(['undefined at 50']);
  expect(await ask({ link: LOSES_REPLIES })).toEqual(['handled at 1', 'undefined at 50']);
  expect(await ask({ n2: { requestVote: () => undefined } })).toEqual(['undefined at 50']);
  expect(await ask({ n2: { requestVote: async () => undefined } })).toEqual(['undefined at 50']);
  expect(await ask({ prepare: (world) => world.crash('n2') })).toEqual(['undefined at 50']);
  expect(await ask({ prepare: (world) => cut(world, 'n1', 'n2') })).toEqual(['undefined at 50']);
  expect(await ask({ prepare: (world) => cut(world, 'n2', 'n1') })).toEqual(['handled at 1', 'undefined at 50']);
  expect(await ask({ ...never, prepare: (world) => world.atMs(20, () => world.crash('n2')) })).toEqual([
    'undefined at 50',
  ]);
});

test('what is lost later than the timeout resolves at the moment of loss', async () => {
  const late: Behaviour = {
    requestVote: (_args, env) => new Promise((resolve) => env.clock.setTimeout(() => resolve(undefined), 200)),
  };
  expect(await ask({ n2: late })).toEqual(['undefined at 201']);
  const never = { n2: { requestVote: () => new Promise(() => {}) } };
  expect(await ask({ ...never, prepare: (world) => world.atMs(120, () => world.crash('n2')) })).toEqual([
    'undefined at 120',
  ]);
  expect(
    await ask({
      prepare(world) {
        const hold = world.network.hold({ phase: 'request' });
        world.atMs(130, () => hold.drop());
      },
    }),
  ).toEqual(['undefined at 130']);
});

test('a handler that never settles leaves the request pending for good', async () => {
  expect(await ask({ n2: { requestVote: () => new Promise(() => {}) } })).toEqual([]);
});

test('a delayed message stays pending, and brings its reply however late', async () => {
  const late: Behaviour = {
    requestVote: (args, env) => new Promise((resolve) => env.clock.setTimeout(() => resolve(granted(args.term)), 700)),
  };
  expect(await ask({ n2: late })).toEqual(['1 at 702']);
  const link: LinkPolicy = { ...EXACT, delay: 1, delayMsMax: 400 };
  const [handled, told] = (await ask({ link })) as [string, string];
  expect(Number(handled.split(' at ')[1])).toBeGreaterThan(1);
  expect(Number(told.split(' at ')[1])).toBeGreaterThan(50);
  expect(told).toMatch(/^1 at/);
});

test('a reply that comes behind the timeout is still a reply', async () => {
  const link: LinkPolicy = { ...EXACT, latencyMsMin: 60, latencyMsMax: 60 };
  expect(await ask({ link })).toEqual(['handled at 60', '1 at 120']);
});

test('a request that comes twice is handled twice, and the promise resolves once, with the first reply', async () => {
  let handled = 0;
  const arrivals: unknown[] = [];
  const trail = await ask({
    link: REPEATS,
    n2: { requestVote: () => granted(++handled) },
    prepare: (world) => world.observers.add({ replyArrived: (_call, reply) => void arrivals.push(reply) }),
  });
  expect(handled).toBe(2);
  expect(arrivals).toEqual([granted(1), granted(2)]);
  expect(trail).toEqual(['1 at 2']);
});

test('two handlers of a request that came twice answer each for itself', async () => {
  // The first never settles, or dies unheard; the second answers while the first is still at work.
  const settlers: ((reply: RequestVoteReply | undefined) => void)[] = [];
  const n2: Behaviour = { requestVote: () => new Promise((resolve) => settlers.push(resolve as never)) };
  const play = async (settle: (world: ToyWorld) => void): Promise<string[]> => {
    settlers.length = 0;
    return ask({ link: REPEATS, n2, prepare: (world) => world.atMs(10, () => settle(world)) });
  };
  const later = (world: ToyWorld, replies: Readonly<Record<number, RequestVoteReply | undefined>>): void => {
    for (const [n, reply] of Object.entries(replies)) world.do('n2', () => settlers[Number(n)]!(reply));
  };
  expect(await play((world) => later(world, { 1: granted(7) }))).toEqual(['7 at 11']);
  expect(await play((world) => later(world, { 0: undefined, 1: granted(8) }))).toEqual(['8 at 11']);
  expect(await play((world) => later(world, { 0: undefined, 1: undefined }))).toEqual(['undefined at 50']);
  expect(await play((world) => later(world, { 0: undefined }))).toEqual([]);
  expect(await play((world) => world.crash('n2'))).toEqual(['undefined at 50']);
});

test('one copy lost is no loss: the other still brings the reply', async () => {
  let seen = 0;
  const trail = await ask({
    link: REPEATS,
    n2: { requestVote: (args) => (++seen === 1 ? undefined : granted(args.term)) },
  });
  expect(trail).toEqual(['1 at 2']);
});

test('a server may call itself, and such a call is never lost', async () => {
  const trail: unknown[] = [];
  const world = new ToyWorld(
    { n1: { requestVote: (args) => granted(args.term + 1) } },
    { link: { ...EXACT, requestLoss: 1, replyLoss: 1 } },
  );
  world.network.hold({});
  world.do('n1', async ({ rpc, clock }) => {
    const reply = rpc.requestVote('n1', ballot());
    trail.push('sent');
    trail.push(await reply, clock.now() < 1);
  });
  await world.run(100);
  expect(trail).toEqual(['sent', granted(2), true]);
});

test('a server that is down when a request arrives may be up in time for the next', async () => {
  const trail = await ask({
    prepare(world) {
      world.crash('n2');
      world.atMs(0.5, () => world.boot('n2'));
    },
  });
  expect(trail).toEqual(['handled at 1', '1 at 2']);
});

test('the promise of a request never rejects, even when its handler throws', async () => {
  let rejected = false;
  const world = new ToyWorld({
    n1: {},
    n2: {
      requestVote() {
        throw new Error('no');
      },
    },
  });
  world.do('n1', ({ rpc }) => {
    rpc.requestVote('n2', ballot()).catch(() => {
      rejected = true;
    });
  });
  expect(await world.play(100)).toEqual(new Error('no'));
  expect(world.thrown).toMatchObject([{ server: 'n2', activity: 'onRequestVote' }]);
  expect(rejected).toBe(false);
});

test('a request to nobody is a contract error that names those who are there', async () => {
  const world = new ToyWorld({ n1: {}, n2: {} });
  world.do('n1', ({ rpc }) => void rpc.requestVote('n9', ballot()));
  const error = await world.play(10);
  expect(error).toBeInstanceOf(ContractError);
  expect((error as Error).message).toBe('there is no server "n9"; there are n1, n2');
  expect(world.thrown).toMatchObject([{ server: 'n1' }]);
});

function cut(world: ToyWorld, from: string, to: string): void {
  world.network.setCut(world.host(from), world.host(to), true);
}

interface Question {
  readonly link?: LinkPolicy;
  readonly n2?: Behaviour;
  readonly prepare?: (world: ToyWorld) => void;
}

/** n1 asks n2 for a vote. @returns what happened in a second: the handling (by a default handler), and what n1 was told */
async function ask({ link = EXACT, n2, prepare }: Question): Promise<string[]> {
  const trail: string[] = [];
  const handler: Behaviour = {
    requestVote(args, env) {
      trail.push(`handled at ${env.clock.now()}`);
      return granted(args.term);
    },
  };
  const world = new ToyWorld({ n1: {}, n2: n2 ?? handler }, { link });
  prepare?.(world);
  world.do('n1', async ({ rpc, clock }) => {
    const reply = await rpc.requestVote('n2', ballot());
    trail.push(`${reply?.term} at ${clock.now()}`);
  });
  expect(await world.play(1_000)).toBeUndefined();
  return trail;
}

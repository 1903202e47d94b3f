import { expect, test } from 'vitest';
import type { Env } from '#contract';
import { type Behaviour, ballot, command, EXACT, granted, type ToyOptions, ToyWorld } from './toy-server.ts';

const SLOW_DISK = { flushUs: 10_000, messageUs: 0 };
const SLOW_CPU = { flushUs: 0, messageUs: 2_000 };

/** A server that works before it answers. */
const WORKS_FIRST: Behaviour = {
  requestVote(args, env) {
    work(env);
    return granted(args.term);
  },
};

/** Writes and flushes: 10 ms with {@link SLOW_DISK}. */
function work({ storage }: Env): void {
  storage.append([command(storage.load().entries.length + 1)]);
  storage.flushSync();
}

test('a busy server’s messages leave later, by the time that it worked before them', async () => {
  const sent: number[] = [];
  const { world, trail } = build(
    {},
    { costs: SLOW_DISK, observers: [{ requestSent: (call) => sent.push(call.sentUs) }] },
  );
  world.do('n1', (env) => {
    void env.rpc.requestVote('n2', ballot(1));
    work(env);
    void env.rpc.requestVote('n2', ballot(2));
    work(env);
    void env.rpc.requestVote('n2', ballot(3));
  });
  await world.run(100);
  expect(sent).toEqual([0, 10_000, 20_000]);
  expect(trail).toEqual(['n2 asked 1 at 1', 'n2 asked 2 at 11', 'n2 asked 3 at 21']);
});

test('work before a reply delays the reply', async () => {
  const { world, trail } = build(WORKS_FIRST, { costs: SLOW_DISK });
  world.do('n1', async (env) => {
    await env.rpc.requestVote('n2', ballot());
    trail.push(`n1 told at ${env.clock.now()}`);
  });
  await world.run(100);
  expect(trail).toEqual(['n1 told at 12']);
});

test('each message costs its sender and its receiver', async () => {
  const { world, trail } = build({}, { costs: SLOW_CPU });
  world.do('n1', (env) => {
    for (const term of [1, 2]) {
      void env.rpc.requestVote('n2', ballot(term)).then(() => trail.push(`n1 told ${term} at ${env.clock.now()}`));
    }
    trail.push(`n1 sent at ${env.clock.now()}`);
  });
  await world.run(100);
  // Sending 2, way 1, receiving 2, replying 2, way 1, receiving 2; the second waits at both ends.
  expect(trail).toEqual(['n1 sent at 4', 'n2 asked 1 at 5', 'n2 asked 2 at 9', 'n1 told 1 at 10', 'n1 told 2 at 14']);
});

test('what comes while a server is busy happens behind it, in the order in which it came', async () => {
  const { world, trail } = build({}, { costs: SLOW_DISK });
  // Sent first, but long on its way: it comes behind the others.
  world.network.setPolicy(world.host('n1'), world.host('n2'), { ...EXACT, latencyMsMin: 7, latencyMsMax: 7 });
  world.do('n1', (env) => void env.rpc.requestVote('n2', ballot(1)));
  world.do('n2', (env) => {
    env.clock.setTimeout(() => void trail.push(`timer of 8 at ${env.clock.now()}`), 8);
    env.clock.setTimeout(() => void trail.push(`timer of 2 at ${env.clock.now()}`), 2);
  });
  world.do('n2', work, 1);
  world.atMs(2.5, () =>
    world.network.setPolicy(world.host('n1'), world.host('n2'), { ...EXACT, latencyMsMin: 1, latencyMsMax: 1 }),
  );
  world.do('n1', (env) => void env.rpc.requestVote('n2', ballot(2)), 3);
  await world.run(100);
  expect(trail).toEqual(['timer of 2 at 11', 'n2 asked 2 at 11', 'n2 asked 1 at 11', 'timer of 8 at 11']);
});

test('timers count from the server’s own time, behind its work', async () => {
  const { world, trail } = build({}, { costs: SLOW_DISK });
  world.do('n1', (env) => {
    work(env);
    env.clock.setTimeout(() => void trail.push(`timer at ${env.clock.now()}`), 5);
  });
  await world.run(100);
  expect(trail).toEqual(['timer at 15']);
});

test('a crash while a server is busy acts when that ends: its messages have left, what waited is lost', async () => {
  const { world, trail } = build({}, { costs: SLOW_DISK });
  world.do('n1', (env) => {
    work(env);
    void env.rpc.requestVote('n2', ballot(1)).then(() => trail.push('told'));
    env.storage.append([command(2)]);
  });
  world.do('n1', (env) => void env.rpc.requestVote('n2', ballot(2)), 3);
  world.atMs(5, () => world.crash('n1', { keepWrites: 0 }));
  world.do('n1', (env) => void env.rpc.requestVote('n2', ballot(3)), 6);
  world.atMs(9, () => expect(world.host('n1').up).toBe(true));
  world.atMs(10.5, () => expect(world.host('n1').up).toBe(false));
  expect(await world.play(100)).toBeUndefined();
  expect(trail).toEqual(['n2 asked 1 at 11']);
  expect(world.host('n1').disk.view.log).toHaveLength(1);
});

test('a restart that is asked for while the crash still waits comes behind it', async () => {
  const { world } = build({}, { costs: SLOW_DISK });
  world.do('n1', work);
  world.atMs(5, () => world.crash('n1'));
  world.atMs(6, () => world.boot('n1'));
  expect(await world.play(100)).toBeUndefined();
  expect(world.host('n1')).toMatchObject({ up: true, incarnation: 2 });
});

test('a pause while a server is busy acts when that ends, and its end is not lost', async () => {
  const { world, trail } = build({}, { costs: SLOW_DISK });
  world.do('n1', (env) => {
    work(env);
    void env.rpc.requestVote('n2', ballot(1));
  });
  world.do('n1', (env) => trail.push(`n1 goes on at ${env.clock.now()}`), 3);
  world.atMs(5, () => world.pause('n1'));
  world.atMs(30, () => world.resume('n1'));
  await world.run(40);
  expect(trail).toEqual(['n2 asked 1 at 11', 'n1 goes on at 30']);
  world.do('n1', work);
  world.atMs(45, () => world.pause('n1'));
  world.atMs(46, () => world.resume('n1'));
  world.do('n1', (env) => trail.push(`n1 goes on at ${env.clock.now()}`), 47);
  await world.run(100);
  expect(trail.at(-1)).toBe('n1 goes on at 50');
});

test('a death at an effect does not take back what the busy server sent before it', async () => {
  const { world, trail } = build({}, { costs: SLOW_DISK });
  await world.run(0);
  world.crash('n1', { atEffect: 4 });
  world.do('n1', (env) => {
    work(env);
    void env.rpc.requestVote('n2', ballot(1));
    void env.rpc.requestVote('n2', ballot(2));
  });
  await world.run(100);
  expect(trail).toEqual(['n2 asked 1 at 11']);
});

test('a reply that a busy server loses is known as lost when it would have left', async () => {
  const { world, trail } = build(WORKS_FIRST, { costs: { flushUs: 80_000, messageUs: 0 } });
  world.network.setCut(world.host('n2'), world.host('n1'), true);
  world.do('n1', async (env) => {
    const reply = await env.rpc.requestVote('n2', ballot());
    trail.push(`${reply} at ${env.clock.now()}`);
  });
  await world.run(200);
  expect(trail).toEqual(['undefined at 81']);
});

/** Two servers; n2 notes what it is asked unless it is told otherwise. */
function build(n2: Behaviour, options: ToyOptions): { world: ToyWorld; trail: string[] } {
  const trail: string[] = [];
  const notes: Behaviour = {
    requestVote(args, env) {
      trail.push(`n2 asked ${args.term} at ${env.clock.now()}`);
      return granted(args.term);
    },
  };
  return { trail, world: new ToyWorld({ n1: {}, n2: { ...notes, ...n2 } }, options) };
}

import { expect, test } from 'vitest';
import type { Env } from '#contract';
import type { Observer } from './observer.ts';
import {
  appendArgs,
  type Behaviour,
  ballot,
  command,
  granted,
  type ToyOptions,
  ToyWorld,
  withRejections,
} from './toy-server.ts';

/** What the story's server does, one effect after the other, in the order of the trail. */
const TRAIL = ['arrived', 'saved', 'appended', 'flushed', 'sent', 'applied', 'saved', 'sent', 'replied'];
/** The effects of the story: for each, how much of the trail comes before it. */
const BEFORE_EFFECT = [1, 2, 3, 4, 5, 6, 7, 8];

test('a crash at any effect: it and all later ones never happen, the earlier ones did', async () => {
  const whole = await play(undefined);
  expect(whole.trail).toEqual(TRAIL);
  expect(whole.after).toBe(true);
  for (const [n, length] of BEFORE_EFFECT.entries()) {
    const { trail, thrown, crashes, after, timers } = await play(n + 1);
    expect([n + 1, trail]).toEqual([n + 1, TRAIL.slice(0, length)]);
    expect(crashes).toBe(1);
    expect(thrown).toEqual([]);
    // The code after its death runs to the end of the step, sees nothing of it, and no promise of it resolves.
    expect(after).toBe(false);
    expect(timers).toBe(0);
  }
});

test('a crash at an effect keeps a legal prefix of the writes before it', async () => {
  const afterFlush = { currentTerm: 1, votedFor: 'n2', entries: [command(1)] };
  for (const keepWrites of [0, 1, 5]) {
    expect((await play(1, keepWrites)).disk).toEqual({ currentTerm: 0, votedFor: null, entries: [] });
    const term = keepWrites === 0 ? 0 : 1;
    const votedFor = keepWrites === 0 ? null : 'n2';
    expect((await play(2, keepWrites)).disk).toEqual({ currentTerm: term, votedFor, entries: [] });
    expect((await play(3, keepWrites)).disk).toEqual({
      currentTerm: term,
      votedFor,
      entries: keepWrites === 5 ? [command(1)] : [],
    });
    expect((await play(4, keepWrites)).disk).toEqual(afterFlush);
    expect((await play(6, keepWrites)).disk).toEqual(afterFlush);
    expect((await play(7, keepWrites)).disk).toEqual(keepWrites === 0 ? afterFlush : { ...afterFlush, currentTerm: 2 });
  }
});

test('the sender of a request whose handler died learns nothing until its timeout', async () => {
  for (let n = 1; n <= BEFORE_EFFECT.length; n++) expect(await play(n)).toMatchObject({ answer: [50, undefined] });
  expect(await play(undefined)).toMatchObject({ answer: [2, { term: 1, success: true }] });
});

test('effects are counted from the order to crash, over timers and handlers', async () => {
  const world = new ToyWorld({ n1: {}, n2: {} });
  await world.run(1);
  world.do('n1', (env) => env.storage.saveHardState({ currentTerm: 1, votedFor: null }));
  await world.run(2);
  world.crash('n1', { atEffect: 2, keepWrites: 9 });
  world.do('n1', (env) => env.storage.saveHardState({ currentTerm: 2, votedFor: null }));
  await world.run(3);
  expect(world.host('n1').up).toBe(true);
  world.do('n1', (env) => env.storage.saveHardState({ currentTerm: 3, votedFor: null }));
  await world.run(4);
  expect(world.host('n1').up).toBe(false);
  expect(world.host('n1').disk.durable.currentTerm).toBe(2);
});

test('a server that dies in its constructor is not started', async () => {
  let started = 0;
  const world = new ToyWorld({
    n1: {
      construct: (env) => env.storage.saveHardState({ currentTerm: 1, votedFor: null }),
      start: () => {
        started++;
      },
    },
  });
  world.crash('n1', { atEffect: 1 });
  await world.run(1);
  expect(started).toBe(0);
  expect(world.host('n1').up).toBe(false);
});

test('code that goes on after its death sees no exception, whatever it does', async () => {
  const seen: unknown[] = [];
  const world = new ToyWorld({ n1: {}, n2: {} });
  world.crash('n1', { atEffect: 1 });
  world.do('n1', (env) => {
    env.storage.saveHardState({ currentTerm: 1, votedFor: null });
    try {
      env.storage.append([command(7)]);
      env.storage.truncateFrom(0);
      env.storage.flushSync();
      env.apply(undefined as never);
      env.log('late', 'nobody hears it');
      env.clock.setTimeout(() => void seen.push('timer'), Number.NaN);
      env.clock.setInterval(() => void seen.push('interval'), 1);
      void env.rpc.requestVote('nobody', ballot()).then((reply) => seen.push(reply));
      void env.storage.flush().then(() => seen.push('flushed'));
      env.storage.load();
    } catch (error) {
      seen.push(error);
    }
  });
  expect(await world.play(500)).toBeUndefined();
  expect(seen).toEqual([]);
});

test('what a dead server’s code throws is not held against it, thrown or rejected', async () => {
  let world: ToyWorld | undefined;
  await withRejections(
    (reason) => world?.unhandled(reason),
    async () => {
      for (const code of [
        () => {
          throw new Error('after death');
        },
        () => void Promise.reject(new Error('after death')),
      ]) {
        world = new ToyWorld({ n1: {} }, { turnEverySteps: 1 });
        world.crash('n1', { atEffect: 1 });
        world.do('n1', (env) => {
          env.apply(command(1));
          code();
        });
        expect(await world.play(10)).toBeUndefined();
        expect(world.thrown).toEqual([]);
        expect(world.host('n1').up).toBe(false);
      }
    },
  );
});

test('a late reply never reaches the next incarnation, nor the old one', async () => {
  const replies: unknown[] = [];
  const world = new ToyWorld({ n1: {}, n2: {} });
  const hold = world.network.hold({ phase: 'reply' });
  const ask = (env: Env): void => void env.rpc.requestVote('n2', ballot()).then((reply) => replies.push(reply));
  world.do('n1', ask);
  world.atMs(10, () => world.crash('n1'));
  world.atMs(20, () => world.boot('n1'));
  world.atMs(30, () => hold.release());
  await world.run(40);
  expect(replies).toEqual([]);
  hold.stop();
  world.do('n1', ask);
  await world.run(50);
  expect(replies).toEqual([granted(1)]);
});

test('a request that reaches a server at the instant of its boot finds it down, not half made', async () => {
  const answers: unknown[] = [];
  const world = new ToyWorld({ n1: {}, n2: {} });
  await world.run(1);
  world.crash('n2');
  world.do('n1', (env) => void env.rpc.requestVote('n2', ballot()).then((reply) => answers.push(reply)), 10);
  world.atMs(11, () => world.boot('n2'));
  expect(await world.play(100)).toBeUndefined();
  expect(answers).toEqual([undefined]);
});

test('a server that is killed by its own observer finishes its step first', async () => {
  const trail: string[] = [];
  const world: ToyWorld = new ToyWorld({ n1: {} }, { observers: [{ applied: () => world.crash('n1') }] });
  world.do('n1', (env) => {
    env.apply(command(1));
    env.storage.saveHardState({ currentTerm: 5, votedFor: null });
    env.storage.flushSync();
    trail.push('done');
  });
  await world.run(1);
  expect(trail).toEqual(['done']);
  expect(world.host('n1').up).toBe(false);
  expect(world.host('n1').disk.durable.currentTerm).toBe(5);
});

interface Outcome {
  readonly trail: readonly string[];
  readonly thrown: readonly unknown[];
  readonly crashes: number;
  /** Whether the code behind the server's own request went on. */
  readonly after: boolean;
  readonly timers: number;
  /** When the sender had its answer (in milliseconds after sending), and which. */
  readonly answer: readonly unknown[];
  /** What is there after the restart. */
  readonly disk: unknown;
}

/** n2 handles one request with every kind of effect, and dies at the n-th. */
async function play(atEffect: number | undefined, keepWrites?: number): Promise<Outcome> {
  const trail: string[] = [];
  let [crashes, after, timers, disk] = [0, false, 0, undefined as unknown];
  let answer: unknown[] = [];
  const victim: Behaviour = {
    appendEntries(_args, env) {
      env.clock.setTimeout(() => void timers++, 5);
      env.storage.saveHardState({ currentTerm: 1, votedFor: 'n2' });
      env.storage.append([command(1)]);
      env.storage.flushSync();
      void env.rpc.requestVote('n3', ballot()).then(() => {
        after = true;
      });
      env.apply(command(1));
      env.storage.saveHardState({ currentTerm: 2, votedFor: 'n2' });
      void env.rpc.requestVote('n3', ballot());
      return { term: 1, success: true };
    },
  };
  const only = (id: string, what: string) => (host: { id: string }) => void (host.id === id && trail.push(what));
  const observer: Observer = {
    crashed: () => {
      crashes++;
    },
    requestArrived: (call) => only('n2', 'arrived')(call.to),
    requestSent: (call) => only('n2', 'sent')(call.from),
    replySent: (call) => only('n2', 'replied')(call.to),
    written: (_host, write) => void trail.push(write.kind === 'append' ? 'appended' : 'saved'),
    flushed: only('n2', 'flushed'),
    applied: only('n2', 'applied'),
  };
  const options: ToyOptions = { observers: [observer] };
  const world = new ToyWorld({ n1: {}, n2: victim, n3: {} }, options);
  await world.run(0);
  if (atEffect !== undefined) world.crash('n2', { atEffect, ...(keepWrites === undefined ? {} : { keepWrites }) });
  world.do('n1', async (env) => {
    const sentMs = env.clock.now();
    const reply = await env.rpc.appendEntries('n2', appendArgs());
    answer = [env.clock.now() - sentMs, reply];
  });
  await world.run(100);
  const { thrown } = world;
  if (atEffect !== undefined) world.boot('n2');
  world.do('n2', (env) => {
    disk = env.storage.load();
  });
  await world.run(101);
  return { trail, thrown, crashes, after, timers: atEffect === undefined ? 0 : timers, answer, disk };
}

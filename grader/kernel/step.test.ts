import { expect, test } from 'vitest';
import type { Env } from '#contract';
import { EventBudgetExceeded } from './event-budget.ts';
import { RunEnded } from './run-ended.ts';
import {
  appendArgs,
  type Behaviour,
  ballot,
  command,
  granted,
  IDLE,
  snapshotAt,
  type ToyOptions,
  ToyWorld,
  withRejections,
} from './toy-server.ts';

/** A promise chain and an async function, each a hundred links deep; runs `then` at the end. */
async function deep(then: () => void): Promise<void> {
  let chain: Promise<unknown> = Promise.resolve();
  for (let i = 0; i < 100; i++) chain = chain.then(() => new Promise<void>((resolve) => resolve()));
  await chain;
  const descend = async (depth: number): Promise<void> => (depth === 0 ? undefined : await descend(depth - 1));
  await descend(100);
  then();
}

test('everything that an event started has finished before the next, for every kind of event', async () => {
  const trail: string[] = [];
  const begin = (what: string): void => void deep(() => trail.push(what));
  const n1: Behaviour = {
    start: () => begin('start'),
    requestVote: (args) => {
      begin('request');
      return granted(args.term);
    },
  };
  const world = new ToyWorld({ n1 }, { observers: [{ stepEnded: () => void trail.push('|') }] });
  world.do('n1', (env) => {
    begin('invocation');
    env.clock.setTimeout(() => begin('timer'), 0);
    env.storage.append([command(1)]);
    void env.storage.flush().then(() => begin('flush'));
    void env.rpc.requestVote('n1', ballot()).then(() => begin('reply'));
    void env.rpc
      .installSnapshot('n1', { ...snapshotAt(1), term: 1, leaderId: 'n1', offset: 0, done: true })
      .then(() => begin('no reply'));
  });
  expect(await world.play(100)).toBeUndefined();
  const steps = trail
    .join(' ')
    .split('|')
    .map((each) => each.trim());
  expect(steps.filter((each) => each !== '')).toEqual([
    'start',
    'invocation',
    'timer',
    'flush',
    'request',
    'reply',
    'no reply',
  ]);
});

test('a status is taken when all that the step started has come to rest', async () => {
  let term = 0;
  const terms: number[] = [];
  const world = new ToyWorld(
    { n1: { start: () => deep(() => term++), status: () => ({ ...IDLE, currentTerm: term }) } },
    { observers: [{ stepped: (_host, status) => void terms.push(status.currentTerm) }] },
  );
  await world.run(1);
  expect(terms).toEqual([1]);
});

test('with a turn behind every step, an unhandled rejection is laid at the door of its step and server', async () => {
  const reject = (error: Error): void => void deep(() => Promise.reject(error));
  const places: Record<string, (env: Env, error: Error) => void> = {
    'an event': (_env, error) => reject(error),
    'a timer': (env, error) => void env.clock.setTimeout(() => reject(error), 3),
    'behind a reply': (env, error) => void env.rpc.requestVote('n1', ballot()).then(() => reject(error)),
    'behind a flush': async (env, error) => {
      env.storage.append([command(1)]);
      await env.storage.flush();
      reject(error);
    },
  };
  for (const [place, code] of Object.entries(places)) {
    const error = new Error(place);
    const steps: number[] = [];
    let world: ToyWorld | undefined;
    await withRejections(
      (reason) => {
        steps.push(world!.step);
        world?.unhandled(reason);
      },
      async () => {
        // The other server keeps the world busy, so that a wrong step or server would show.
        const ticks: Behaviour = { start: (env) => void env.clock.setInterval(() => {}, 0.1) };
        world = new ToyWorld({ n1: {}, n2: ticks }, { turnEverySteps: 1 });
        world.do('n1', (env) => code(env, error), 1);
        expect(await world.play(20)).toBe(error);
      },
    );
    const activity = 'a promise that nobody awaited';
    expect(world!.thrown).toEqual([{ server: 'n1', error, activity }]);
    expect([place, steps]).toEqual([place, [world!.step]]);
  }
});

test('a promise that is rejected in a handler, a timer or start() is its own activity', async () => {
  const error = new Error('rejected');
  const fails = async (): Promise<never> => {
    await null;
    throw error;
  };
  const activityOf = async (behaviour: Behaviour, options?: ToyOptions): Promise<unknown> => {
    const world = new ToyWorld({ n1: behaviour }, options);
    world.do('n1', ({ rpc }) => void rpc.appendEntries('n1', appendArgs()));
    expect(await world.play(10)).toBe(error);
    return world.thrown.map(({ activity }) => activity);
  };
  expect(await activityOf({ start: fails })).toEqual(['start()']);
  expect(await activityOf({ appendEntries: fails })).toEqual(['onAppendEntries']);
  expect(await activityOf({ start: (env) => void env.clock.setTimeout(fails, 1) })).toEqual(['a timer']);
  const construct = (): never => {
    throw error;
  };
  expect(await activityOf({ construct })).toEqual(['the constructor']);
  const meter = { reset: () => {}, exceeded: () => error };
  expect(await activityOf({}, { meter })).toEqual(['one event']);
});

test('a timer of 0 ms that starts itself again does not stop time for ever', async () => {
  const again = (env: Env): void => void env.clock.setTimeout(() => again(env), 0);
  const world = new ToyWorld({ n1: { start: again } });
  const reason = await world.play(10);
  expect(reason).toBeInstanceOf(EventBudgetExceeded);
  expect((reason as Error).message).toMatch(/time stands still at 0 ms/);
  expect(world.thrown).toEqual([]);
});

test('a run that does not come to rest ends at the limit of steps, and stays ended', async () => {
  const world = new ToyWorld({ n1: { start: (env) => void env.clock.setInterval(() => {}, 1) } }, { stepsMax: 100 });
  const reason = await world.play(10_000);
  expect(reason).toBeInstanceOf(EventBudgetExceeded);
  expect(world.step).toBe(101);
  await expect(world.run(20_000)).rejects.toThrow(RunEnded);
  await expect(world.settle()).rejects.toThrow(RunEnded);
  expect(world.step).toBe(101);
});

test('a run stops at its time or at its condition, and goes on from there', async () => {
  const ticks: number[] = [];
  const world = new ToyWorld({
    n1: { start: (env) => void env.clock.setInterval(() => void ticks.push(env.clock.now()), 10) },
  });
  expect(await world.run(25)).toBe(false);
  expect([world.nowMs, ticks]).toEqual([25, [10, 20]]);
  expect(await world.run(100, () => ticks.length === 4)).toBe(true);
  expect(world.nowMs).toBe(40);
  expect(await world.run(100, () => true)).toBe(true);
  expect(world.nowMs).toBe(40);
  expect(await world.run(Number.POSITIVE_INFINITY, () => ticks.length === 6)).toBe(true);
  expect(world.nowMs).toBe(60);
});

test('two stories cannot run a world at once', async () => {
  const world = new ToyWorld({ n1: {} });
  const first = world.run(10);
  await expect(world.run(10)).rejects.toThrow(/runs already/);
  expect(await first).toBe(false);
});

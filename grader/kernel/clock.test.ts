import { expect, test } from 'vitest';
import { type Clock, ContractError, type Timer } from '#contract';
import { ballot, EXACT, granted, ToyWorld } from './toy-server.ts';

test('timers fire in the order of their times, and of their setting when these are equal', async () => {
  const { world, trail, note } = clockWorld((clock) => {
    clock.setTimeout(() => note('b'), 5);
    clock.setTimeout(() => note('a'), 2);
    clock.setTimeout(() => note('c'), 5);
    clock.setTimeout(() => note('negative'), -3);
    clock.setTimeout(() => note('zero'), 0);
    clock.setTimeout(() => note('fraction'), 0.25);
  });
  await world.run(10);
  expect(trail).toEqual(['0 negative', '0 zero', '0.25 fraction', '2 a', '5 b', '5 c']);
});

test('an interval fires again and again until it is cleared, also by itself', async () => {
  const { world, trail, note, clock } = clockWorld((clock) => {
    let left = 3;
    const timer = clock.setInterval(() => {
      note('tick');
      if (--left === 0) clock.clear(timer);
    }, 10);
    const forever = clock.setInterval(() => note('tock'), 25);
    clock.setTimeout(() => clock.clear(forever), 60);
  });
  await world.run(200);
  expect(trail).toEqual(['10 tick', '20 tick', '25 tock', '30 tick', '50 tock']);
  expect(clock().now()).toBeGreaterThan(0);
});

test('clearing does nothing to what is not there: undefined, cleared, fired', async () => {
  const { world, trail, note } = clockWorld((clock) => {
    let timer: Timer | undefined;
    clock.clear(timer);
    timer = clock.setTimeout(() => note('never'), 5);
    clock.clear(timer);
    clock.clear(timer);
    const fired = clock.setTimeout(() => note('once'), 1);
    clock.setTimeout(() => clock.clear(fired), 2);
    clock.setTimeout(() => note('after'), 3);
  });
  expect(await world.play(10)).toBeUndefined();
  expect(trail).toEqual(['1 once', '3 after']);
});

test('durations that are no finite number, and callbacks that are no function, are contract errors', async () => {
  const { world } = clockWorld((clock) => {
    const nothing = (): void => {};
    for (const ms of [Number.NaN, Number.POSITIVE_INFINITY, '5' as never, undefined as never]) {
      expect(() => clock.setTimeout(nothing, ms)).toThrow(ContractError);
      expect(() => clock.setInterval(nothing, ms)).toThrow(ContractError);
    }
    for (const ms of [0, -1]) expect(() => clock.setInterval(nothing, ms)).toThrow(/above 0, not/);
    expect(() => clock.setTimeout('code' as never, 5)).toThrow(/a timer needs a function, not "code"/);
  });
  expect(await world.play(10)).toBeUndefined();
});

test('timers die with their server, and do not fire in its next incarnation', async () => {
  let incarnation = 0;
  const { world, trail, note } = clockWorld((clock) => {
    const me = ++incarnation;
    clock.setTimeout(() => note(`once of ${me}`), 10);
    clock.setInterval(() => note(`again of ${me}`), 4);
  });
  world.atMs(5, () => world.crash('n1'));
  world.atMs(7, () => world.boot('n1'));
  await world.run(18);
  expect(trail).toEqual(['4 again of 1', '11 again of 2', '15 again of 2', '17 once of 2']);
});

test('a clock that runs fast or slow moves the time and the timers that are set from then on', async () => {
  const { world, trail, note, clock } = clockWorld((clock) => {
    clock.setTimeout(() => note('set before'), 20);
  });
  world.atMs(10, () => world.setClock('n1', 2));
  world.do(
    'n1',
    () => {
      clock().setTimeout(() => note('set behind'), 30);
      clock().setInterval(() => note('interval'), 40);
    },
    12,
  );
  await world.run(35);
  // True time 20 is 10 + 2 * 10 on its clock; 30 of its milliseconds are 15 true ones.
  expect(trail).toEqual(['30 set before', '44 set behind', '54 interval']);
  expect(world.nowMs).toBe(35);
});

test('a jump moves the clock, forwards or back, and no timer', async () => {
  const { world, trail, note } = clockWorld((clock) => {
    clock.setInterval(() => note('tick'), 10);
  });
  world.atMs(15, () => world.setClock('n1', 1, 100));
  world.atMs(25, () => world.setClock('n1', 1, -300));
  await world.run(35);
  expect(trail).toEqual(['10 tick', '120 tick', '-170 tick']);
});

test('the clocks of other servers stay as they are, and a clock outlives its server', async () => {
  const times: number[] = [];
  const world = new ToyWorld({ n1: {}, n2: {} });
  world.setClock('n1', 0.5, 7);
  world.do('n2', (env) => times.push(env.clock.now()), 10);
  world.atMs(11, () => world.crash('n1'));
  world.atMs(12, () => world.boot('n1'));
  world.do('n1', (env) => times.push(env.clock.now()), 20);
  await world.run(30);
  expect(times).toEqual([10, 17]);
});

test('a paused server handles nothing, and then all that came, in the order in which it came', async () => {
  const trail: string[] = [];
  const world = new ToyWorld({
    n1: {},
    n2: {
      requestVote(args, env) {
        trail.push(`asked ${args.term} at ${env.clock.now()}`);
        return granted(args.term);
      },
    },
  });
  world.do('n2', (env) => void env.clock.setTimeout(() => void trail.push(`timer at ${env.clock.now()}`), 4));
  // The request that was sent first comes last, but before the end of the pause.
  world.do('n1', (env) => void env.rpc.requestVote('n2', ballot(1)), 1.5);
  world.network.setPolicy(world.host('n1'), world.host('n2'), { ...EXACT, latencyMsMin: 8, latencyMsMax: 8 });
  world.atMs(2, () => {
    world.pause('n2');
    world.network.setPolicy(world.host('n1'), world.host('n2'), EXACT);
  });
  world.do('n1', (env) => void env.rpc.requestVote('n2', ballot(2)), 3);
  world.atMs(20, () => world.resume('n2'));
  world.do('n1', (env) => void env.rpc.requestVote('n2', ballot(3)), 19);
  await world.run(30);
  expect(trail).toEqual(['timer at 20', 'asked 2 at 20', 'asked 1 at 20', 'asked 3 at 20']);
});

test('a server that dies while it is paused loses what waits, and its senders learn it', async () => {
  const answers: unknown[] = [];
  const world = new ToyWorld({ n1: {}, n2: {} }, { link: { ...EXACT, delay: 1, delayMsMax: 1 } });
  world.atMs(1, () => world.pause('n2'));
  for (let term = 0; term < 8; term++)
    world.do('n1', (env) => void env.rpc.requestVote('n2', ballot(term)).then((reply) => answers.push(reply)), 2);
  world.atMs(10, () => world.crash('n2'));
  world.atMs(11, () => world.boot('n2'));
  // What reached its door is not under way any more: healing must not bring it back.
  world.atMs(12, () => world.network.settleDelayed());
  let asked = 0;
  world.observers.add({ requestArrived: () => void asked++ });
  await world.run(100);
  expect(answers).toEqual(new Array(8).fill(undefined));
  expect(asked).toBe(0);
});

test('a pause outlives neither the server nor an end without a beginning', async () => {
  const trail: number[] = [];
  const world = new ToyWorld({ n1: { start: (env) => void trail.push(env.clock.now()) } });
  world.resume('n1');
  world.atMs(1, () => world.pause('n1'));
  world.atMs(2, () => world.crash('n1'));
  world.atMs(3, () => world.resume('n1'));
  world.atMs(4, () => world.boot('n1'));
  await world.run(10);
  expect(trail).toEqual([0, 4]);
});

/** One server that runs `start`, and a trail with the server's time. */
function clockWorld(start: (clock: Clock) => void) {
  const trail: string[] = [];
  let clock: Clock | undefined;
  const world = new ToyWorld({
    n1: {
      start(env) {
        clock = env.clock;
        start(clock);
      },
    },
  });
  return { world, trail, note: (text: string) => void trail.push(`${clock!.now()} ${text}`), clock: () => clock! };
}

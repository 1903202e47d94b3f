import { expect, test } from 'vitest';
import type { AppendEntriesArgs, Configuration, Env, LogEntry } from '#contract';
import { appendArgs, command, snapshotAt, ToyWorld } from './toy-server.ts';
import { deepFreeze } from './wire.ts';

/** What a test changes; the names are those of the fields of any value that crosses. */
interface Changeable {
  term: number;
  entries: { index: number }[];
  data: string;
  configuration: { voters: string[]; next: { learners: string[] } };
  ext: { list: { deep: number }[] };
}

const JOINT: Configuration = { voters: ['n1'], learners: [], next: { voters: ['n1', 'n2'], learners: ['n3'] } };
const configEntry = (): LogEntry => ({ index: 1, term: 1, kind: 'config', configuration: structuredClone(JOINT) });

test('a request is frozen, with its array and its entries, at both ends', async () => {
  let received: AppendEntriesArgs | undefined;
  const world = new ToyWorld({
    n1: {},
    n2: {
      appendEntries(args) {
        received = args;
        refuses(args, (it) => it.entries.pop());
        refuses(args, (it) => {
          it.entries[0]!.index = 9;
        });
        return { term: 1, success: true };
      },
    },
  });
  world.do('n1', ({ rpc }) => {
    const args = appendArgs(2);
    void rpc.appendEntries('n2', args);
    refuses(args, (it) => {
      it.term = 9;
    });
    refuses(args, (it) => it.entries.push({ index: 3 }));
    refuses(args.entries[0], (it) => {
      it.term = 9;
    });
  });
  expect(await world.play(10)).toBeUndefined();
  expect(received).toEqual(appendArgs(2));
});

test('a reply is frozen deep, with whatever its ext holds', async () => {
  const reply = {
    term: 1,
    success: false,
    conflictIndex: 3,
    conflictTerm: 1,
    ext: { list: [Object.freeze({ deep: { er: 1 } })] },
  };
  let received: unknown;
  const world = new ToyWorld({ n1: {}, n2: { appendEntries: async () => reply } });
  world.do('n1', async ({ rpc }) => {
    received = await rpc.appendEntries('n2', appendArgs());
  });
  expect(await world.play(10)).toBeUndefined();
  expect(received).toBe(reply);
  for (const part of [reply, reply.ext, reply.ext.list, reply.ext.list[0], reply.ext.list[0]!.deep])
    expect(Object.isFrozen(part)).toBe(true);
});

test('what is stored or applied is frozen, with its configuration', async () => {
  const hand: Record<string, (env: Env, value: never) => void> = {
    append: ({ storage }, value) => storage.append([value]),
    apply: (env, value) => env.apply(value),
  };
  for (const [name, give] of Object.entries(hand)) {
    const world = new ToyWorld({ n1: {} });
    world.do('n1', (env) => {
      // Frozen at the surface only, as by a careful student.
      const entry = Object.freeze(configEntry());
      give(env, entry as never);
      refuses(entry, (it) => it.configuration.voters.push('n9'));
      refuses(entry, (it) => it.configuration.next.learners.pop());
    });
    expect([name, await world.play(10)]).toEqual([name, undefined]);
  }
});

test('a snapshot is frozen when it is saved, sent or applied', async () => {
  const hand: Record<string, (env: Env, value: never) => void> = {
    save: ({ storage }, value) => storage.saveSnapshot(value),
    apply: (env, value) => env.apply(value),
    send: ({ rpc }, value) => void rpc.installSnapshot('n1', value),
  };
  for (const [name, give] of Object.entries(hand)) {
    const world = new ToyWorld({ n1: {} });
    world.do('n1', (env) => {
      const value = {
        ...snapshotAt(1),
        configuration: structuredClone(JOINT),
        term: 1,
        leaderId: 'n1',
        offset: 0,
        done: true,
      };
      give(env, value as never);
      refuses(value, (it) => {
        it.data = 'other';
      });
      refuses(value, (it) => it.configuration.voters.push('n9'));
    });
    expect([name, await world.play(10)]).toEqual([name, undefined]);
  }
});

test('the array given to append is frozen, the one that load returns is not', async () => {
  const world = new ToyWorld({ n1: {} });
  world.do('n1', ({ storage }) => {
    const entries = [command(1)];
    storage.append(entries);
    expect(() => entries.push(command(2))).toThrow(TypeError);
    storage.load().entries.push(command(2));
  });
  expect(await world.play(10)).toBeUndefined();
});

test('what a server is told of its world is frozen', async () => {
  const world = new ToyWorld({
    n1: {
      start(env) {
        for (const part of [env, env.bootstrap, env.bootstrap.voters, env.timing, env.clock, env.rpc, env.storage])
          expect(Object.isFrozen(part)).toBe(true);
      },
    },
  });
  expect(await world.play(10)).toBeUndefined();
});

test('a change that escapes is reported where it happened', async () => {
  const world = new ToyWorld({
    n1: {},
    n2: {
      appendEntries(args) {
        (args as { leaderCommit: number }).leaderCommit = 5;
        return { term: 1, success: true };
      },
    },
  });
  world.do('n1', ({ rpc }) => void rpc.appendEntries('n2', appendArgs()));
  expect(await world.play(10)).toBeInstanceOf(TypeError);
  expect(world.thrown).toMatchObject([{ server: 'n2', activity: 'onAppendEntries' }]);
});

test('freezing an entry again costs nothing and changes nothing', () => {
  const entries = [command(1), configEntry()];
  expect(deepFreeze(deepFreeze(entries))).toBe(entries);
  expect(entries).toEqual([command(1), configEntry()]);
});

test('a server that returns one status object again and again is seen to change all the same', async () => {
  const state = {
    role: 'follower',
    currentTerm: 1,
    commitIndex: 0,
    lastApplied: 0,
    lastLogIndex: 0,
    configuration: JOINT,
  };
  const seen: [number | undefined, number][] = [];
  const world = new ToyWorld(
    { n1: { status: () => state } },
    {
      observers: [
        { stepped: (_host, status, previous) => void seen.push([previous?.currentTerm, status.currentTerm]) },
      ],
    },
  );
  world.do('n1', () => {
    state.currentTerm = 2;
    expect(world.host('n1').status?.currentTerm).toBe(1);
  });
  world.do('n1', () => {});
  expect(await world.play(10)).toBeUndefined();
  expect(seen).toEqual([
    [undefined, 1],
    [1, 2],
    [2, 2],
  ]);
});

function refuses(value: unknown, change: (value: Changeable) => unknown): void {
  expect(() => change(value as Changeable)).toThrow(TypeError);
}

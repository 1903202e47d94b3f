import { expect, test } from 'vitest';
import { type Env, StorageError } from '#contract';
import type { Observer } from './observer.ts';
import { ballot, command, granted, snapshotAt, ToyWorld, withRejections } from './toy-server.ts';

const COSTS = { flushUs: 10_000, messageUs: 0 };

test('load shows the buffered writes, in fresh arrays of frozen entries', async () => {
  const world = new ToyWorld({ n1: {} });
  world.do('n1', ({ storage }) => {
    expect(storage.load()).toEqual({ currentTerm: 0, votedFor: null, entries: [] });
    expect('snapshot' in storage.load()).toBe(false);
    storage.append([command(1)]);
    storage.saveHardState({ currentTerm: 3, votedFor: 'n2' });
    storage.saveSnapshot(snapshotAt(0));
    const first = storage.load();
    const second = storage.load();
    expect(first).toEqual({ currentTerm: 3, votedFor: 'n2', entries: [command(1)], snapshot: snapshotAt(0) });
    first.entries.pop();
    first.entries.push(command(5), command(6));
    expect(second.entries).toHaveLength(1);
    expect(storage.load().entries).toEqual([command(1)]);
    expect(Object.isFrozen(second.entries[0])).toBe(true);
  });
  expect(await world.play(1)).toBeUndefined();
});

test('each lost prefix: a restart finds exactly the writes that the crash kept', async () => {
  const lengths: number[] = [];
  for (let keepWrites = 0; keepWrites <= 5; keepWrites++) {
    const world = new ToyWorld({ n1: {} });
    world.do('n1', ({ storage }) => {
      storage.append([command(1)]);
      storage.flushSync();
      storage.append([command(2), command(3)]);
      storage.append([command(4)]);
      storage.saveHardState({ currentTerm: 1, votedFor: 'n1' });
    });
    world.atMs(1, () => world.crash('n1', { keepWrites }));
    world.atMs(2, () => world.boot('n1'));
    world.do(
      'n1',
      ({ storage }) => {
        const { entries, currentTerm, votedFor } = storage.load();
        expect([currentTerm, votedFor]).toEqual(keepWrites < 4 ? [0, null] : [1, 'n1']);
        lengths.push(entries.length);
      },
      3,
    );
    expect(await world.play(4)).toBeUndefined();
  }
  expect(lengths).toEqual([1, 2, 3, 4, 4, 4]);
});

test('without a word from the test, chance decides how much survives', async () => {
  const kept = new Set<number>();
  for (let seed = 1; seed <= 40; seed++) {
    const world = new ToyWorld({ n1: {} }, { seed });
    world.do('n1', ({ storage }) => storage.append([command(1), command(2), command(3)]));
    world.atMs(1, () => world.crash('n1'));
    await world.run(2);
    kept.add(world.host('n1').disk.durable.log.length);
  }
  expect([...kept].sort()).toEqual([0, 1, 2, 3]);
});

test('flush covers the writes made before it, and no later ones', async () => {
  const { trail, world } = watched();
  world.do('n1', async ({ storage, clock }) => {
    storage.append([command(1), command(2)]);
    const flushed = storage.flush();
    storage.append([command(3)]);
    await flushed;
    trail.push(`resolved at ${clock.now()}`);
  });
  world.atMs(5, () => expect(world.host('n1').disk.durable.log).toHaveLength(0));
  await world.run(20);
  expect(trail).toEqual(['wrote 1', 'wrote 2', 'wrote 3', 'flushed 2', 'resolved at 10']);
  world.crash('n1', { keepWrites: 0 });
  expect(world.host('n1').disk.view.log).toEqual([command(1), command(2)]);
});

test('a server goes on while it flushes, and flushes come one behind the other', async () => {
  const { trail, world } = watched();
  const flush = async ({ storage, clock }: Env, index: number): Promise<void> => {
    storage.append([command(index)]);
    await storage.flush();
    trail.push(`${index} at ${clock.now()}`);
  };
  world.do('n1', (env) => void Promise.all([flush(env, 1), flush(env, 2)]));
  world.do('n1', ({ clock }) => trail.push(`free at ${clock.now()}`), 5);
  await world.run(50);
  expect(trail).toEqual(['wrote 1', 'wrote 2', 'free at 5', 'flushed 1', '1 at 10', 'flushed 1', '2 at 20']);
});

test('flushes of the same writes are one: all who wait for it share its time', async () => {
  const { trail, world } = watched();
  const flush = async ({ storage, clock }: Env, name: string): Promise<void> => {
    await storage.flush();
    trail.push(`${name} at ${clock.now()}`);
  };
  world.do('n1', (env) => {
    env.storage.append([command(1)]);
    void flush(env, 'a');
    void flush(env, 'b');
  });
  world.do('n1', (env) => flush(env, 'c'), 3);
  world.do(
    'n1',
    (env) => {
      env.storage.append([command(2)]);
      return flush(env, 'd');
    },
    7,
  );
  await world.run(50);
  // What was written meanwhile has a flush of its own, behind the one that is under way.
  expect(trail).toEqual(['wrote 1', 'wrote 2', 'flushed 1', 'a at 10', 'b at 10', 'c at 10', 'flushed 1', 'd at 20']);
});

test('flushSync is durable at once, and keeps the server busy', async () => {
  const { trail, world } = watched();
  world.do('n1', ({ storage, clock }) => {
    storage.append([command(1)]);
    storage.flushSync();
    trail.push(`behind it at ${clock.now()}`);
  });
  world.do('n1', ({ clock }) => trail.push(`next at ${clock.now()}`), 3);
  await world.run(50);
  expect(trail).toEqual(['wrote 1', 'flushed 1', 'behind it at 10', 'next at 10']);
});

test('flushing nothing is free, and resolves at once', async () => {
  const { trail, world } = watched();
  world.do('n1', async ({ storage, clock }) => {
    storage.flushSync();
    await storage.flush();
    trail.push(`at ${clock.now()}`);
    storage.append([command(1)]);
    storage.flushSync();
    storage.flushSync();
    await storage.flush();
    trail.push(`at ${clock.now()}`);
  });
  await world.run(50);
  expect(trail).toEqual(['at 0', 'wrote 1', 'flushed 1', 'at 10']);
});

test('flushSync overtakes a flush that is under way, which then has nothing to add', async () => {
  const { trail, world } = watched();
  world.do('n1', async ({ storage, clock }) => {
    storage.append([command(1)]);
    const flushed = storage.flush();
    storage.flushSync();
    trail.push(`sync at ${clock.now()}`);
    await flushed;
    trail.push(`resolved at ${clock.now()}`);
  });
  await world.run(50);
  expect(trail).toEqual(['wrote 1', 'flushed 1', 'sync at 20', 'resolved at 20']);
});

test('a crash between flush and its end keeps a prefix, and the promise never resolves', async () => {
  const { trail, world } = watched();
  world.do('n1', async ({ storage }) => {
    storage.append([command(1), command(2)]);
    await storage.flush();
    trail.push('resolved');
  });
  world.atMs(5, () => world.crash('n1', { keepWrites: 1 }));
  world.atMs(6, () => world.boot('n1'));
  await world.run(50);
  expect(trail).toEqual(['wrote 1', 'wrote 2']);
  expect(world.host('n1').disk.view.log).toEqual([command(1)]);
});

test('a disk that fails in the middle of append has told of what it wrote before', async () => {
  const { trail, world } = watched();
  world.failDisk('n1', 1);
  world.do('n1', ({ storage }) => storage.append([command(1), command(2)]));
  expect(await world.play(1)).toBeUndefined();
  expect(trail).toEqual(['wrote 1']);
});

test('every later call fails until the restart, and flushes under way reject', async () => {
  const seen: unknown[] = [];
  const world = new ToyWorld({ n1: {} }, { costs: COSTS });
  world.failDisk('n1', 1);
  world.do('n1', ({ storage }) => {
    storage.append([command(1)]);
    storage.flush().catch((error) => seen.push(error));
    const calls: (() => unknown)[] = [
      () => storage.append([command(2)]),
      () => storage.saveHardState({ currentTerm: 1, votedFor: null }),
      () => storage.truncateFrom(1),
      () => storage.saveSnapshot(snapshotAt(1)),
      () => storage.discardThrough(1),
      () => storage.flushSync(),
      () => storage.flush(),
      () => storage.load(),
    ];
    for (const call of calls) expect(call).toThrow(StorageError);
  });
  expect(await world.play(20)).toBeUndefined();
  expect(seen).toEqual([expect.any(StorageError)]);
  // It swallowed the error, so it runs still; a restart mends the disk.
  world.crash('n1', { keepWrites: 1 });
  world.boot('n1');
  world.do('n1', ({ storage }) => storage.append([command(2)]));
  expect(await world.play(30)).toBeUndefined();
  expect(world.host('n1').disk.view.log).toHaveLength(2);
});

test('a storage error that escapes stops the server, and is not reported as a crash of its code', async () => {
  const save = ({ storage }: Env): void => storage.saveHardState({ currentTerm: 1, votedFor: null });
  const escapes: Record<string, (env: Env) => unknown> = {
    'from a handler': save,
    'from an async handler': async (env) => save(env),
    'behind an await': async (env) => {
      await null;
      save(env);
      return granted(1);
    },
    'through a flush': async ({ storage }) => {
      storage.append([command(1)]);
      const flushed = storage.flush();
      expect(() => storage.append([command(2)])).toThrow(StorageError);
      await flushed;
    },
    'through a floating promise': (env) => {
      void (async () => save(env))();
      return granted(1);
    },
    'from a timer': (env) => {
      env.clock.setTimeout(() => save(env), 0);
    },
  };
  let world: ToyWorld | undefined;
  await withRejections(
    (reason) => world?.unhandled(reason),
    async () => {
      for (const [name, requestVote] of Object.entries(escapes)) {
        const answers: unknown[] = [];
        world = new ToyWorld({ n1: {}, n2: { requestVote: (_args, env) => requestVote(env) } });
        await world.run(0);
        world.failDisk('n2', name === 'through a flush' ? 1 : 0);
        world.do('n1', (env) => void env.rpc.requestVote('n2', ballot()).then((reply) => answers.push(reply)));
        expect(await world.play(100)).toBeUndefined();
        expect([name, world.thrown]).toEqual([name, []]);
        expect([name, world.host('n2').up]).toEqual([name, false]);
        const answered = name === 'through a floating promise' ? granted(1) : undefined;
        expect([name, answers]).toEqual([name, [answered]]);
      }
    },
  );
});

test('a storage error of the code’s own making is a crash of the code', async () => {
  const world = new ToyWorld({ n1: {} });
  world.do('n1', () => {
    throw new StorageError('mine');
  });
  expect(await world.play(1)).toBeInstanceOf(StorageError);
  expect(world.thrown).toHaveLength(1);
});

/** A world of one server with a slow disk, and the trail of what its disk did. */
function watched(): { trail: string[]; world: ToyWorld } {
  const trail: string[] = [];
  const observer: Observer = {
    written: (_host, write) => void trail.push(write.kind === 'append' ? `wrote ${write.entry.index}` : write.kind),
    flushed: (_host, writes) => void trail.push(`flushed ${writes.length}`),
  };
  return { trail, world: new ToyWorld({ n1: {} }, { costs: COSTS, observers: [observer] }) };
}

import { expect, test } from 'vitest';
import { ContractError, type Env } from '#contract';
import { appendArgs, type Behaviour, ballot, command, IDLE, snapshotAt, ToyWorld } from './toy-server.ts';

const noop = { index: 1, term: 1, kind: 'noop' } as const;
const install = { ...snapshotAt(1), term: 1, leaderId: 'n1', offset: 0, done: true };

test('a malformed request is reported to its sender, with what is wrong', async () => {
  const wrong: readonly (readonly [(env: Env) => unknown, string])[] = [
    [({ rpc }) => rpc.requestVote('n2', undefined as never), 'must be an object, not undefined'],
    [
      ({ rpc }) => rpc.requestVote('n2', { ...ballot(), term: -1 }),
      'term must be a whole number of at least 0, not -1',
    ],
    [({ rpc }) => rpc.requestVote('n2', { ...ballot(), term: '1' as never }), 'of at least 0, not "1"'],
    [
      ({ rpc }) => rpc.requestVote('n2', { ...ballot(), candidateId: 1 as never }),
      'candidateId must be a string, not 1',
    ],
    [({ rpc }) => rpc.requestVote('n2', { ...ballot(), lastLogTerm: undefined as never }), 'lastLogTerm must be'],
    [({ rpc }) => rpc.requestVote('n2', { ...ballot(), preVote: 'yes' as never }), 'preVote must be true or absent'],
    [
      ({ rpc }) => rpc.appendEntries('n2', { ...appendArgs(), entries: null as never }),
      'entries must be an array, not null',
    ],
    [({ rpc }) => rpc.appendEntries('n2', { ...appendArgs(), entries: [command(2)] }), 'entry number 0 has index 2'],
    [({ rpc }) => rpc.appendEntries('n2', { ...appendArgs(), entries: [command(1), command(3)] }), 'without a gap'],
    [
      ({ rpc }) => rpc.appendEntries('n2', { ...appendArgs(), entries: [{ ...noop, index: 0 }] }),
      'there is no entry 0',
    ],
    [({ rpc }) => rpc.appendEntries('n2', { ...appendArgs(), leaderCommit: Number.NaN }), 'leaderCommit must be'],
    [({ rpc }) => rpc.installSnapshot('n2', { ...install, done: 1 as never }), 'done must be true or false, not 1'],
    [({ rpc }) => rpc.installSnapshot('n2', { ...install, configuration: {} as never }), 'needs voters and learners'],
    [({ rpc }) => rpc.timeoutNow('n2', { term: 1 } as never), 'leaderId must be a string'],
    [({ rpc }) => rpc.requestVote(undefined as never, ballot()), 'there is no server'],
    [(env) => env.apply(undefined as never), 'apply: an entry must be an object, not undefined'],
    [(env) => env.apply({ ...snapshotAt(1), lastIncludedTerm: 0.5 }), 'apply: lastIncludedTerm must be'],
    [({ storage }) => storage.append([command(5)]), 'append: index 5 leaves a gap: the last index on the disk is 0'],
    [({ storage }) => storage.saveHardState(undefined as never), 'saveHardState takes'],
    [({ clock }) => clock.setTimeout(() => {}, Number.NaN), 'finite number of milliseconds, not NaN'],
  ];
  for (const [code, message] of wrong) {
    const world = new ToyWorld({ n1: {}, n2: {} });
    world.do('n1', (env) => void code(env));
    await expectContractError(world, 'n1', message);
  }
});

test('a message that contains itself is a contract error, at either end, now or later', async () => {
  const cyclic = (): never => {
    const ext: unknown[] = [];
    ext.push({ ext });
    return { term: 1, success: true, ext } as never;
  };
  for (const appendEntries of [() => cyclic(), async () => cyclic()]) {
    const world = new ToyWorld({ n1: {}, n2: { appendEntries } });
    world.do('n1', ({ rpc }) => void rpc.appendEntries('n2', appendArgs()));
    await expectContractError(world, 'n2', 'must not contain itself');
    expect(world.thrown[0]?.activity).toBe('onAppendEntries');
  }
  const world = new ToyWorld({ n1: {} });
  world.do('n1', ({ rpc }) => void rpc.appendEntries('n1', { ...appendArgs(), more: cyclic() } as never));
  await expectContractError(world, 'n1', 'must not contain itself');
});

test('a malformed reply is reported to the server that made it, whether it comes now or later', async () => {
  const wrong: readonly (readonly [unknown, string])[] = [
    [null, 'a reply to AppendEntries must be an object or undefined, not null'],
    [true, 'not true'],
    [{ success: true }, 'term must be a whole number of at least 0, not undefined'],
    [{ term: 1 }, 'success must be true or false, not undefined'],
    [{ term: 1, success: 'yes' }, 'success must be true or false, not "yes"'],
    [{ term: 1, success: false, conflictIndex: 0.5 }, 'conflictIndex must be'],
    [{ term: 1, success: false, conflictIndex: 1, conflictTerm: null }, 'conflictTerm must be'],
    [{ term: 1, success: false, conflictTerm: 0.5 }, 'conflictTerm must be'],
  ];
  for (const [reply, message] of wrong) {
    for (const appendEntries of [() => reply, async () => reply]) {
      const world = new ToyWorld({ n1: {}, n2: { appendEntries } });
      world.do('n1', ({ rpc }) => void rpc.appendEntries('n2', appendArgs()));
      await expectContractError(world, 'n2', message);
    }
  }
});

test('a malformed status is reported behind the step', async () => {
  const wrong: readonly (readonly [unknown, string])[] = [
    [undefined, 'it must return an object, not undefined'],
    [Promise.resolve(IDLE), 'it must return an object, not a promise'],
    [{ ...IDLE, role: 'boss' }, 'role must be follower, candidate or leader, not "boss"'],
    [{ ...IDLE, commitIndex: -1 }, 'commitIndex must be'],
    [{ ...IDLE, leader: null }, 'leader must be a string, not null'],
    [{ ...IDLE, configuration: undefined }, 'a configuration must be an object, not undefined'],
    [
      { ...IDLE, configuration: { voters: ['n1'], learners: [], next: {} } },
      'a configuration needs voters and learners',
    ],
  ];
  for (const [status, message] of wrong) {
    const world = new ToyWorld({ n1: { status: () => status } });
    await expectContractError(world, 'n1', `status(): ${message}`);
    expect(world.thrown[0]?.activity).toBe('status()');
  }
});

test('a malformed answer to a client is reported, and the client told nothing', async () => {
  const wrong: readonly (readonly [unknown, string])[] = [
    [null, 'it must return an object, not null'],
    [Promise.resolve({ accepted: false }), 'it must return an object, not a promise'],
    [{}, 'accepted must be true or false, not undefined'],
    [{ accepted: true, index: 1 }, 'term must be a whole number'],
    [{ accepted: false, leader: 5 }, 'leader must be a string, not 5'],
  ];
  for (const [answer, message] of wrong) {
    const told: unknown[] = [];
    const behaviour: Behaviour = { propose: () => answer };
    const world = new ToyWorld({ n1: behaviour });
    world.invoke(
      'n1',
      'propose',
      (server) => server.propose('x'),
      'x',
      (result) => told.push(result),
    );
    await expectContractError(world, 'n1', `propose: ${message}`);
    expect(told).toEqual([]);
  }
});

test('a well-made answer reaches the client and the observers in the same step', async () => {
  const told: unknown[] = [];
  const answer = { accepted: true, index: 3, term: 2 } as const;
  const world = new ToyWorld(
    { n1: { propose: () => answer } },
    { observers: [{ proposed: (host, text, result) => void told.push([host.id, text, result]) }] },
  );
  world.invoke(
    'n1',
    'propose',
    (server) => server.propose('x'),
    'x',
    (result) => told.push(result),
  );
  expect(await world.play(1)).toBeUndefined();
  expect(told).toEqual([['n1', 'x', answer], answer]);
});

async function expectContractError(world: ToyWorld, server: string, message: string): Promise<void> {
  const error = await world.play(100);
  expect(error, message).toBeInstanceOf(ContractError);
  expect((error as Error).message).toContain(message);
  expect(world.thrown).toMatchObject([{ server, error }]);
}

import { expect, test } from 'vitest';
import { UNLIMITED } from '#checkers';
import type { Env, LogEntry } from '#contract';
import { Toy } from '../kernel/toy-server.ts';
import { Client } from './client.ts';
import type { TestDefinition } from './definition.ts';
import type { Platform } from './run-request.ts';
import { runTest } from './run-test.ts';

/** A cluster of one that leads in term 1, then in term 2, and commits what it has when it gets a command in term 2. */
class WithoutNoop extends Toy {
  constructor(env: Env) {
    const { storage, clock, id, bootstrap } = env;
    const log: LogEntry[] = [];
    let currentTerm = 0;
    let lastApplied = 0;
    const lead = (term: number): void => {
      currentTerm = term;
      storage.saveHardState({ currentTerm, votedFor: id });
      storage.flushSync();
    };
    super(env, {
      start() {
        clock.setTimeout(() => lead(1), 150);
        clock.setTimeout(() => lead(2), 400);
        // As a leader wakes for each heartbeat.
        clock.setInterval(() => {}, 50);
      },
      propose(command) {
        const entry = { index: log.length + 1, term: currentTerm, kind: 'command', command } as const;
        log.push(entry);
        storage.append([entry]);
        storage.flushSync();
        while (currentTerm === 2 && lastApplied < log.length) env.apply(log[lastApplied++]!);
        return { accepted: true, index: entry.index, term: currentTerm };
      },
      status: () => ({
        role: currentTerm === 0 ? 'follower' : 'leader',
        currentTerm,
        commitIndex: lastApplied,
        lastApplied,
        lastLogIndex: log.length,
        configuration: bootstrap,
      }),
    });
  }
}

const platform: Platform = {
  load: () => WithoutNoop,
  drain: () => new Promise<void>((resolve) => process.nextTick(resolve)),
};

test('a client that waits for a command gives a new leader without a no-op another one, once', async () => {
  const applied: (string | undefined)[] = [];
  const definition: TestDefinition = {
    slug: 'new-leader',
    title: 'A new leader',
    kind: 'scenario',
    points: 1,
    paper: 'Raft §5.4.2',
    sentence: 'Once an entry of its own term is committed, all prior entries are.',
    runs: 1,
    async run(context) {
      const cluster = context.cluster({ size: 1 });
      await cluster.run(200);
      const client = new Client(cluster);
      await client.everywhere(await client.proposeTo('n1', 'x'));
      await cluster.run(5_000);
      applied.push(...cluster.journal.commands('n1'));
    },
  };
  const lab = { id: 'lab2', number: 2, title: 'Replication', points: 1, paper: 'Raft §5.3', budgets: UNLIMITED };
  expect(await runTest(platform, { lab, test: definition, seed: 1 })).toMatchObject({ outcome: 'passed' });
  expect(applied).toEqual(['x', 'x.2']);
});

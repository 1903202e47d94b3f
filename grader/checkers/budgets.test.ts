import { expect, test } from 'vitest';
import type { Env, LogEntry } from '#contract';
import { ballot, ToyWorld } from '../kernel/toy-server.ts';
import { budgets, UNLIMITED } from './budgets.ts';
import { EntryBook } from './entry-book.ts';
import { GhostLog } from './ghost-log.ts';
import type { BudgetLimits } from './rule.ts';

const LIMITS: BudgetLimits = {
  timersMax: 10,
  requestsPerHeartbeatMax: 10,
  bytesPerHeartbeatMax: 1_000,
  flushesPerHeartbeatMax: 10,
  storedEntriesMax: 10,
};

const entry = (index: number): LogEntry => ({ index, term: 1, kind: 'command', command: 'x' });

/** What a server may do `times` times within one heartbeat interval. */
const DEEDS: Record<keyof BudgetLimits, (env: Env, time: number) => void> = {
  timersMax: (env) => env.clock.setTimeout(() => undefined, 1_000),
  requestsPerHeartbeatMax: (env) => void env.rpc.requestVote('n2', ballot(1)),
  bytesPerHeartbeatMax: (env) => void env.rpc.requestVote('n2', ballot(1)),
  flushesPerHeartbeatMax: (env, time) => {
    env.storage.saveHardState({ currentTerm: time, votedFor: null });
    env.storage.flushSync();
  },
  storedEntriesMax: (env, time) => env.storage.append([entry(time)]),
};

test.each(Object.keys(DEEDS) as (keyof BudgetLimits)[])('%s is held', async (limit) => {
  const limits = { ...UNLIMITED, [limit]: LIMITS[limit] };
  const few = await play(DEEDS[limit], 10, limits);
  expect(few.messages).toEqual([]);
  const many = await play(DEEDS[limit], 60, limits);
  expect(many.messages[0]).toMatch(new RegExp(`^n1 .*; the limit is ${LIMITS[limit]}$`));
  expect(many.measured.get(limit)).toBeGreaterThan(LIMITS[limit]);
});

/** Lets n1 do something so many times at once, and tells what the rule says to it. */
async function play(
  deed: (env: Env, time: number) => void,
  times: number,
  limits: BudgetLimits,
): Promise<{ messages: string[]; measured: Map<string, number> }> {
  const start = (env: Env): void => {
    for (let time = 1; time <= times; time++) deed(env, time);
  };
  const messages: string[] = [];
  const measured = new Map<string, number>();
  const world = new ToyWorld({ n1: { start }, n2: {} });
  const book = new EntryBook();
  world.observers.add(
    budgets.check({
      lab: 3,
      world,
      report: ({ message }) => messages.push(message),
      budgets: limits,
      measured: (limit, value) => measured.set(limit, value),
      book,
      ghost: new GhostLog(world, book, true),
    }),
  );
  await world.run(50);
  return { messages, measured };
}

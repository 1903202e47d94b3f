import { expect, test } from 'vitest';
import { UNLIMITED } from '#checkers';
import type { Env, ProposeResult, RaftServer, Status } from '#contract';
import type { TestDefinition } from './definition.ts';
import type { Platform } from './run-request.ts';
import { runTest } from './run-test.ts';
import { service } from './service-client.ts';

/** What the server of the present test was given, and what its state machine was to have seen by then. */
let compactions: {
  readonly index: number;
  readonly data: string;
  readonly lastApplied: number;
  readonly inside: boolean;
}[];

/** A cluster of one: whatever is proposed is committed at once. */
class Hermit implements RaftServer {
  readonly #env: Env;
  #lastIndex = 0;
  #leads = false;
  #applying = false;

  constructor(env: Env) {
    this.#env = env;
  }

  start(): void {
    const { storage, clock, id } = this.#env;
    const { entries, snapshot } = storage.load();
    this.#lastIndex = entries.at(-1)?.index ?? snapshot?.lastIncludedIndex ?? 0;
    storage.saveHardState({ currentTerm: 1, votedFor: id });
    storage.flushSync();
    clock.setTimeout(() => {
      this.#leads = true;
    }, 150);
  }

  propose(command: string): ProposeResult {
    if (!this.#leads) return { accepted: false };
    const entry = { index: ++this.#lastIndex, term: 1, kind: 'command', command } as const;
    this.#env.storage.append([entry]);
    this.#env.storage.flushSync();
    this.#applying = true;
    this.#env.apply(entry);
    this.#applying = false;
    return { accepted: true, index: entry.index, term: 1 };
  }

  compact(index: number, data: string): void {
    compactions.push({ index, data, lastApplied: this.#lastIndex, inside: this.#applying });
  }

  onRequestVote(): undefined {}
  onAppendEntries(): undefined {}
  onInstallSnapshot(): undefined {}
  onTimeoutNow(): undefined {}

  changeMembership(): ProposeResult {
    return { accepted: false };
  }

  transferLeadership(): ProposeResult {
    return { accepted: false };
  }

  status(): Status {
    const { bootstrap } = this.#env;
    const index = this.#lastIndex;
    const role = this.#leads ? 'leader' : 'follower';
    return {
      role,
      currentTerm: 1,
      commitIndex: index,
      lastApplied: index,
      lastLogIndex: index,
      configuration: bootstrap,
    };
  }
}

const platform: Platform = {
  load: () => Hermit,
  drain: () => new Promise<void>((resolve) => process.nextTick(resolve)),
};

test('clients get answers, and the server gets snapshots as it was asked to, outside apply', async () => {
  compactions = [];
  const definition: TestDefinition = {
    slug: 'hermit',
    title: 'A cluster of one',
    kind: 'scenario',
    points: 1,
    paper: 'Raft §8',
    sentence: 'A cluster of one serves its clients.',
    runs: 1,
    async run(context) {
      const cluster = context.cluster({ size: 1 });
      const compaction = () => ({ every: 7, first: 3, lag: 2 });
      const work = service({ clients: 2, keys: 2, pauseMsMax: 20, compaction })(cluster, context);
      await cluster.run(1_000);
      work.stop();
      await work.settle(cluster.ids);
    },
  };
  const lab = { id: 'lab4', number: 4, title: 'Snapshots', points: 1, paper: 'Raft §7', budgets: UNLIMITED };
  const result = await runTest(platform, { lab, test: definition, seed: 1 });
  expect(result).toMatchObject({ outcome: 'passed' });
  expect(result.reached.operations).toBeGreaterThan(50);
  expect(result.reached.openOperations).toBeLessThanOrEqual(2);
  expect(compactions.length).toBeGreaterThan(5);
  for (const [i, { index, data, lastApplied, inside }] of compactions.entries()) {
    expect({ index, lastApplied, inside }).toEqual({ index: 3 + 7 * i, lastApplied: index + 2, inside: false });
    expect(JSON.parse(data)).toMatchObject({ index });
  }
});

import { describe, expect, test } from 'vitest';
import { UNLIMITED } from '#checkers';
import type { Env, RaftServer, RequestVoteArgs, Status, TimeoutNowReply } from '#contract';
import type { LabDefinition, TestDefinition } from './definition.ts';
import { ExpectationFailed } from './expectation.ts';
import type { RunRequest } from './run-request.ts';
import { runTest } from './run-test.ts';
import { TRACE_EVENTS_MAX, type Trace, type TraceEvent, TraceRecorder } from './trace.ts';

/** As little of a Raft as a trace needs: `n1` is elected once, and replicates what it is offered, without a disk. */
class Puppet implements RaftServer {
  readonly #env: Env;
  #role: Status['role'] = 'follower';
  #term = 0;
  #log: string[] = [];
  #commitIndex = 0;
  readonly #onDisk: boolean;

  constructor(env: Env, onDisk = false) {
    this.#env = env;
    this.#onDisk = onDisk;
  }

  start(): void {
    const { id, clock } = this.#env;
    if (id === 'n1') clock.setTimeout(() => void this.#campaign(), 10);
  }

  async #campaign(): Promise<void> {
    const { id, rpc, storage } = this.#env;
    this.#role = 'candidate';
    this.#term = 1;
    if (this.#onDisk) storage.saveHardState({ currentTerm: 1, votedFor: id });
    const args = { term: 1, candidateId: id, lastLogIndex: 0, lastLogTerm: 0 };
    const votes = await Promise.all(['n2', 'n3'].map((peer) => rpc.requestVote(peer, args)));
    if (votes.some((vote) => vote?.voteGranted)) this.#role = 'leader';
  }

  onRequestVote(args: RequestVoteArgs): { term: number; voteGranted: boolean } {
    this.#term = args.term;
    return { term: args.term, voteGranted: true };
  }

  onAppendEntries(args: Parameters<RaftServer['onAppendEntries']>[0]): { term: number; success: boolean } {
    this.#log = [...this.#log.slice(0, args.prevLogIndex), ...args.entries.map((entry) => entry.command ?? '')];
    return { term: this.#term, success: true };
  }

  propose(command: string): { accepted: true; index: number; term: number } | { accepted: false } {
    if (this.#role !== 'leader') return { accepted: false };
    this.#log.push(command);
    const entry = { index: this.#log.length, term: 1, kind: 'command', command } as const;
    if (this.#onDisk) this.#env.storage.append([entry]);
    const before = { prevLogIndex: entry.index - 1, prevLogTerm: entry.index === 1 ? 0 : 1, leaderCommit: 0 };
    for (const peer of ['n2', 'n3']) {
      const args = { term: 1, leaderId: 'n1', ...before, entries: [entry] };
      void this.#env.rpc.appendEntries(peer, args).then(() => this.#commit(entry));
    }
    return { accepted: true, index: entry.index, term: 1 };
  }

  #commit(entry: { index: number; term: number; kind: 'command'; command: string }): void {
    if (this.#commitIndex >= entry.index) return;
    this.#commitIndex = entry.index;
    this.#env.apply(entry);
  }

  onInstallSnapshot(): { term: number; success: boolean } {
    return { term: this.#term, success: false };
  }

  onTimeoutNow(): TimeoutNowReply {
    return { term: this.#term };
  }

  compact(): void {}

  changeMembership(): { accepted: false } {
    return { accepted: false };
  }

  transferLeadership(): { accepted: false } {
    return { accepted: false };
  }

  status(): Status {
    const commitIndex = this.#commitIndex;
    return {
      role: this.#role,
      currentTerm: this.#term,
      commitIndex,
      lastApplied: commitIndex,
      lastLogIndex: this.#log.length,
      configuration: this.#env.bootstrap,
    };
  }
}

/** Number 0: no rule judges the puppets. */
const LAB: LabDefinition = { id: 'lab0', number: 0, title: 'puppets', points: 0, paper: '', budgets: UNLIMITED };

const play: TestDefinition['run'] = async (context) => {
  const cluster = context.cluster({ size: 3 });
  const offer = (command: string): void =>
    cluster.world.invoke('n1', 'propose', (server) => server.propose(command), command);
  await cluster.run(30);
  offer('x=1');
  await cluster.run(20);
  cluster.partition(['n1', 'n2'], ['n3']);
  offer('x=2');
  await cluster.run(20);
  cluster.crash('n2');
  cluster.heal();
  cluster.restart('n2');
  cluster.pause('n3');
  await cluster.run(10);
  cluster.resume('n3');
  await cluster.run(10);
  throw new ExpectationFailed('safety', 'seen enough', { evidence: [1], servers: ['n1'] });
};

async function record(
  run = play,
  { onDisk = false, record: recording = true } = {},
): Promise<{ trace: Trace; hash: string }> {
  let recorder: TraceRecorder | undefined;
  const definition: TestDefinition = {
    slug: 'puppets',
    title: 'puppets',
    kind: 'scenario',
    points: 0,
    paper: 'none',
    sentence: 'It goes on.',
    runs: 1,
    run,
  };
  const request: RunRequest = {
    lab: LAB,
    test: definition,
    seed: 7,
    observers: (world) => {
      if (!recording) return [];
      recorder = new TraceRecorder(world);
      return [recorder];
    },
  };
  class OnDisk extends Puppet {
    constructor(env: Env) {
      super(env, true);
    }
  }
  const platform = {
    load: () => (onDisk ? OnDisk : Puppet),
    drain: () => new Promise<void>((done) => process.nextTick(done)),
  };
  const result = await runTest(platform, request);
  const subject = { kit: '1.2.3', lab: 'lab0', test: 'puppets', title: 'puppets', result };
  return { trace: recorder?.trace(subject) as Trace, hash: result.hash };
}

/** What is known of a server at the end. */
function endOf({ events, snapshots }: Trace, node: string): Record<string, unknown> {
  const fields: Record<string, unknown> = { ...snapshots[0]!.nodes[node] };
  for (const { patch } of events) Object.assign(fields, patch?.nodes?.[node]);
  return fields;
}

const kinds = (events: readonly TraceEvent[]): string[] => events.map(({ kind, node }) => `${node ?? '-'} ${kind}`);

describe('a trace', () => {
  test('is plain JSON that says what it is a trace of', async () => {
    const { trace } = await record();
    expect(JSON.parse(JSON.stringify(trace))).toEqual(trace);
    expect(trace).toMatchObject({
      format: 1,
      kit: '1.2.3',
      seed: 7,
      nodes: ['n1', 'n2', 'n3'],
      scripted: [],
      clients: ['client'],
      omitted: 0,
      verdict: { kind: 'safety', checker: 'puppets', message: 'seen enough', evidence: [1] },
    });
    expect(trace.events.at(-1)).toMatchObject({ kind: 'violation', data: { rule: 'puppets', message: 'seen enough' } });
  });

  test('does not change the run', async () => {
    const [seen, unseen] = [await record(), await record(play, { record: false })];
    expect(seen.hash).toBe(unseen.hash);
  });

  test('puts what a server became right behind what made it so', async () => {
    const { trace } = await record();
    const campaign = trace.events.filter(
      ({ step, node }) => node === 'n1' && step === trace.events.find(({ kind }) => kind === 'timer-fire')?.step,
    );
    expect(kinds(campaign)).toEqual(['n1 timer-fire', 'n1 role', 'n1 send', 'n1 send']);
  });

  test('names the step that made an event possible', async () => {
    const { events } = (await record()).trace;
    const timer = events.find(({ kind }) => kind === 'timer-fire')!;
    expect(events.filter(({ step }) => step === timer.cause).map(({ node }) => node)).toEqual(['n1']);
    for (const event of events) {
      if (event.kind !== 'deliver') continue;
      const sent = events.find((each) => each.kind === 'send' && each.data.message === event.data.message)!;
      expect(event.cause).toBe(sent.step);
      expect(event.data).toMatchObject({ from: sent.node, to: event.node });
    }
  });

  test('tells of faults, of losses and of who is cut off', async () => {
    const { events } = (await record()).trace;
    const found = kinds(events.filter(({ kind }) => /^(crash|restart|pause|resume|partition|heal|drop)$/.test(kind)));
    expect(found.slice(3)).toEqual([
      '- partition',
      'n1 drop',
      'n2 crash',
      '- heal',
      'n2 restart',
      'n3 pause',
      'n3 resume',
    ]);
    const cuts = events.flatMap(({ patch }) => (patch?.cuts === undefined ? [] : [patch.cuts]));
    expect(cuts).toEqual([['n1>n3', 'n2>n3', 'n3>n1', 'n3>n2'], []]);
  });
});

describe('the state of a server', () => {
  test('is pieced together from its messages while it uses no disk', async () => {
    const { trace } = await record();
    expect(endOf(trace, 'n1')).toMatchObject({
      role: 'leader',
      currentTerm: 1,
      votedFor: 'n1',
      commitIndex: 2,
      lastApplied: 2,
      matchIndex: { n2: 2, n3: 1 },
    });
    expect(endOf(trace, 'n3')).toMatchObject({ role: 'follower', votedFor: 'n1', lastLogIndex: 1 });
    const logs = trace.events.flatMap(({ patch }) =>
      Object.entries(patch?.nodes ?? {}).flatMap(([id, { log }]) => (log === undefined ? [] : [[id, log] as const])),
    );
    expect(logs).toContainEqual(['n1', { base: 0, from: 2, entries: [[1, 'x=2']] }]);
    expect(logs).toContainEqual(['n3', { base: 0, from: 1, entries: [[1, 'x=1']] }]);
    // A server without a disk forgets all.
    expect(logs.findLast(([id]) => id === 'n2')).toEqual(['n2', { base: 0, from: 1, entries: [] }]);
  });

  test('is read from its disk once it has one', async () => {
    const { trace } = await record(play, { onDisk: true });
    expect(endOf(trace, 'n1')).toMatchObject({ votedFor: 'n1' });
    expect(kinds(trace.events)).toContain('n1 disk-write');
    expect(
      trace.events.filter(({ kind, node }) => kind === 'log-append' && node === 'n1').map(({ data }) => data),
    ).toEqual([
      { from: 1, to: 1, term: 1 },
      { from: 2, to: 2, term: 1 },
    ]);
  });
});

test('a long run keeps its last events, and says how many it left out', async () => {
  const { trace } = await record(async (context) => {
    const cluster = context.cluster({ size: 3 });
    await cluster.run(30);
    for (let n = 0; n < 3_000; n++) {
      cluster.world.invoke('n1', 'propose', (server) => server.propose(`c${n}`), `c${n}`);
      await cluster.run(1);
    }
  });
  const { events, omitted, snapshots } = trace;
  expect(events.length).toBeLessThanOrEqual(TRACE_EVENTS_MAX);
  expect(events.length).toBeGreaterThan(TRACE_EVENTS_MAX / 2);
  expect(omitted).toBeGreaterThan(0);
  expect(snapshots[0]!.before).toBe(0);
  expect(snapshots.every(({ before }) => before <= events.length)).toBe(true);
  // Full states are rarer while logs are long, so that the trace does not outgrow its events.
  const cells = snapshots
    .flatMap(({ nodes }) => Object.values(nodes))
    .reduce((sum, { log }) => sum + log.entries.length, 0);
  expect(cells).toBeLessThan(10 * TRACE_EVENTS_MAX);
  expect(trace.verdict.kind).toBe('passed');
});

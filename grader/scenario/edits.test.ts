import { expect, test } from 'vitest';
import type { Env, RequestVoteArgs, RequestVoteReply, Status } from '#contract';
import { type LinkPolicy, messageKey, type Observer, RELIABLE, type World } from '#kernel';
import { Toy } from '../kernel/toy-server.ts';
import type { Decisions } from './decisions.ts';
import { type Edit, editedFate, editText, faultInEdit } from './edits.ts';
import { LAB } from './minimise/toy-pinger.ts';
import type { RunResult } from './result.ts';
import { runTest } from './run-test.ts';

const PATIENCE_MS = 100;

/** As little of a Raft as an edit needs: `n1` leads from the start, and who hears nothing for a while stands for election. */
class Sitter extends Toy {
  #role: Status['role'] = 'follower';
  #term = 1;
  #timer: ReturnType<Env['clock']['setTimeout']> | undefined;

  constructor(env: Env) {
    super(env, {});
  }

  override start(): void {
    if (this.env.id === 'n1') this.#lead();
    else this.#wait();
  }

  get #others(): string[] {
    return this.env.bootstrap.voters.filter((each) => each !== this.env.id);
  }

  #lead(): void {
    this.#role = 'leader';
    this.env.clock.clear(this.#timer);
    const rest = { leaderId: this.env.id, prevLogIndex: 0, prevLogTerm: 0, entries: [], leaderCommit: 0 };
    const beat = (): void => {
      if (this.#role !== 'leader') return;
      for (const each of this.#others) void this.env.rpc.appendEntries(each, { term: this.#term, ...rest });
    };
    this.env.clock.setInterval(beat, 20);
  }

  #wait(): void {
    this.env.clock.clear(this.#timer);
    this.#timer = this.env.clock.setTimeout(() => this.#stand(), PATIENCE_MS);
  }

  #stand(): void {
    this.#role = 'candidate';
    this.#term++;
    this.#wait();
    let votes = 1;
    const args = { term: this.#term, candidateId: this.env.id, lastLogIndex: 0, lastLogTerm: 0 };
    for (const each of this.#others) {
      void this.env.rpc.requestVote(each, args).then((reply) => {
        if (reply?.voteGranted === true && args.term === this.#term && ++votes === 2) this.#lead();
      });
    }
  }

  override onRequestVote({ term }: RequestVoteArgs): RequestVoteReply {
    const voteGranted = term > this.#term;
    if (voteGranted) {
      this.#term = term;
      this.#role = 'follower';
      this.#wait();
    }
    return { term: this.#term, voteGranted };
  }

  override onAppendEntries({ term }: { readonly term: number }): { term: number; success: boolean } {
    if (term >= this.#term && this.#role !== 'leader') {
      this.#term = term;
      this.#role = 'follower';
      this.#wait();
    }
    return { term: this.#term, success: term >= this.#term };
  }

  override status(): Status {
    const { bootstrap } = this.env;
    const log = { commitIndex: 0, lastApplied: 0, lastLogIndex: 0 };
    return { role: this.#role, currentTerm: this.#term, ...log, configuration: bootstrap };
  }
}

/** What happened in a run, by message keys and roles, each with its virtual time. */
interface Seen {
  readonly what: string;
  readonly atMs: number;
}

interface Played {
  readonly result: RunResult;
  readonly seen: readonly Seen[];
  /** For each step, its time and the hash behind it. */
  readonly steps: readonly { readonly atMs: number; readonly hash: string }[];
  at(what: string): number | undefined;
}

async function play(decisions: Decisions | readonly Edit[] = [], link: LinkPolicy = RELIABLE): Promise<Played> {
  const seen: Seen[] = [];
  const steps: { atMs: number; hash: string }[] = [];
  let world: World | undefined;
  const watch = (): Observer => {
    const note = (what: string): void => void seen.push({ what, atMs: world!.nowMs });
    return {
      requestSent: (call) => note(`sent ${messageKey(call, 'request')}`),
      replySent: (call) => note(`sent ${messageKey(call, 'reply')}`),
      requestArrived: (call) => note(`got ${messageKey(call, 'request')}`),
      replyArrived: (call) => note(`got ${messageKey(call, 'reply')}`),
      messageDropped: (call, phase, cause) => note(`${cause} ${messageKey(call, phase)}`),
      stepped: (host, { role, currentTerm }, previous) => {
        if (previous !== undefined && role !== previous.role) note(`${host.id} ${role} t${currentTerm}`);
      },
      disturbed: note,
    };
  };
  const result = await runTest(
    { load: () => Sitter, drain: () => new Promise((resolve) => process.nextTick(resolve)) },
    {
      lab: { ...LAB, number: 0 },
      test: {
        ...{ slug: 'sitters', title: 'They sit', kind: 'adversary', points: 0, paper: '', sentence: '', runs: 1 },
        run: (context) => context.cluster({ size: 3, link }).run(600),
      },
      seed: 5,
      decisions: 'length' in decisions ? { edits: decisions } : decisions,
      observers: (its) => {
        world = its;
        return [watch()];
      },
      onHash: (_, hash) => steps.push({ atMs: world!.nowMs, hash }),
    },
  );
  return { result, seen, steps, at: (what) => seen.find((each) => each.what === what)?.atMs };
}

/** What was the same in both runs up to a time is the same in all: the hash sums up the past. */
function expectSamePast(one: Played, other: Played, untilMs: number): void {
  const past = ({ steps }: Played) => steps.filter(({ atMs }) => atMs <= untilMs);
  expect(past(one).length).toBeGreaterThan(10);
  expect(past(other)).toEqual(past(one));
}

const HEARTBEAT = 'n1>n2 AppendEntries t1 #4';

test('a message that is to be delivered first arrives at its time, and the past stays as it was', async () => {
  const before = await play();
  const sentMs = before.at(`sent ${HEARTBEAT}`)!;
  const gotMs = before.at(`got ${HEARTBEAT}`)!;
  expect(gotMs - sentMs).toBeGreaterThan(1);
  for (const atMs of [sentMs + 0.5, sentMs]) {
    const after = await play([{ do: 'deliver-first', message: HEARTBEAT, atMs }]);
    expect(after.at(`got ${HEARTBEAT}`)).toBe(atMs);
    expect(after.result.unmet).toEqual([]);
    expectSamePast(before, after, atMs - 0.001);
    expect((await play([{ do: 'deliver-first', message: HEARTBEAT, atMs }])).result.hash).toBe(after.result.hash);
  }
});

test('a message cannot be delivered before it is sent, and what all take on their way does not hold for it', async () => {
  const edits = [{ do: 'deliver-first', message: HEARTBEAT, atMs: 1 }] as const;
  const after = await play({ latencyMs: 4, edits });
  expect(after.at(`got ${HEARTBEAT}`)).toBe(after.at(`sent ${HEARTBEAT}`));
  const other = HEARTBEAT.replace('n2', 'n3');
  expect(after.at(`got ${other}`)).toBe(after.at(`sent ${other}`)! + 4);
});

test('what would be lost, or late, is delivered first all the same', async () => {
  const link = { ...RELIABLE, requestLoss: 0.3, delay: 0.5, delayMsMax: 80 };
  const before = await play([], link);
  const lost = before.seen.find(({ what }) => what.startsWith('lost n1>n2'))!;
  const message = lost.what.slice('lost '.length);
  const after = await play([{ do: 'deliver-first', message, atMs: lost.atMs + 0.001 }], link);
  expect(after.at(`got ${message}`)).toBe(lost.atMs + 0.001);
  const edit = { do: 'deliver-first', message: HEARTBEAT, atMs: 30 } as const;
  expect(editedFate({ lateMs: 300, twice: true }, edit, 28)).toEqual({ twice: true, latencyMs: 2 });
});

test('a server that is to time out hears nothing until it stands for election', async () => {
  const atMs = 170;
  const before = await play();
  expect(before.at('n2 candidate t2')).toBeUndefined();
  const after = await play([{ do: 'time-out', server: 'n2', atMs }]);
  expectSamePast(before, after, atMs);
  expect(after.at('what if: nothing reaches n2 until it stands for election')).toBe(atMs + 0.001);
  const stood = after.at('n2 candidate t2')!;
  expect(stood).toBeGreaterThan(atMs);
  expect(stood).toBeLessThan(atMs + PATIENCE_MS + RELIABLE.latencyMsMax);
  const fates = (from: number, to: number, way: RegExp): string[] =>
    after.seen.filter((each) => each.atMs > from && each.atMs <= to && way.test(each.what)).map(({ what }) => what);
  const sent = fates(atMs, stood, /^sent n\d>n2 /);
  expect(sent.length).toBeGreaterThan(2);
  expect(fates(atMs, stood, /^lost /)).toEqual(sent.map((what) => what.replace('sent', 'lost')));
  // From then on it hears again: here it gets the votes that make it leader.
  expect(fates(stood, 600, /^lost /)).toEqual([]);
  expect(after.at('n2 leader t2')).toBeGreaterThan(stood);
  expect(after.result.unmet).toEqual([]);
});

test('an edit of a server that cannot time out is not made, and said to be missed', async () => {
  const before = await play();
  const leads = await play([{ do: 'time-out', server: 'n1', atMs: 170 }]);
  expect(leads.result.unmet).toEqual(['let n1 time out after 170 ms']);
  expect(leads.seen).toEqual(before.seen);
  // A candidate whose votes are under way already: it leads, and must not be cut off from then on.
  const first: Edit = { do: 'time-out', server: 'n2', atMs: 170 };
  const stands = await play([first]);
  const votedMs = Math.max(...[1, 3].map((n) => stands.at(`sent n${n}>n2 reply to RequestVote t2 #1`)!));
  const again: Edit = { do: 'time-out', server: 'n2', atMs: votedMs };
  const elected = await play([first, again]);
  expect(elected.at('n2 leader t2')).toBe(stands.at('n2 leader t2'));
  expect(elected.result.unmet).toEqual([editText(again)]);
  const ledMs = elected.at('n2 leader t2')!;
  expect(elected.seen.filter(({ what, atMs }) => atMs > ledMs && what.startsWith('lost'))).toEqual([]);
});

test.each([
  [{ do: 'deliver-first', message: HEARTBEAT, atMs: 3.5 }, undefined],
  [{ do: 'deliver-first', message: HEARTBEAT }, 'has no number "atMs"'],
  [{ do: 'deliver-first', atMs: 3 }, 'names no "message"'],
  [{ do: 'time-out', server: 'n2', atMs: 3 }, undefined],
  [{ do: 'time-out', server: 'n2', atMs: -1 }, 'has no number "atMs"'],
  [{ do: 'time-out', atMs: 3 }, 'names no "server"'],
])('what is wrong with an edit is said: %j', (edit, fault) => {
  expect(faultInEdit(edit)).toBe(fault);
});

test('edits are told in words', () => {
  expect(editText({ do: 'deliver-first', message: HEARTBEAT, atMs: 3.5 })).toBe(
    'deliver AppendEntries t1 #4 from n1 to n2 first, at 3.5 ms',
  );
  expect(editText({ do: 'time-out', server: 'n2', atMs: 3.5 })).toBe('let n2 time out after 3.5 ms');
});

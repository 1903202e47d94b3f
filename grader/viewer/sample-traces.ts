import type { Trace, TraceData, TraceEvent, TraceKind, TraceMessage, TraceNode, TracePatch } from '#scenario';

/** Made-up traces, for the tests of the viewer. Nothing here comes from a real run. */

/** Writes events down one by one, at one millisecond each. */
export class Script {
  readonly events: TraceEvent[] = [];
  #step = 0;
  #messages = 0;

  /** Begins the next step, and adds its first event. @returns the step */
  step<K extends TraceKind>(node: string | undefined, kind: K, data: TraceData[K], cause?: number): number {
    this.#step++;
    this.also(node, kind, data, cause);
    return this.#step;
  }

  /** Adds another event to the same step. */
  also<K extends TraceKind>(node: string | undefined, kind: K, data: TraceData[K], cause?: number): void {
    const whose = node === undefined ? {} : { node };
    const from = cause === undefined ? {} : { cause };
    this.events.push({ step: this.#step, at: this.#step, ...whose, kind, ...from, data } as unknown as TraceEvent);
  }

  /** Says what the last event changed. */
  patch(patch: TracePatch): void {
    const last = this.events.at(-1)!;
    this.events[this.events.length - 1] = { ...last, patch } as TraceEvent;
  }

  /** Sends a message in the present step. */
  send(from: string, to: string, more: Partial<TraceMessage> = {}): TraceMessage {
    const message: TraceMessage = {
      message: ++this.#messages,
      method: 'RequestVote',
      phase: 'request',
      from,
      to,
      term: 1,
      occurrence: 0,
      ...(more.phase === 'reply' || more.method !== undefined ? {} : { lastLogIndex: 0, lastLogTerm: 0 }),
      ...more,
    };
    this.also(from, 'send', message);
    return message;
  }
}

export const FRESH: TraceNode = {
  up: true,
  paused: false,
  diskFailed: false,
  role: 'follower',
  currentTerm: 0,
  votedFor: null,
  leader: null,
  commitIndex: 0,
  lastApplied: 0,
  lastLogIndex: 0,
  timers: [],
  matchIndex: null,
  log: { base: 0, entries: [] },
};

/** Makes a trace of events, with one full state at its beginning. */
export function traceOf(events: readonly TraceEvent[], more: Partial<Trace> = {}): Trace {
  const nodes = more.nodes ?? ['n1', 'n2', 'n3'];
  return {
    format: 1,
    kit: '0.1.0',
    lab: 'lab1',
    test: 'one-vote',
    title: 'a server votes once a term',
    seed: 17,
    nodes,
    scripted: [],
    clients: [],
    verdict: { kind: 'passed', checker: '', step: 0, sentence: '', paper: '', message: '', evidence: [] },
    omitted: 0,
    events,
    snapshots: [{ before: 0, nodes: Object.fromEntries(nodes.map((id) => [id, FRESH])), cuts: [] }],
    ...more,
  };
}

/** `n2` votes for `n1` and then for `n3`, both in term 1. A text of the submission may be anything. */
export function doubleVote(hostile = 'two votes'): Trace {
  const script = new Script();
  script.step('n1', 'timer-fire', {});
  script.also('n1', 'role', { role: 'candidate', term: 1, was: 'follower' });
  const first = script.send('n1', 'n2');
  const lost = script.send('n1', 'n3');
  script.also('n1', 'drop', { ...lost, why: 'cut' }, 1);
  script.patch({ nodes: { n1: { role: 'candidate', currentTerm: 1, votedFor: 'n1' } } });
  script.step(undefined, 'partition', { text: 'partition: n1 n2 | n3', cuts: ['n1>n3', 'n2>n3', 'n3>n1', 'n3>n2'] });
  script.patch({ cuts: ['n1>n3', 'n2>n3', 'n3>n1', 'n3>n2'] });
  script.step('n2', 'deliver', first, 1);
  const vote = script.send('n2', 'n1', { phase: 'reply', requestTerm: 1, voteGranted: true });
  script.patch({ nodes: { n2: { currentTerm: 1, votedFor: 'n1' } } });
  script.step(undefined, 'heal', { text: 'the network heals', cuts: [] });
  script.patch({ cuts: [] });
  script.step('n3', 'timer-fire', {});
  script.also('n3', 'role', { role: 'candidate', term: 1, was: 'follower' });
  const second = script.send('n3', 'n2');
  script.patch({ nodes: { n3: { role: 'candidate', currentTerm: 1, votedFor: 'n3' } } });
  script.step('n1', 'deliver', vote, 3);
  script.also('n1', 'role', { role: 'leader', term: 1, was: 'candidate' });
  script.patch({ nodes: { n1: { role: 'leader', leader: 'n1', matchIndex: {} } } });
  script.step('n1', 'client-call', { command: hostile, accepted: true, index: 1, term: 1 });
  script.also('n1', 'log-append', { from: 1, to: 1, term: 1 });
  script.patch({ nodes: { n1: { lastLogIndex: 1, log: { base: 0, from: 1, entries: [[1, hostile]] } } } });
  script.step('n2', 'deliver', second, 5);
  script.send('n2', 'n3', { phase: 'reply', requestTerm: 1, voteGranted: true });
  script.patch({ nodes: { n2: { votedFor: 'n3' } } });
  script.also(undefined, 'violation', { rule: 'OneVotePerTerm', message: hostile });
  const verdict = {
    kind: 'safety',
    checker: 'OneVotePerTerm',
    step: 8,
    sentence: 'Each server votes for at most one candidate in a given term.',
    paper: 'Raft §5.2',
    message: hostile,
    evidence: [3],
  } as const;
  return traceOf(script.events, { title: hostile, clients: ['client'], verdict });
}

/** A leader's heartbeats, as many events as a trace may have, with a command every now and then. */
export function longTrace(events = 20_000): Trace {
  const script = new Script();
  const nodes = ['n1', 'n2', 'n3', 'n4', 'n5'];
  script.step('n1', 'role', { role: 'leader', term: 1, was: null });
  script.patch({ nodes: { n1: { role: 'leader', currentTerm: 1, matchIndex: {} } } });
  let index = 0;
  while (script.events.length < events - 30) {
    const beat = script.step('n1', 'timer-fire', {});
    const kind = { method: 'AppendEntries', prevLogIndex: index, prevLogTerm: 1, leaderCommit: index } as const;
    const sent = nodes.slice(1).map((to) => script.send('n1', to, { ...kind, entries: [], entryCount: 0 }));
    for (const message of sent) {
      script.step(message.to, 'deliver', message, beat);
      const reply = script.send(message.to, 'n1', { ...kind, phase: 'reply', requestTerm: 1, success: true });
      script.step('n1', 'deliver', reply, beat + 1);
    }
    if (beat % 5 !== 0) continue;
    index++;
    script.step('n1', 'client-call', { command: `c${index}`, accepted: true, index, term: 1 });
    script.patch({
      nodes: { n1: { lastLogIndex: index, log: { base: 0, from: index, entries: [[1, `c${index}`]] } } },
    });
  }
  script.also(undefined, 'violation', { rule: 'made-up', message: 'the end of a long run' });
  const verdict = {
    kind: 'liveness',
    checker: 'made-up',
    step: script.events.at(-1)!.step,
    sentence: 'Something happens.',
    paper: 'none',
    message: 'the end of a long run',
    evidence: [],
  } as const;
  return traceOf(script.events, { nodes, verdict, omitted: 12_345, test: 'long' });
}

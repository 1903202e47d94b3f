import type { LogEntry, ServerId, Snapshot, Status } from '#contract';
import { type Activity, type Call, type Host, isSnapshot, type Observer, type Reply, type World } from '#kernel';
import type { RunResult } from './result.ts';
import type { Trace, TraceData, TraceVerdict } from './trace-format.ts';
import { Ledger } from './trace-ledger.ts';
import { cut, traceEntry, traceMessage } from './trace-message.ts';

export type * from './trace-format.ts';
export { TRACE_EVENTS_MAX } from './trace-ledger.ts';

/** What a recorder cannot know of the run that it saw. */
export interface TraceSubject {
  /** Version of the kit. */
  readonly kit: string;
  readonly lab: string;
  readonly test: string;
  readonly title: string;
  readonly result: RunResult;
}

type Seen<K extends keyof Observer> = Parameters<NonNullable<Observer[K]>>;

/**
 * Writes down a run so that it can be looked at step by step. Add it to a world before the rules, so that it has seen what
 * breaks one; nothing that it does changes the run.
 */
export class TraceRecorder implements Observer {
  readonly #world: World;
  readonly #ledger: Ledger;
  #clients = false;
  #messages = 0;
  readonly #requests = new WeakMap<Call, number>();
  /** Replies to a request that came twice may both be under way. */
  readonly #replies = new WeakMap<Call, { readonly reply: Reply; readonly message: number; readonly step: number }[]>();
  /** Of each server: the steps in which its pending timers were set. */
  readonly #timers = new Map<ServerId, Map<number, number>>();

  constructor(world: World) {
    this.#world = world;
    this.#ledger = new Ledger(world);
  }

  /** @returns all that was seen; call it once, when the run is over */
  trace({ kit, lab, test, title, result }: TraceSubject): Trace {
    this.#ledger.capture();
    const { failure } = result;
    if (failure !== undefined) {
      this.#ledger.push('violation', undefined, { rule: failure.rule, message: cut(failure.message, 1_000) });
    }
    const { hosts, seed } = this.#world;
    return {
      format: 1,
      kit,
      lab,
      test,
      title,
      seed,
      nodes: hosts.map(({ id }) => id),
      scripted: hosts.filter(({ scripted }) => scripted).map(({ id }) => id),
      clients: this.#clients ? ['client'] : [],
      verdict: verdictOf(result),
      ...this.#ledger.close(),
    };
  }

  booted(host: Host): void {
    this.#ledger.push('restart', host, { life: host.incarnation });
    this.#timers.delete(host.id);
    this.#ledger.sight(host).forget();
    this.#ledger.capture();
  }

  crashed(host: Host, lostWrites: number): void {
    this.#ledger.push('crash', host, { lostWrites });
    this.#timers.delete(host.id);
    this.#ledger.sight(host).forget();
    this.#ledger.capture();
  }

  stepped(host: Host, status: Status, previous: Status | undefined): void {
    // What a server became comes right behind what made it so, before what it then sent.
    const { role, currentTerm: term, commitIndex } = status;
    if (previous === undefined ? role !== 'follower' : role !== previous.role) {
      this.#ledger.pushEarly('role', host, { role, term, was: previous?.role ?? null });
      if (role === 'leader') this.#ledger.sight(host).leads();
    } else if (previous !== undefined && term !== previous.currentTerm) {
      this.#ledger.pushEarly('term', host, { term, was: previous.currentTerm });
    }
    if (previous === undefined) return;
    if (commitIndex !== previous.commitIndex) {
      this.#ledger.push('commit', host, { index: commitIndex, was: previous.commitIndex });
    }
  }

  stepEnded(): void {
    this.#ledger.endStep();
    for (const { id, life } of this.#world.hosts) {
      const known = this.#timers.get(id);
      const pending = [...(life?.timers.keys() ?? [])];
      this.#timers.set(id, new Map(pending.map((timer) => [timer, known?.get(timer) ?? this.#world.step])));
    }
  }

  requestSent(call: Call): void {
    const message = ++this.#messages;
    this.#requests.set(call, message);
    this.#ledger.sight(call.from).sent(call);
    this.#ledger.push('send', call.from, traceMessage(message, call, undefined));
  }

  requestArrived(call: Call): void {
    this.#ledger.push('deliver', call.to, this.#message(call, undefined), call.sentStep);
  }

  replySent(call: Call, reply: Reply): void {
    const message = ++this.#messages;
    const before = this.#replies.get(call) ?? [];
    this.#replies.set(call, [...before, { reply, message, step: this.#world.step }]);
    this.#ledger.sight(call.to).answered(call, reply, this.#ledger.sight(call.from));
    this.#ledger.push('send', call.to, traceMessage(message, call, reply, before.length + 1));
  }

  replyArrived(call: Call, reply: Reply): void {
    const sent = this.#sentReply(call, reply);
    this.#ledger.sight(call.from).heard(call, reply);
    const data = { ...this.#message(call, reply), ...(call.settled ? { again: true as const } : {}) };
    this.#ledger.push('deliver', call.from, data, sent?.step);
  }

  unanswered(call: Call): void {
    this.#ledger.push('unanswered', call.from, this.#message(call, undefined), call.sentStep);
  }

  messageDropped(...[call, phase, why]: Seen<'messageDropped'>): void {
    const reply = phase === 'reply' ? this.#replies.get(call)?.at(-1) : undefined;
    const data = { ...this.#message(call, reply?.reply), why };
    // Lost at the start of its way, or refused at its end.
    const receiver = phase === 'request' ? call.to : call.from;
    const sender = phase === 'request' ? call.from : call.to;
    this.#ledger.push('drop', why === 'down' ? receiver : sender, data, reply?.step ?? call.sentStep);
  }

  messageDelayed(...[call, phase, arrivesUs]: Seen<'messageDelayed'>): void {
    const reply = phase === 'reply' ? this.#replies.get(call)?.at(-1)?.reply : undefined;
    const data = { ...this.#message(call, reply), arrivesMs: arrivesUs / 1_000 };
    this.#ledger.push('delay', phase === 'request' ? call.from : call.to, data);
  }

  messageDuplicated(call: Call): void {
    this.#ledger.push('duplicate', call.from, this.#message(call, undefined));
  }

  timerFired(host: Host): void {
    const pending = host.life?.timers;
    const fired = [...(this.#timers.get(host.id) ?? [])].find(([id]) => pending?.has(id) !== true);
    this.#ledger.push('timer-fire', host, {}, fired?.[1]);
  }

  written(...[host, write]: Seen<'written'>): void {
    this.#ledger.sight(host).wrote(write);
    if (write.kind === 'hardState') {
      this.#ledger.push('disk-write', host, { term: write.currentTerm, votedFor: write.votedFor });
    } else if (write.kind === 'snapshot') {
      const { lastIncludedIndex: index, lastIncludedTerm: term } = write.snapshot;
      this.#ledger.push('snapshot', host, { index, term });
    }
  }

  flushed(...[host, writes]: Seen<'flushed'>): void {
    this.#ledger.push('disk-flush', host, { writes: writes.length });
  }

  applied(host: Host, item: LogEntry | Snapshot): void {
    if (isSnapshot(item)) {
      const { lastIncludedIndex: index, lastIncludedTerm: term } = item;
      this.#ledger.push('apply', host, { index, term, text: 'snapshot' });
      return;
    }
    this.#ledger.sight(host).applied(item);
    const { index, term } = item;
    this.#ledger.push('apply', host, { index, term, text: traceEntry(item)[1] });
  }

  proposed(...[host, command, result]: Seen<'proposed'>): void {
    this.#clients = true;
    if (result.accepted && command !== undefined) this.#ledger.sight(host).accepted(result.index, result.term, command);
    const { accepted } = result;
    const answer = result.accepted
      ? { index: result.index, term: result.term }
      : result.leader === undefined
        ? {}
        : { leader: result.leader };
    this.#ledger.push('client-call', host, {
      ...(command === undefined ? {} : { command: cut(command) }),
      accepted,
      ...answer,
    });
  }

  logged(host: Host, topic: string, text: string): void {
    this.#ledger.push('note', host, { topic: cut(topic), text: cut(text) });
  }

  threw(host: Host, error: unknown, activity: Activity): void {
    this.#ledger.push('throw', host, { activity, text: cut(error instanceof Error ? error.message : typeof error) });
  }

  disturbed(text: string): void {
    const told = this.#ledger.recut(text);
    // A pause is seen as such.
    const pause = this.#world.hosts.some((host) => host.paused !== this.#ledger.sight(host).node.paused);
    if (!told && !pause) this.#ledger.push('note', undefined, { text });
    this.#ledger.capture();
  }

  #message(call: Call, reply: Reply | undefined): TraceData['send'] {
    if (reply === undefined) return traceMessage(this.#requests.get(call) ?? 0, call, undefined);
    const sent = this.#replies.get(call) ?? [];
    const place = sent.findIndex((each) => each.reply === reply);
    return traceMessage(sent[place]?.message ?? 0, call, reply, place + 1);
  }

  #sentReply(call: Call, reply: Reply): { readonly message: number; readonly step: number } | undefined {
    return this.#replies.get(call)?.find((sent) => sent.reply === reply);
  }
}

function verdictOf({ outcome, failure, events }: RunResult): TraceVerdict {
  if (failure === undefined || outcome !== 'failed') {
    const kind = outcome === 'failed' ? 'crash' : outcome;
    return { kind, checker: '', step: events, sentence: '', paper: '', message: '', evidence: [] };
  }
  const { kind, rule, step, sentence, paper, message, likelyCause, evidence } = failure;
  const cause = likelyCause === undefined ? {} : { likelyCause };
  return { kind, checker: rule, step, sentence, paper, message: cut(message, 1_000), ...cause, evidence };
}

import type { ServerId, Status } from '#contract';
import { type Call, type Host, isSnapshot, type Observer, type Reply, type World, type Write } from '#kernel';
import { describeDisk, describeLoss, describeWrite } from './disk-words.ts';
import { describeArgs, describeReply, describeRequest, isAboutLog, isWeighty } from './message-words.ts';
import type { StoryLine } from './result.ts';

/** Lines kept: the story of a failure is its end. */
const LINES_MAX = 20_000;

/**
 * What a line changed for its server, so that later steps rest on it. `role`: role or term. `vote`: it gave its vote.
 * `votes`: it got one. `log`: its entries. `acks`: a follower confirmed entries. `commit`: its commit index. `snapshot`: it
 * compacted. `disk`: its disk failed. `life`: it started, or died. `trouble`: chance, or a decision, was hard on a message.
 */
export type Mark = 'role' | 'vote' | 'votes' | 'log' | 'acks' | 'commit' | 'snapshot' | 'disk' | 'life' | 'trouble';

/** A line of what happened, with what a story needs to find its way through them. */
export interface RecordedLine extends StoryLine {
  readonly mark?: Mark;
  /** The other server, when the line sends a message to it; not part of the text. */
  readonly to?: ServerId;
  /** The request that the line is about. */
  readonly call?: Call;
  /** When the line is about a message: what happened to it. */
  readonly way?: 'sent' | 'got' | 'request lost' | 'reply lost';
  /** What is hard on that message, to go on from its description. */
  readonly suffers?: string;
  /** It is hardly ever worth telling: a heartbeat, its answer, a message into a cut. */
  readonly dull?: boolean;
  /** The entry that was applied, or written. */
  readonly applied?: string;
  readonly wrote?: string;
  /** A write or a flush: worth telling where the failure shows. */
  readonly disk?: boolean;
  /** It stands before what the server then sent. */
  readonly early?: boolean;
}

type Details = Omit<RecordedLine, 'step' | 'atMs' | 'server' | 'topic' | 'text'>;

/** Writes down what happens in a run, in words, and what made each thing possible. */
export class Recorder implements Observer {
  readonly #world: World;
  #lines: RecordedLine[] = [];
  /** For each reply under way, the step in which it left. */
  readonly #replySteps = new WeakMap<Reply, number>();
  /** For each request, its last reply in words. */
  readonly #replyTexts = new WeakMap<Call, string>();
  /** For each request, the step in which it arrived last. */
  readonly #arrivals = new WeakMap<Call, number>();
  /** For each server, what it has written since its last flush. */
  readonly #unflushed = new Map<ServerId, Write[]>();
  /** Servers whose disk has failed in their present life. */
  readonly #failedDisks = new Set<ServerId>();
  readonly #tellsDisks: boolean;

  /** @param tellsDisks - also tell of writes and flushes: from lab 3 on they count */
  constructor(world: World, tellsDisks: boolean) {
    this.#world = world;
    this.#tellsDisks = tellsDisks;
  }

  /** What was seen so far, oldest first. */
  get lines(): readonly RecordedLine[] {
    return this.#lines;
  }

  booted(host: Host): void {
    const restarts = host.incarnation > 1;
    this.#failedDisks.delete(host.id);
    const found = this.#tellsDisks ? ` with ${describeDisk(host.disk.view)}` : '';
    this.#add('fault', host.id, restarts ? `restarts${found}` : 'starts', restarts ? { mark: 'life' } : { dull: true });
  }

  crashed(host: Host, lostWrites: number): void {
    const unflushed = this.#unflushedOf(host).splice(0);
    this.#add('fault', host.id, `crashes${describeLoss(unflushed, lostWrites)}`, { mark: 'life' });
  }

  written(host: Host, write: Write): void {
    this.#unflushedOf(host).push(write);
    const wrote = write.kind === 'append' ? { wrote: `${write.entry.index}:t${write.entry.term}` } : {};
    if (this.#tellsDisks) this.#add('disk', host.id, `writes ${describeWrite(write)}`, { disk: true, ...wrote });
  }

  flushed(host: Host, writes: readonly Write[]): void {
    this.#unflushedOf(host).splice(0, writes.length);
    if (this.#tellsDisks) this.#add('disk', host.id, 'flushed', { disk: true });
  }

  compacted(host: Host, index: number): void {
    if (host.scripted) return;
    const text = `gets the state machine’s snapshot through ${index}`;
    this.#add('client', host.id, text, { mark: 'snapshot', early: true });
  }

  disturbed(text: string): void {
    this.#add('fault', undefined, text);
  }

  stepped(host: Host, status: Status, previous: Status | undefined): void {
    const { role, currentTerm, commitIndex, lastLogIndex } = status;
    const changed = previous === undefined || role !== previous.role || currentTerm !== previous.currentTerm;
    if (changed && (previous !== undefined || role !== 'follower')) {
      const text = role === 'leader' ? `LEADER of term ${currentTerm}` : `${role} of term ${currentTerm}`;
      this.#addEarly('role', host.id, text.replace('follower of', 'follower in'), { mark: 'role' });
    }
    if (host.disk.failed && !this.#failedDisks.has(host.id)) {
      this.#failedDisks.add(host.id);
      this.#addEarly('disk', host.id, 'its disk fails, for good', { mark: 'disk' });
    }
    if (previous === undefined) return;
    if (lastLogIndex < previous.lastLogIndex) {
      const text = `log now ends at ${lastLogIndex}, no longer at ${previous.lastLogIndex}`;
      this.#addEarly('disk', host.id, text, { mark: 'log' });
    }
    if (commitIndex !== previous.commitIndex) {
      this.#addEarly('apply', host.id, `commit index ${commitIndex}`, { mark: 'commit' });
    }
  }

  requestSent(call: Call): void {
    if (call.from === call.to) return;
    const details = { to: call.to.id, call, way: 'sent', dull: !isWeighty(call) } as const;
    this.#add('request', call.from.id, describeArgs(call), details);
  }

  requestArrived(call: Call): void {
    if (call.from === call.to) return;
    this.#arrivals.set(call, this.#world.step);
    const details = { cause: call.sentStep, call, way: 'got', dull: !isWeighty(call) } as const;
    this.#add('request', call.to.id, `gets ${describeArgs(call)} from ${call.from.id}`, details);
  }

  replySent(call: Call, reply: Reply): void {
    this.#replySteps.set(reply, this.#world.step);
    if (call.from === call.to) return;
    const mark = markOf(call, reply, 'vote', 'log');
    const details = { to: call.from.id, call, way: 'sent', dull: !isWeighty(call, reply), ...mark } as const;
    // An answer that has waited, for the disk say, stands apart from its request, and among others.
    const late = this.#arrivals.get(call) !== this.#world.step;
    const text = `${describeReply(call, reply)}${late ? ` for ${describeRequest(call)}` : ''}`;
    this.#replyTexts.set(call, text);
    this.#add('reply', call.to.id, text, details);
  }

  replyArrived(call: Call, reply: Reply): void {
    if (call.from === call.to) return;
    const { term } = call.args;
    // A late reply is told from others by the request that it answers.
    const late = term < (call.from.status?.currentTerm ?? 0) ? ` to its request of term ${term}` : '';
    // What an acknowledgement acknowledges may be all that is wrong with what is made of it.
    const what = isAboutLog(call) ? ` for ${describeRequest(call)}` : '';
    const text = `gets ${describeReply(call, reply)} from ${call.to.id}${what}${late}${call.settled ? ' (again)' : ''}`;
    const cause = this.#replySteps.get(reply) ?? call.sentStep;
    const mark = markOf(call, reply, 'votes', 'acks');
    this.#add('reply', call.from.id, text, { cause, call, way: 'got', dull: !isWeighty(call, reply), ...mark });
  }

  messageDropped(...[call, phase, cause]: Parameters<NonNullable<Observer['messageDropped']>>): void {
    const chosen = cause === 'lost' || cause === 'healed';
    this.#trouble(call, phase, cause === 'healed' ? 'lost as the network heals' : cause, chosen);
  }

  messageDelayed(...[call, phase, arrivesUs]: Parameters<NonNullable<Observer['messageDelayed']>>): void {
    this.#trouble(call, phase, `held up until ${Math.round(arrivesUs / 1_000)} ms`, true);
  }

  messageDuplicated(call: Call): void {
    this.#trouble(call, 'request', 'will arrive twice', true);
  }

  timerFired(host: Host, setStep: number): void {
    this.#add('timer', host.id, 'a timer fires', { cause: setStep, dull: true });
  }

  applied(...[host, item]: Parameters<NonNullable<Observer['applied']>>): void {
    if (isSnapshot(item)) {
      this.#add('apply', host.id, `applies the snapshot through ${item.lastIncludedIndex}`);
      return;
    }
    const applied = `${item.index}:t${item.term}=${item.command ?? item.kind}`;
    this.#add('apply', host.id, `applies ${applied}`, { applied });
  }

  proposed(...[host, command, result]: Parameters<NonNullable<Observer['proposed']>>): void {
    const answer = result.accepted
      ? `accepts it at index ${result.index} in term ${result.term}`
      : `refuses${result.leader === undefined ? '' : `, names ${result.leader}`}`;
    const who = command === undefined ? 'an operator’s call' : `client offers ${command}`;
    this.#addEarly('client', host.id, `${who}: ${answer}`, result.accepted ? { mark: 'log' } : { dull: true });
  }

  logged(host: Host, topic: string, text: string): void {
    this.#add('log', host.id, `${topic}: ${text}`);
  }

  /** Adds the failure itself. */
  failed(step: number, servers: readonly ServerId[], text: string): void {
    const server = servers[0] === undefined ? {} : { server: servers[0] };
    this.#lines.push({ step, atMs: this.#world.nowMs, ...server, text, topic: 'failure', evidence: true });
  }

  /** @param chosen - that very message had to suffer; it was not in the way of something else, as a cut is */
  #trouble(call: Call, phase: 'request' | 'reply', text: string, chosen: boolean): void {
    const isRequest = phase === 'request';
    const [from, to] = isRequest ? [call.from, call.to] : [call.to, call.from];
    const what = isRequest ? describeArgs(call) : (this.#replyTexts.get(call) ?? `reply to ${describeArgs(call)}`);
    const fate = chosen ? ({ mark: 'trouble' } as const) : { dull: true };
    const details = {
      call,
      way: isRequest ? 'request lost' : 'reply lost',
      suffers: text,
      to: to.id,
      ...fate,
    } as const;
    this.#add('loss', from.id, what, details);
  }

  #unflushedOf({ id }: Host): Write[] {
    const unflushed = this.#unflushed.get(id) ?? [];
    this.#unflushed.set(id, unflushed);
    return unflushed;
  }

  #add(topic: StoryLine['topic'], server: ServerId | undefined, text: string, details: Details = {}): void {
    this.#lines.push(this.#line(topic, server, text, details));
    if (this.#lines.length > LINES_MAX) this.#lines = this.#lines.slice(LINES_MAX / 2);
  }

  /** Adds a line right behind what made it so, and before what the server then sent: state is seen at the end of a step. */
  #addEarly(topic: StoryLine['topic'], server: ServerId, text: string, details: Details): void {
    let place = this.#lines.length;
    const isEffect = (line: RecordedLine | undefined): boolean =>
      line?.step === this.#world.step && line.server === server && line.way !== 'got' && line.early !== true;
    while (isEffect(this.#lines[place - 1]) && this.#lines[place - 1]!.topic !== 'timer') place--;
    this.#lines.splice(place, 0, this.#line(topic, server, text, { ...details, early: true }));
  }

  #line(topic: StoryLine['topic'], server: ServerId | undefined, text: string, details: Details): RecordedLine {
    const { step, nowMs: atMs } = this.#world;
    return { step, atMs, ...(server === undefined ? {} : { server }), text, topic, ...details };
  }
}

/** What a reply changes, for whoever gives it or gets it. */
function markOf(call: Call, reply: Reply, granted: Mark, confirmed: Mark): { readonly mark?: Mark } {
  if (!isWeighty(call, reply)) return {};
  if ('voteGranted' in reply) return reply.voteGranted ? { mark: granted } : {};
  return 'success' in reply && reply.success ? { mark: confirmed } : {};
}

import { ContractError } from '#contract';
import type { Call } from './call.ts';
import { type Chance, unit } from './chance.ts';
import { type DecideFate, type Fate, messageKey } from './fate.ts';
import { type HeldMessage, Hold, type MessageFilter } from './hold.ts';
import type { Host } from './host.ts';
import { type LinkPolicy, RELIABLE } from './link-policy.ts';
import type { DropCause, Observers } from './observer.ts';
import { type Event, EventKind, type Scheduler } from './queue.ts';
import type { TraceHash } from './trace-hash.ts';
import { METHODS, type Reply, sizeInBytes } from './wire.ts';

interface Link {
  policy: LinkPolicy;
  cut: boolean;
  /** When the link has sent all that was given to it, in microseconds. */
  freeUs: number;
  /** For each method: how many requests of each term it has carried. */
  readonly carried: readonly Map<number, number>[];
}

/** The questions that chance answers about a message: the salts of its draws. */
const Salt = { latency: 1, loss: 2, duplicate: 3, delay: 4, delayTime: 5 } as const;
/** The domain of decisions about messages. */
const MESSAGES = 1;
const HEALING = 2;
/** A message to oneself does not leave the machine. */
const LOOPBACK_US = 10;

/** The links between servers: which messages arrive, when, and how often. */
export class Network {
  readonly #scheduler: Scheduler;
  readonly #chance: Chance;
  readonly #hash: TraceHash;
  readonly #observers: Observers;
  readonly #rpcTimeoutUs: number;
  readonly #size: number;
  readonly #decideFate: DecideFate | undefined;
  readonly #links: Link[] = [];
  readonly #holds: Hold[] = [];
  /** Arrivals that were held up: healing releases or loses them. */
  readonly #delayed = new Set<Event>();

  constructor(
    scheduler: Scheduler,
    chance: Chance,
    hash: TraceHash,
    observers: Observers,
    size: number,
    policy: LinkPolicy,
    rpcTimeoutUs: number,
    decideFate?: DecideFate,
  ) {
    this.#scheduler = scheduler;
    this.#chance = chance;
    this.#hash = hash;
    this.#observers = observers;
    this.#rpcTimeoutUs = rpcTimeoutUs;
    this.#size = size;
    this.#decideFate = decideFate;
    for (let i = 0; i < size * size; i++) {
      this.#links.push({ policy, cut: false, freeUs: 0, carried: METHODS.map(() => new Map()) });
    }
  }

  /** Changes how a link treats messages that are sent from now on. */
  setPolicy(from: Host, to: Host, policy: LinkPolicy): void {
    this.#link(from, to).policy = policy;
  }

  /** Cuts or mends one direction. What is under way still arrives. */
  setCut(from: Host, to: Host, cut: boolean): void {
    this.#link(from, to).cut = cut;
  }

  /** @returns whether messages sent now in this direction are lost */
  isCut(from: Host, to: Host): boolean {
    return this.#link(from, to).cut;
  }

  /** Begins to catch messages that match; a message is caught by the first hold that it matches. */
  hold(filter: MessageFilter): Hold {
    const hold = new Hold(this, filter);
    this.#holds.push(hold);
    return hold;
  }

  /** Ends every hold-up: each message that is delayed or held is released or lost, as chance decides. */
  settleDelayed(): void {
    for (const event of [...this.#delayed]) {
      event.cancelled = true;
      this.#settle(event.subject as Call, event.payload as Reply | undefined);
    }
    this.#delayed.clear();
    for (const hold of this.#holds) {
      hold.stop();
      for (const message of hold.messages) this.#settle(message.call, message.reply);
      hold.messages.length = 0;
    }
  }

  /** @returns how many requests of this method and term the link has carried */
  count(from: Host, to: Host, methodNumber: number, term: number): number {
    return next(this.#link(from, to).carried[methodNumber]!, term);
  }

  /** Sends a request on its way. */
  request(call: Call): void {
    this.#transmit(call, undefined, call.occurrence, call.sentUs);
  }

  /** Sends a reply on its way. */
  reply(call: Call, reply: Reply, sentUs: number): void {
    // Keyed by its request, so that a reply's fate does not hang on how many others there were.
    this.#transmit(call, reply, call.occurrence + (call.replies++ << 16), sentUs);
  }

  /** An arrival left the queue: it is no longer under way. */
  arrived(event: Event): void {
    if (this.#delayed.size > 0) this.#delayed.delete(event);
  }

  /** One of the ways on which a reply could come is closed, now or when a busy server comes to it. */
  drop(call: Call, phase: 'request' | 'reply', cause: DropCause, lostUs = this.#scheduler.nowUs): void {
    this.#observers.tell.messageDropped(call, phase, cause);
    this.#hash.number(-call.id);
    this.closePath(call, lostUs);
  }

  /** A reply will not come on this way; after the last one, the sender is told, once its timeout is over. */
  closePath(call: Call, lostUs: number): void {
    if (--call.paths > 0 || call.settled || !call.life.alive) return;
    const timeUs = Math.max(this.#scheduler.nowUs, lostUs, call.sentUs + this.#rpcTimeoutUs);
    this.#scheduler.schedule(timeUs, EventKind.unanswered, call.from, call.life, call);
  }

  /** Puts a held message back on its way. */
  deliverHeld(message: HeldMessage, copy: number): void {
    const { call, reply } = message;
    const bits = this.#bits(call, reply, call.occurrence + (copy << 16));
    const link = reply === undefined ? this.#link(call.from, call.to) : this.#link(call.to, call.from);
    this.#arrive(call, reply, this.#scheduler.nowUs + latencyUs(link.policy, bits));
  }

  #settle(call: Call, reply: Reply | undefined): void {
    const { methodNumber, occurrence } = call;
    const bits = this.#chance.bits(HEALING, this.#pair(call, reply), methodNumber, call.args.term, occurrence);
    if (unit(bits, Salt.loss) < 0.5) this.drop(call, reply === undefined ? 'request' : 'reply', 'healed');
    else this.#arrive(call, reply, this.#scheduler.nowUs + latencyUs(RELIABLE, bits));
  }

  #transmit(call: Call, reply: Reply | undefined, occurrence: number, sentUs: number): void {
    const [from, to, phase] =
      reply === undefined ? ([call.from, call.to, 'request'] as const) : ([call.to, call.from, 'reply'] as const);
    if (from === to) {
      this.#arrive(call, reply, sentUs + LOOPBACK_US);
      return;
    }
    const link = this.#link(from, to);
    if (this.#holds.length > 0 && this.#caught(call, reply, from, to)) return;
    if (link.cut) {
      this.drop(call, phase, 'cut', sentUs);
      return;
    }
    const { policy } = link;
    const bits = this.#bits(call, reply, occurrence);
    let lost = unit(bits, Salt.loss) < (reply === undefined ? policy.requestLoss : policy.replyLoss);
    const delayed = policy.delay > 0 && unit(bits, Salt.delay) < policy.delay;
    let lateUs = delayed ? Math.round(unit(bits, Salt.delayTime) * policy.delayMsMax * 1_000) : undefined;
    const repeats = reply === undefined && policy.duplication > 0;
    let onWayUs = latencyUs(policy, bits);
    let twice = repeats && unit(bits, Salt.duplicate) < policy.duplication;
    if (this.#decideFate !== undefined) {
      const key = messageKey(call, phase, occurrence >> 16);
      const fate = this.#decideFate(key, fateOf(lost, lateUs, twice), policy);
      lost = fate.lost === true;
      lateUs = fate.lateMs === undefined ? undefined : Math.round(fate.lateMs * 1_000);
      if (fate.latencyMs !== undefined) onWayUs = Math.round(fate.latencyMs * 1_000);
      twice = reply === undefined && fate.twice === true;
    }
    if (lost) {
      this.drop(call, phase, 'lost', sentUs);
      return;
    }
    const arrivesUs = this.#clearOfLinkUs(link, call, reply, sentUs) + onWayUs + (lateUs ?? 0);
    const event = this.#arrive(call, reply, arrivesUs);
    if (lateUs !== undefined) {
      this.#delayed.add(event);
      this.#observers.tell.messageDelayed(call, phase, arrivesUs);
    }
    if (twice) {
      call.paths++;
      this.#observers.tell.messageDuplicated(call, 'request');
      this.#arrive(call, reply, sentUs + latencyUs(policy, this.#bits(call, reply, occurrence + (1 << 16))));
    }
  }

  #arrive(call: Call, reply: Reply | undefined, timeUs: number): Event {
    return reply === undefined
      ? this.#scheduler.schedule(timeUs, EventKind.request, call.to, undefined, call)
      : this.#scheduler.schedule(timeUs, EventKind.reply, call.from, call.life, call, reply);
  }

  /** A link with limited bandwidth sends one message after the other. */
  #clearOfLinkUs(link: Link, call: Call, reply: Reply | undefined, sentUs: number): number {
    const rate = link.policy.bandwidthBytesPerMs;
    if (rate === undefined) return sentUs;
    const bytes = sizeInBytes(reply ?? call.args);
    link.freeUs = Math.max(link.freeUs, sentUs) + Math.ceil((bytes * 1_000) / rate);
    return link.freeUs;
  }

  #caught(call: Call, reply: Reply | undefined, from: Host, to: Host): boolean {
    const phase = reply === undefined ? 'request' : 'reply';
    for (const hold of this.#holds) {
      const { filter } = hold;
      if (!hold.catching) continue;
      if (filter.from !== undefined && filter.from !== from.id) continue;
      if (filter.to !== undefined && filter.to !== to.id) continue;
      if (filter.method !== undefined && filter.method !== call.method) continue;
      if (filter.phase !== undefined && filter.phase !== phase) continue;
      if (filter.when !== undefined && !filter.when(call, reply)) continue;
      hold.messages.push({ call, phase, reply });
      return true;
    }
    return false;
  }

  #bits(call: Call, reply: Reply | undefined, occurrence: number): number {
    return this.#chance.bits(MESSAGES, this.#pair(call, reply), call.methodNumber, call.args.term, occurrence);
  }

  #pair(call: Call, reply: Reply | undefined): number {
    return (call.from.index * this.#size + call.to.index) * 2 + (reply === undefined ? 0 : 1);
  }

  #link(from: Host, to: Host): Link {
    const link = this.#links[from.index * this.#size + to.index];
    if (link === undefined) throw new ContractError(`there is no link from ${from.id} to ${to.id}`);
    return link;
  }
}

/** A fate as data. What is lost is neither late nor doubled. */
function fateOf(lost: boolean, lateUs: number | undefined, twice: boolean): Fate {
  if (lost) return { lost };
  return { ...(lateUs === undefined ? {} : { lateMs: lateUs / 1_000 }), ...(twice ? { twice } : {}) };
}

function latencyUs(policy: LinkPolicy, bits: number): number {
  const { latencyMsMin, latencyMsMax } = policy;
  return Math.round((latencyMsMin + unit(bits, Salt.latency) * (latencyMsMax - latencyMsMin)) * 1_000);
}

function next(counts: Map<number, number>, term: number): number {
  const n = counts.get(term) ?? 0;
  counts.set(term, n + 1);
  return n;
}

import type { ServerId } from '#contract';
import type { DecideFate, Fate, LinkPolicy } from '#kernel';
import { type Edit, editedFate, editText, type MessageEdit, messageParts, type ServerEdit } from './edits.ts';
import type { Fault } from './faults.ts';

/** A message that a link does not simply deliver. */
export interface MessageFate extends Fate {
  /** Its causal key, for example `n1>n2 AppendEntries t3 #4`. */
  readonly message: string;
}

/** A command that a client offers to a server. */
export interface Offer {
  /** Virtual milliseconds since the start. */
  readonly atMs: number;
  readonly server: ServerId;
  readonly command: string;
}

/** What an adversary does to a cluster. */
export interface Disturbance {
  /** How many servers there are. */
  readonly servers: number;
  readonly faults: readonly Fault[];
  /** How long the faults last, in virtual milliseconds. */
  readonly forMs: number;
}

/** The choices of one run, as plain data: what is absent is left to chance. Each can be taken away, and leaves the others as they are. */
export interface Decisions extends Partial<Disturbance> {
  /** The messages that are lost, doubled or held up; all others arrive after their link's latency. */
  readonly messages?: readonly MessageFate[];
  /** The commands that clients offer while an adversary is at work. */
  readonly offers?: readonly Offer[];
  /** How long every message is on its way, as far as its link allows, in virtual milliseconds. */
  readonly latencyMs?: number;
  /** Servers that are never started. */
  readonly absent?: readonly ServerId[];
  /** What goes otherwise than all this, and chance, would have it. */
  readonly edits?: readonly Edit[];
}

/** Decides in place of chance what a run was given, and notes down everything that is decided. */
export class DecisionBook {
  readonly #given: Decisions;
  readonly #keep: boolean;
  readonly #fates: ReadonlyMap<string, MessageFate>;
  readonly #edits: ReadonlyMap<string, MessageEdit>;
  /** Servers that nothing reaches: whatever is sent to them is lost. */
  readonly deaf = new Set<ServerId>();
  readonly #unmet = new Set<string>();
  #disturbance: Disturbance | undefined;
  readonly #struck: Fault[] = [];
  readonly #messages: MessageFate[] = [];
  readonly #offers: Offer[] = [];

  /** @param keep - also note down what becomes of messages, which costs time */
  constructor(given: Decisions = {}, keep = false) {
    this.#given = given;
    this.#keep = keep;
    this.#fates = new Map((given.messages ?? []).map((fate) => [fate.message, fate]));
    for (const { message } of given.messages ?? []) this.#unmet.add(message);
    for (const offer of given.offers ?? []) this.#unmet.add(nameOf(offer));
    const edits = given.edits ?? [];
    this.#edits = new Map(edits.flatMap((edit) => ('message' in edit ? [[edit.message, edit] as const] : [])));
    for (const edit of edits) this.#unmet.add(editText(edit));
  }

  /**
   * For the world, when it must ask.
   *
   * @param nowMs - tells the time at which a server sends what it is about to send, in virtual milliseconds
   */
  decideFate(nowMs: (server: ServerId) => number): DecideFate | undefined {
    const { messages, latencyMs, edits = [] } = this.#given;
    if (messages === undefined && latencyMs === undefined && edits.length === 0 && !this.#keep) return undefined;
    return (message, drawn, policy) => {
      this.#unmet.delete(message);
      const given = this.#fates.get(message) ?? CALM;
      const fate = this.#edited(
        message,
        messages === undefined ? drawn : given === CALM ? CALM : within(policy, given),
        nowMs,
      );
      if (this.#keep && isTrouble(fate)) this.#messages.push({ ...fate, message });
      if (latencyMs === undefined) return fate;
      // What an edit says of this very message goes before what is said of all.
      return { latencyMs: Math.max(policy.latencyMsMin, Math.min(policy.latencyMsMax, latencyMs)), ...fate };
    };
  }

  #edited(message: string, fate: Fate, nowMs: (server: ServerId) => number): Fate {
    const edit = this.#edits.get(message);
    if (edit !== undefined) {
      this.#unmet.delete(editText(edit));
      return editedFate(fate, edit, nowMs(messageParts(message).from));
    }
    return this.deaf.size > 0 && this.deaf.has(messageParts(message).to) ? { lost: true } : fate;
  }

  /** What to do to servers besides. */
  get serverEdits(): readonly ServerEdit[] {
    return (this.#given.edits ?? []).flatMap((edit) => ('server' in edit ? [edit] : []));
  }

  /** An edit of a server was made. */
  made(edit: ServerEdit): void {
    this.#unmet.delete(editText(edit));
  }

  /** Servers not to start. */
  get absent(): readonly ServerId[] {
    return this.#given.absent ?? [];
  }

  /** The commands to offer, when that is decided. */
  get offers(): readonly Offer[] | undefined {
    return this.#given.offers;
  }

  /** @returns what an adversary shall do, given what was drawn for it */
  disturbance(drawn: Disturbance): Disturbance {
    const { servers = drawn.servers, faults = drawn.faults, forMs = drawn.forMs } = this.#given;
    this.#disturbance = { servers, faults, forMs };
    return this.#disturbance;
  }

  /** A fault strikes. @param fault - with the server that it hits */
  struck(fault: Fault): void {
    this.#struck.push(fault);
  }

  /** A client offers a command. */
  offered(offer: Offer): void {
    this.#unmet.delete(nameOf(offer));
    this.#offers.push(offer);
  }

  /** Everything that was decided so far. Of the faults only those that have struck, each with the server that it hit. */
  get taken(): Decisions {
    return {
      ...(this.#disturbance === undefined ? {} : { ...this.#disturbance, faults: this.#struck }),
      ...(this.#keep ? { messages: this.#messages } : {}),
      ...(this.#offers.length > 0 ? { offers: this.#offers } : {}),
    };
  }

  /** Given decisions that never came up, in words. */
  get unmet(): readonly string[] {
    return [...this.#unmet];
  }
}

const CALM: Fate = {};

/** Only what a link can do anyway: a run from decisions asks no more of a server than one that chance made. */
function within(policy: LinkPolicy, { lost, twice, lateMs }: Fate): Fate {
  const lossy = policy.requestLoss > 0 || policy.replyLoss > 0;
  return {
    ...(lost === true && lossy ? { lost } : {}),
    ...(twice === true && policy.duplication > 0 ? { twice } : {}),
    ...(lateMs !== undefined && policy.delay > 0 ? { lateMs } : {}),
  };
}

function isTrouble({ lost, twice, lateMs }: Fate): boolean {
  return lost === true || twice === true || lateMs !== undefined;
}

function nameOf({ command, server }: Offer): string {
  return `${command} offered to ${server}`;
}

import type { Host, Life } from './host.ts';
import { type Args, METHODS, type Method, type Reply } from './wire.ts';

/** A request on its way, and what became of it. */
export class Call {
  /** Number of the request within its run, from 1. */
  readonly id: number;
  readonly from: Host;
  readonly to: Host;
  readonly method: Method;
  /** The method's place in {@link METHODS}. */
  readonly methodNumber: number;
  readonly args: Args;
  /** When it left, in microseconds. */
  readonly sentUs: number;
  /** The step in which it left. */
  readonly sentStep: number;
  /** How many requests of the same link, method and term went before it: with them, its causal key. */
  readonly occurrence: number;
  /** The incarnation that sent it. */
  readonly life: Life;
  /** Resolves the sender's promise. */
  readonly resolve: (reply: Reply | undefined) => void;
  /** Ways on which a reply may still come: copies under way, handlers at work, replies under way. */
  paths = 1;
  /** Replies that were sent: more than one when the request came twice. */
  replies = 0;
  /** The sender has its reply, or knows that none will come. */
  settled = false;

  constructor(
    id: number,
    life: Life,
    to: Host,
    methodNumber: number,
    args: Args,
    sentUs: number,
    sentStep: number,
    occurrence: number,
    resolve: (reply: Reply | undefined) => void,
  ) {
    this.id = id;
    this.life = life;
    this.from = life.host;
    this.to = to;
    this.methodNumber = methodNumber;
    this.method = METHODS[methodNumber]!;
    this.args = args;
    this.sentUs = sentUs;
    this.sentStep = sentStep;
    this.occurrence = occurrence;
    this.resolve = resolve;
  }
}

import type { ServerId } from '#contract';
import type { Call } from './call.ts';
import type { Network } from './network.ts';
import type { Method, Reply } from './wire.ts';

/** A message that a test took out of the network. */
export interface HeldMessage {
  readonly call: Call;
  readonly phase: 'request' | 'reply';
  /** The reply, when it is one. */
  readonly reply: Reply | undefined;
}

/** Which messages to hold; what is absent matches everything. */
export interface MessageFilter {
  readonly from?: ServerId;
  readonly to?: ServerId;
  readonly method?: Method;
  readonly phase?: 'request' | 'reply';
  /** A further condition. */
  readonly when?: (call: Call, reply: Reply | undefined) => boolean;
}

/** A trap for messages that match a filter. `from` and `to` of a reply are those of the reply's own way. */
export class Hold {
  readonly filter: MessageFilter;
  /** What has been caught and not released, oldest first. */
  readonly messages: HeldMessage[] = [];
  readonly #network: Network;
  #open = true;

  constructor(network: Network, filter: MessageFilter) {
    this.#network = network;
    this.filter = filter;
  }

  /** Whether it still catches. */
  get catching(): boolean {
    return this.#open;
  }

  /** Catches no more; what it has, it keeps. */
  stop(): void {
    this.#open = false;
  }

  /** Lets the messages go (all, or those chosen); they arrive after their link's latency. */
  release(choose: (message: HeldMessage) => boolean = () => true): number {
    const chosen = this.#take(choose);
    for (const message of chosen) this.#network.deliverHeld(message, 0);
    return chosen.length;
  }

  /** Delivers a further copy of each held request, and keeps the original. */
  duplicate(): void {
    for (const message of this.messages) {
      if (message.phase !== 'request') continue;
      message.call.paths++;
      this.#network.deliverHeld(message, 1);
    }
  }

  /** Loses the messages (all, or those chosen). */
  drop(choose: (message: HeldMessage) => boolean = () => true): void {
    for (const message of this.#take(choose)) this.#network.drop(message.call, message.phase, 'dropped');
  }

  #take(choose: (message: HeldMessage) => boolean): HeldMessage[] {
    const chosen = this.messages.filter(choose);
    for (const message of chosen) this.messages.splice(this.messages.indexOf(message), 1);
    return chosen;
  }
}

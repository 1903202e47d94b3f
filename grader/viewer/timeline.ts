import type { Trace, TraceEvent, TraceMessage } from '#scenario';

/** All that happened to one server, or to the world, in one step: a row of the diagram. */
export interface Moment {
  readonly step: number;
  /** Virtual milliseconds. */
  readonly at: number;
  /** Place of the server among the trace's nodes; `-1` for the world. */
  readonly lane: number;
  /** Places of its events. */
  readonly first: number;
  readonly last: number;
}

/** A message on its way, between two moments. */
export interface Arrow {
  readonly data: TraceMessage;
  readonly fromLane: number;
  readonly toLane: number;
  /** Moment of the sending. */
  readonly sent: number;
  /** Moment of its arrival or loss; `-1`: still under way at the end. */
  readonly ends: number;
  readonly fate: 'delivered' | 'lost' | 'under way';
  /** Place of the event that sent it. */
  readonly sendEvent: number;
  /** Place of the event that ended it, or `-1`. */
  readonly endEvent: number;
}

/** A trace's rows and arrows, and what came before what. */
export class Timeline {
  readonly trace: Trace;
  readonly moments: readonly Moment[];
  readonly arrows: readonly Arrow[];
  /** For each event, its moment. */
  readonly momentOf: Int32Array;
  /** For each moment and lane: how many moments of that lane came before it or are it, as far as messages tell. */
  readonly #clocks: Int32Array;
  /** For each moment: its number on its lane, from 1. */
  readonly #turns: Int32Array;
  /** For each event that sends or ends a message: its arrow. */
  readonly #arrowOf = new Map<number, Arrow>();

  constructor(trace: Trace) {
    this.trace = trace;
    this.momentOf = new Int32Array(trace.events.length);
    this.moments = this.#split();
    this.arrows = this.#connect();
    this.#clocks = new Int32Array(this.moments.length * trace.nodes.length);
    this.#turns = new Int32Array(this.moments.length);
    this.#order();
  }

  /** The events of a moment. */
  events(moment: number): readonly TraceEvent[] {
    const { first, last } = this.moments[moment]!;
    return this.trace.events.slice(first, last + 1);
  }

  /** The message that an event sends or ends. */
  arrow(event: number): Arrow | undefined {
    return this.#arrowOf.get(event);
  }

  /** @returns the first moment at a step or behind it; the last one when there is none */
  momentAtStep(step: number): number {
    const found = this.moments.findIndex((moment) => moment.step >= step);
    return found < 0 ? this.moments.length - 1 : found;
  }

  /** @returns whether one moment could have led to another, or is it */
  isCause(moment: number, of: number): boolean {
    const { lane } = this.moments[moment]!;
    if (moment === of) return true;
    return lane >= 0 && this.#turns[moment]! <= this.#clocks[of * this.trace.nodes.length + lane]!;
  }

  /** @returns a moment's vector clock: for each server, how many of its moments it can know of */
  clock(moment: number): readonly number[] {
    const { length } = this.trace.nodes;
    return [...this.#clocks.subarray(moment * length, (moment + 1) * length)];
  }

  #split(): Moment[] {
    const moments: Moment[] = [];
    for (const [place, { step, at, node }] of this.trace.events.entries()) {
      const lane = node === undefined ? -1 : this.trace.nodes.indexOf(node);
      const last = moments.at(-1);
      if (last?.step === step && last.at === at && last.lane === lane && lane >= 0) {
        moments[moments.length - 1] = { ...last, last: place };
      } else {
        moments.push({ step, at, lane, first: place, last: place });
      }
      this.momentOf[place] = moments.length - 1;
    }
    return moments;
  }

  #connect(): Arrow[] {
    const arrows: Arrow[] = [];
    const sends = new Map<number, number>();
    const ended = new Set<number>();
    const add = (sendEvent: number, endEvent: number, fate: Arrow['fate']): void => {
      const { data } = this.trace.events[sendEvent] as TraceEvent<'send'>;
      const [fromLane, toLane] = [this.trace.nodes.indexOf(data.from), this.trace.nodes.indexOf(data.to)];
      const [sent, ends] = [this.momentOf[sendEvent]!, endEvent < 0 ? -1 : this.momentOf[endEvent]!];
      const arrow: Arrow = { data, fromLane, toLane, sent, ends, fate, sendEvent, endEvent };
      arrows.push(arrow);
      if (!this.#arrowOf.has(sendEvent)) this.#arrowOf.set(sendEvent, arrow);
      if (endEvent >= 0) this.#arrowOf.set(endEvent, arrow);
    };
    for (const [place, event] of this.trace.events.entries()) {
      if (event.kind === 'send') sends.set(event.data.message, place);
      if (event.kind !== 'deliver' && event.kind !== 'drop') continue;
      const sent = sends.get(event.data.message);
      // Sent before the trace's window began.
      if (sent === undefined) continue;
      ended.add(event.data.message);
      add(sent, place, event.kind === 'drop' ? 'lost' : 'delivered');
    }
    for (const [message, place] of sends) if (!ended.has(message)) add(place, -1, 'under way');
    return arrows;
  }

  /** Vector clocks: a moment knows all that its server knew before, and all that its messages' senders knew. */
  #order(): void {
    const { length } = this.trace.nodes;
    const arrivals = new Map<number, number[]>();
    for (const { fate, sent, ends } of this.arrows) {
      if (fate === 'delivered') arrivals.set(ends, [...(arrivals.get(ends) ?? []), sent]);
    }
    const latest = new Int32Array(length).fill(-1);
    for (const [moment, { lane }] of this.moments.entries()) {
      if (lane < 0) continue;
      const clock = this.#clocks.subarray(moment * length, (moment + 1) * length);
      for (const cause of [latest[lane]!, ...(arrivals.get(moment) ?? [])]) {
        if (cause < 0) continue;
        for (let n = 0; n < length; n++) clock[n] = Math.max(clock[n]!, this.#clocks[cause * length + n]!);
      }
      clock[lane]! += 1;
      this.#turns[moment] = clock[lane]!;
      latest[lane] = moment;
    }
  }
}

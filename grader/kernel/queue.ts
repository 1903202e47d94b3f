import TinyQueue from 'tinyqueue';
import type { Host, Life } from './host.ts';

/** What an event in the queue does when its time comes. */
export const EventKind = {
  start: 1,
  timer: 2,
  request: 3,
  reply: 4,
  unanswered: 5,
  flushed: 6,
  invoke: 7,
  action: 8,
} as const;

/** One of {@link EventKind}'s values. */
export type EventKind = (typeof EventKind)[keyof typeof EventKind];

/** Something that will happen. Records of one shape, so that the queue stays fast. */
export class Event {
  /** When, in microseconds since the start of the run. Moved when the server is busy at that time. */
  timeUs: number;
  /** When it was due at first: events that were put off to the same time happen in the order in which they came. */
  readonly dueUs: number;
  /** Order among events that were due at the same time. */
  readonly sequence: number;
  readonly kind: EventKind;
  /** The server that it happens to; absent for the world's own actions. */
  readonly host: Host | undefined;
  /** The life of that server that it belongs to; a later incarnation must not see it. Absent for requests. */
  readonly life: Life | undefined;
  /** What it is about: a timer, a call, a function. */
  readonly subject: unknown;
  /** A reply that arrives. */
  readonly payload: unknown;
  /** Set instead of searching the queue. */
  cancelled = false;

  constructor(
    timeUs: number,
    sequence: number,
    kind: EventKind,
    host: Host | undefined,
    life: Life | undefined,
    subject: unknown,
    payload: unknown,
    dueUs = timeUs,
  ) {
    this.timeUs = timeUs;
    this.dueUs = dueUs;
    this.sequence = sequence;
    this.kind = kind;
    this.host = host;
    this.life = life;
    this.subject = subject;
    this.payload = payload;
  }
}

/** Puts events into the world's queue. */
export interface Scheduler {
  /** The world's time, in microseconds. */
  readonly nowUs: number;
  /** Adds an event. */
  schedule(
    timeUs: number,
    kind: EventKind,
    host: Host | undefined,
    life: Life | undefined,
    subject: unknown,
    payload?: unknown,
  ): Event;
}

/** The events to come, earliest first; among equals, those that were put off, and then the one scheduled first. */
export function createQueue(): TinyQueue<Event> {
  return new TinyQueue<Event>([], (a, b) => a.timeUs - b.timeUs || a.dueUs - b.dueUs || a.sequence - b.sequence);
}

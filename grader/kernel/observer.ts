import type { LogEntry, ProposeResult, ServerId, Snapshot, Status } from '#contract';
import type { Call } from './call.ts';
import type { Write } from './disk.ts';
import type { Host } from './host.ts';
import type { Reply } from './wire.ts';

/** Why a message did not arrive. */
export type DropCause = 'lost' | 'cut' | 'down' | 'dropped' | 'healed';

/** What a piece of a server's code was doing when it threw. */
export type Activity =
  | 'the constructor'
  | 'start()'
  | 'status()'
  | 'a timer'
  | 'one event'
  | 'a promise that nobody awaited'
  | `on${string}`
  | `${string}()`;

/**
 * Sees what happens in a world, in order. The world does not know what its observers make of it: checkers, recorders and
 * counters are all observers. Whatever they are given, they only read.
 */
export interface Observer {
  /** A server begins a life: its disk is there, its code has not run. */
  booted?(host: Host): void;
  /** A server died. Its disk has lost what it loses. */
  crashed?(host: Host, lostWrites: number): void;
  /** A server's code ran, and all that it started has come to rest. */
  stepped?(host: Host, status: Status, previous: Status | undefined): void;
  /** The world's step is over: every observer has seen `stepped`. */
  stepEnded?(): void;
  /** A request left its sender. */
  requestSent?(call: Call): void;
  /** A request (or a copy of it) reached a server that is up, which has not handled it yet. */
  requestArrived?(call: Call): void;
  /** A reply left the server that handled the request. */
  replySent?(call: Call, reply: Reply): void;
  /** A reply reached the server that asked, which has not seen it yet. */
  replyArrived?(call: Call, reply: Reply): void;
  /** The sender was told that no reply will come. */
  unanswered?(call: Call): void;
  /** A message, or a copy of one, will not arrive. */
  messageDropped?(call: Call, phase: 'request' | 'reply', cause: DropCause): void;
  /** A message takes longer than its link's latency. */
  messageDelayed?(call: Call, phase: 'request' | 'reply', arrivesUs: number): void;
  /** A message was put into the network twice. */
  messageDuplicated?(call: Call, phase: 'request'): void;
  /** A server's timer fired, which was set in a step before. */
  timerFired?(host: Host, setStep: number): void;
  /** A server wrote to its disk; nothing is durable yet. */
  written?(host: Host, write: Write): void;
  /** Writes became durable. */
  flushed?(host: Host, writes: readonly Write[]): void;
  /** A server gave something to its state machine. */
  applied?(host: Host, item: LogEntry | Snapshot): void;
  /** A client is about to offer a command. */
  offered?(host: Host, command: string): void;
  /** A client's or operator's call returned. */
  proposed?(host: Host, command: string | undefined, result: ProposeResult): void;
  /** A state machine gives a server a snapshot of everything that it has applied up to an index. */
  compacted?(host: Host, index: number, data: string): void;
  /** A server wrote a line into the story. */
  logged?(host: Host, topic: string, text: string): void;
  /** A server's code threw. With no failure reported by any observer, the world ends with the error itself. */
  threw?(host: Host, error: unknown, activity: Activity): void;
  /** Something was done to the world: a partition, a pause, a change of a link. */
  disturbed?(text: string, servers: readonly ServerId[]): void;
}

/** The names of what an observer can see. */
export type Observation = keyof Observer;

/** An observer itself threw: a fault of the kit, whosever code ran at that moment. */
export class ObserverFault extends Error {
  override readonly name = 'ObserverFault';

  /** @param cause - what it threw */
  constructor(cause: unknown) {
    super('an observer of the world threw', { cause });
  }
}

/** Calls observers; asks each once which observations it takes, so that the others cost nothing. */
export class Observers {
  /** Passes an observation on to all that take it. */
  readonly tell: Required<Observer>;
  readonly #takers = new Map<Observation, Take[]>();

  /** @param onFault - told what an observer threw, which must not look like an error of the code that it observes */
  constructor(onFault: (fault: ObserverFault) => void) {
    for (const name of OBSERVATIONS) this.#takers.set(name, []);
    const channels = [...this.#takers].map(([name, takers]) => [name, channel(takers, onFault)] as const);
    this.tell = Object.fromEntries(channels) as unknown as Required<Observer>;
  }

  /** Adds an observer behind the others. */
  add(observer: Observer): void {
    for (const [name, takers] of this.#takers) {
      // `in` finds methods of classes too, which Object.keys does not.
      if (name in observer) takers.push((observer[name] as Take).bind(observer));
    }
  }
}

/** What is common to all observations: no more than three things are told. */
type Take = (a: unknown, b: unknown, c: unknown) => void;

function channel(takers: readonly Take[], onFault: (fault: ObserverFault) => void): Take {
  return (a, b, c) => {
    for (const take of takers) {
      try {
        take(a, b, c);
      } catch (error) {
        onFault(new ObserverFault(error));
      }
    }
  };
}

const OBSERVATIONS: readonly Observation[] = [
  'booted',
  'crashed',
  'stepped',
  'stepEnded',
  'requestSent',
  'requestArrived',
  'replySent',
  'replyArrived',
  'unanswered',
  'messageDropped',
  'messageDelayed',
  'messageDuplicated',
  'timerFired',
  'written',
  'flushed',
  'applied',
  'offered',
  'proposed',
  'compacted',
  'logged',
  'threw',
  'disturbed',
];

import type { Configuration, RaftConstructor, RaftServer, ServerId, Status } from '#contract';
import type { Call } from './call.ts';
import { Disk } from './disk.ts';
import type { Event } from './queue.ts';

/** What a server's work costs, in microseconds of its time. While it works it does nothing else. */
export interface Costs {
  /** One flush. */
  readonly flushUs: number;
  /** Sending or receiving one message. */
  readonly messageUs: number;
}

/** Everything is free, as in labs 1 to 5. */
export const FREE: Costs = { flushUs: 0, messageUs: 0 };

/** A running timer. */
export interface TimerRecord {
  readonly callback: () => void | Promise<void>;
  /** 0: fires once. */
  readonly periodUs: number;
  /** The step in which it was set. */
  readonly setStep: number;
  event: Event;
}

/** One incarnation of a server: from a boot to the next crash. */
export class Life {
  readonly host: Host;
  /** 1 for the first. */
  readonly number: number;
  /** Once false, the code's effects do nothing and its promises never resolve. */
  alive = true;
  /** Effects so far: sends, replies, writes, flushes, applies. */
  effects = 0;
  /** The effect at which the server dies: that one and all later ones do not happen. 0: none. */
  diesAtEffect = 0;
  /** How many of the unflushed writes the death at that effect keeps; `undefined`: as chance decides. */
  keepWrites: number | undefined;
  /** Its code; absent until the constructor has returned. */
  server: RaftServer | undefined;
  readonly timers = new Map<number, TimerRecord>();
  /** Requests, and how many handlers of each have not settled: two when it came twice. */
  readonly handling = new Map<Call, number>();
  /** Requests of this server that wait for a reply. */
  outstanding = 0;
  lastTimer = 0;

  constructor(host: Host, number: number) {
    this.host = host;
    this.number = number;
  }

  /** A handler of a request begins. */
  handlerBegins(call: Call): void {
    this.handling.set(call, (this.handling.get(call) ?? 0) + 1);
  }

  /** A handler of a request has settled. @returns whether that was still awaited */
  handlerEnds(call: Call): boolean {
    const running = this.handling.get(call);
    if (running === undefined) return false;
    if (running === 1) this.handling.delete(call);
    else this.handling.set(call, running - 1);
    return true;
  }

  /** Counts an effect. @returns whether it happens: not after death, and not when this is the effect to die at */
  effect(): boolean {
    if (!this.alive) return false;
    this.effects++;
    if (this.effects !== this.diesAtEffect) return true;
    this.alive = false;
    return false;
  }
}

/** How to make one server. */
export interface HostOptions {
  readonly id: ServerId;
  /** The configuration that it is told at every start. */
  readonly bootstrap: Configuration;
  /** Gives the class to construct for the next incarnation. */
  readonly load: () => RaftConstructor;
  /** A stand-in driven by a test: its status and votes are not judged. */
  readonly scripted?: boolean;
  readonly costs?: Costs;
}

/** A server's place in the world: its disk, its clock and, while it is up, its life. */
export class Host {
  readonly id: ServerId;
  /** Place in the world's list of servers, from 0. */
  readonly index: number;
  readonly bootstrap: Configuration;
  /** Gives the class to construct for the next incarnation. */
  readonly load: () => RaftConstructor;
  readonly scripted: boolean;
  readonly disk = new Disk();
  costs: Costs;
  /** The present life; `undefined` while it is down. */
  life: Life | undefined;
  /** Lives so far. */
  incarnation = 0;
  /** While paused it handles nothing; events wait. */
  paused = false;
  /** Events that wait for the end of a pause. */
  readonly parked: Event[] = [];
  /** The server's time in the step under way, in microseconds of the world: it moves ahead while the server is busy. */
  nowUs = 0;
  /** Until then the server is busy. */
  busyUntilUs = 0;
  /** What it said of itself after the last step. Cleared by a crash. */
  status: Status | undefined;
  /** Numbers that `env.random()` returns before the stream goes on. */
  readonly scriptedRandom: number[] = [];
  #clockRate = 1;
  #clockBaseUs = 0;
  #clockSetUs = 0;

  constructor(index: number, options: HostOptions) {
    this.index = index;
    this.id = options.id;
    this.bootstrap = options.bootstrap;
    this.load = options.load;
    this.scripted = options.scripted ?? false;
    this.costs = options.costs ?? FREE;
  }

  /** Whether it runs, paused or not. */
  get up(): boolean {
    return this.life !== undefined;
  }

  /** The server's own clock, in microseconds. */
  get clockUs(): number {
    return this.#clockBaseUs + (this.nowUs - this.#clockSetUs) * this.#clockRate;
  }

  /** How fast the server's clock runs: 1 is true time. Timers that are set from now on follow it. */
  get clockRate(): number {
    return this.#clockRate;
  }

  /** Sets the clock's rate, and moves it by a jump. Timers that run already are not moved. */
  setClock(rate: number, jumpUs: number): void {
    this.#clockBaseUs = this.clockUs + jumpUs;
    this.#clockSetUs = this.nowUs;
    this.#clockRate = rate;
  }

  /** Works for so long. */
  spend(us: number): void {
    this.nowUs += us;
  }
}

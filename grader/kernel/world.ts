import type TinyQueue from 'tinyqueue';
import { ContractError, type ProposeResult, type RaftServer, type ServerId, type Timing } from '#contract';
import type { Call } from './call.ts';
import { Chance } from './chance.ts';
import type { Surroundings } from './environment.ts';
import { EventBudget } from './event-budget.ts';
import { Host, type Life } from './host.ts';
import { RELIABLE } from './link-policy.ts';
import { Lives } from './lives.ts';
import { Network } from './network.ts';
import { type Activity, Observers } from './observer.ts';
import { type CrashOptions, DEFAULT_TIMING, type WorldOptions } from './options.ts';
import { createQueue, Event, EventKind } from './queue.ts';
import { RunEnded } from './run-ended.ts';
import { ServerCode } from './server-code.ts';
import { TraceHash } from './trace-hash.ts';
import { deepFreeze, faultInProposeResult, type Reply } from './wire.ts';

/** Stands before all that was put off to the same time. */
const FIRST_US = -1;

/**
 * A simulated cluster: time, chance, network and disks. A run is a function of the code, the seed and what is done to the
 * world. One event at a time; behind each, every microtask that it started finishes before the next.
 */
export class World implements Surroundings {
  readonly seed: number;
  readonly timing: Timing;
  readonly network: Network;
  readonly observers: Observers;
  readonly hash = new TraceHash();
  readonly hosts: readonly Host[];
  /** Draws for whoever disturbs the world. */
  readonly chance: Chance;
  /** Time since the start, in microseconds. */
  nowUs = 0;
  /** Events handled so far. */
  step = 0;
  /** The server that ran last. */
  lastRun: Host | undefined;
  /** The server whose step is under way. */
  stepping: Host | undefined;
  readonly #options: WorldOptions;
  readonly #queue: TinyQueue<Event> = createQueue();
  readonly #byId = new Map<ServerId, Host>();
  readonly #code = new ServerCode(this, (reason) => this.end(reason));
  readonly #lives = new Lives(this);
  readonly #budget: EventBudget;
  #sequence = 0;
  #calls = 0;
  #running = false;
  #ended: RunEnded | undefined;
  #turnEvery: number;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#budget = new EventBudget(options.stepsMax);
    this.seed = options.seed;
    this.timing = Object.freeze({ ...DEFAULT_TIMING, ...options.timing });
    this.chance = new Chance(options.seed);
    this.observers = new Observers((fault) => this.end(fault));
    for (const observer of options.observers ?? []) this.observers.add(observer);
    this.hosts = options.servers.map(
      (server, index) => new Host(index, { ...server, bootstrap: deepFreeze(server.bootstrap) }),
    );
    for (const host of this.hosts) this.#byId.set(host.id, host);
    const link = options.link ?? RELIABLE;
    const rpcTimeoutUs = this.timing.rpcTimeoutMs * 1_000;
    this.network = new Network(
      this,
      this.chance,
      this.hash,
      this.observers,
      this.hosts.length,
      link,
      rpcTimeoutUs,
      options.decideFate,
    );
    this.#turnEvery = options.turn === undefined ? Number.POSITIVE_INFINITY : (options.turnEverySteps ?? 4_096);
  }

  /** Time since the start, in milliseconds. */
  get nowMs(): number {
    return this.nowUs / 1_000;
  }

  /** @throws `ContractError` when there is no such server */
  host(id: ServerId): Host {
    const host = this.#byId.get(id);
    if (host === undefined)
      throw new ContractError(
        `there is no server ${JSON.stringify(id)}; there are ${[...this.#byId.keys()].join(', ')}`,
      );
    return host;
  }

  nextCallId(): number {
    return ++this.#calls;
  }

  schedule(
    timeUs: number,
    kind: EventKind,
    host: Host | undefined,
    life: Life | undefined,
    subject: unknown,
    payload?: unknown,
  ): Event {
    const event = new Event(timeUs, ++this.#sequence, kind, host, life, subject, payload);
    this.#queue.push(event);
    return event;
  }

  /** Adds an action before all else that is due, or was put off, to that time. */
  scheduleFirst(timeUs: number, action: () => void): void {
    const { action: kind } = EventKind;
    this.#queue.push(new Event(timeUs, ++this.#sequence, kind, undefined, undefined, action, undefined, FIRST_US));
  }

  /** Puts an event back that was taken out of the queue. */
  requeue(event: Event): void {
    this.#queue.push(event);
  }

  /** Does something to the world later: a fault, a client's call. */
  at(timeUs: number, action: () => void): void {
    this.schedule(Math.max(timeUs, this.nowUs), EventKind.action, undefined, undefined, action);
  }

  /** Ends the run with a report; only the first counts. */
  end(reason: unknown): void {
    this.#ended ??= new RunEnded(reason);
  }

  /** Starts a server that is down, over the disk that it left; one that is about to crash, after that. */
  boot(id: ServerId): void {
    this.#lives.boot(this.host(id));
  }

  /** Ends a server's life: at once, when its busy time ends, or at an effect to come. */
  crash(id: ServerId, options: CrashOptions = {}): void {
    this.#lives.crash(this.host(id), options);
  }

  /** Stops a server's handling of events, without its noticing; its clock goes on. Acts when its busy time ends. */
  pause(id: ServerId): void {
    this.#lives.pause(this.host(id));
  }

  /** Lets a paused server handle what came in the meantime, in the order in which it came. */
  resume(id: ServerId): void {
    this.#lives.resume(this.host(id));
  }

  /**
   * Makes a server's disk fail for good, until the next restart.
   *
   * @param after - calls of that kind that still succeed
   * @param kind - what fails first: a write, or a flush, for which the writes have all been taken
   */
  failDisk(id: ServerId, after: number, kind: 'write' | 'flush' = 'write'): void {
    this.host(id).disk.failure = { kind, after };
    // The error may escape through a promise that nobody awaits, and must stop the server in the step in which it arose.
    if (this.#options.turn !== undefined) this.#turnEvery = 1;
  }

  /** Sets a server's clock: its rate (1 is true time) and a jump, in milliseconds. */
  setClock(id: ServerId, rate: number, jumpMs = 0): void {
    const host = this.host(id);
    host.nowUs = Math.max(host.nowUs, this.nowUs);
    host.setClock(rate, jumpMs * 1_000);
  }

  /**
   * Runs one of the methods for clients and operators, as an event of its own.
   *
   * @param done - gets the answer, in the same step
   */
  invoke(
    id: ServerId,
    name: string,
    call: (server: RaftServer) => ProposeResult | void,
    command?: string,
    done?: (result: ProposeResult) => void,
  ): void {
    const host = this.host(id);
    const { life } = host;
    if (life === undefined) return;
    const subject = (server: RaftServer): void => {
      if (command !== undefined) this.observers.tell.offered(host, command);
      const result = call(server);
      if (result === undefined) return;
      const fault = faultInProposeResult(result);
      if (fault !== undefined) throw new ContractError(`${name}: ${fault}`);
      this.hash.number(result.accepted ? result.index : -1);
      // A server that died on the way has told its client nothing.
      if (!life.alive) return;
      this.observers.tell.proposed(host, command, result);
      done?.(result);
    };
    this.schedule(this.nowUs, EventKind.invoke, host, life, subject, name);
  }

  /** Gives a server a snapshot of its state machine, as an event of its own. */
  compact(id: ServerId, index: number, data: string): void {
    const host = this.host(id);
    this.invoke(id, 'compact', (server) => {
      this.observers.tell.compacted(host, index, data);
      server.compact(index, data);
    });
  }

  /** Tells the observers what was done to the world. */
  disturb(text: string, servers: readonly ServerId[]): void {
    this.hash.text(text);
    this.observers.tell.disturbed(text, servers);
  }

  /** A promise was rejected and nobody had handled it. Exact to the step only with `turnEverySteps: 1`. */
  unhandled(error: unknown): void {
    const host = this.lastRun;
    // Code that goes on after its death is nobody's fault.
    if (host === undefined || host.life?.alive === false) return;
    this.#code.threw(host, error, 'a promise that nobody awaited');
  }

  /**
   * Handles events until a condition holds, or until there is none left at or before a time.
   *
   * @param untilMs - the last time, in virtual milliseconds since the start of the run
   * @returns whether the condition came to hold
   * @throws {@link RunEnded} when an observer reported a failure or a server's code threw
   */
  async run(untilMs: number, until?: () => boolean): Promise<boolean> {
    if (this.#running) throw new Error('the world runs already: one story at a time');
    this.#running = true;
    try {
      return await this.#run(Math.round(untilMs * 1_000), until);
    } finally {
      this.#running = false;
    }
  }

  async #run(untilUs: number, until: (() => boolean) | undefined): Promise<boolean> {
    const queue = this.#queue;
    const { drain, turn, onHash } = this.#options;
    if (this.#ended !== undefined) throw this.#ended;
    if (until?.() === true) return true;
    for (;;) {
      const event = queue.peek();
      if (event === undefined || event.timeUs > untilUs) break;
      queue.pop();
      if (event.cancelled || !this.#admit(event)) continue;
      this.#begin(event);
      this.#perform(event);
      await drain();
      if (this.step % this.#turnEvery === 0) await turn!();
      this.#finish(event);
      onHash?.(this.step, this.hash.digest());
      if (this.#ended !== undefined) throw this.#ended;
      if (until?.() === true) return true;
    }
    if (Number.isFinite(untilUs)) this.nowUs = Math.max(this.nowUs, untilUs);
    if (turn !== undefined) await turn();
    if (this.#ended !== undefined) throw this.#ended;
    return false;
  }

  /** Lets the event loop turn, so that what a test left behind still counts. @throws {@link RunEnded} as {@link run} does */
  async settle(): Promise<void> {
    await this.#options.turn?.();
    if (this.#ended !== undefined) throw this.#ended;
  }

  /** @returns whether the event can happen now: not to the dead, not to the busy, not to the paused */
  #admit(event: Event): boolean {
    const { host } = event;
    if (host === undefined) return true;
    const isRequest = event.kind === EventKind.request;
    if (isRequest || event.kind === EventKind.reply) this.network.arrived(event);
    if (!isRequest && event.life !== host.life) return false;
    if (isRequest && !host.up) return this.#refuse(event);
    if (host.paused) {
      host.parked.push(event);
      return false;
    }
    if (host.busyUntilUs > event.timeUs) {
      event.timeUs = host.busyUntilUs;
      this.#queue.push(event);
      return false;
    }
    // Booted at this very instant, and not started yet.
    if (isRequest && host.life!.server === undefined) return this.#refuse(event);
    return true;
  }

  #refuse(event: Event): false {
    this.nowUs = event.timeUs;
    this.network.drop(event.subject as Call, 'request', 'down');
    return false;
  }

  #begin(event: Event): void {
    this.nowUs = event.timeUs;
    this.step++;
    const { host } = event;
    const { hash } = this;
    hash.number(event.timeUs);
    hash.number(event.kind * 64 + (host === undefined ? 63 : host.index));
    if (host !== undefined) {
      host.nowUs = event.timeUs;
      this.lastRun = host;
      this.stepping = host;
    }
    this.#options.meter?.reset();
    const exceeded = this.#budget.begin(this.step, event.timeUs);
    if (exceeded !== undefined) this.end(exceeded);
  }

  #perform(event: Event): void {
    const { host, life } = event;
    switch (event.kind) {
      case EventKind.action:
        (event.subject as () => void)();
        return;
      case EventKind.start:
        this.#code.start(life!);
        return;
      case EventKind.timer:
        this.#code.fire(life!, event.subject as number);
        return;
      case EventKind.request:
        this.#code.handle(host!, host!.life!, event.subject as Call);
        return;
      case EventKind.reply:
        this.#code.receive(event.subject as Call, event.payload as Reply);
        return;
      case EventKind.unanswered:
        this.#code.giveUp(event.subject as Call);
        return;
      case EventKind.flushed:
        (event.subject as () => void)();
        return;
      case EventKind.invoke: {
        const name = `${event.payload as string}()` as Activity;
        // The server is there: an invocation comes after the start that was scheduled before it.
        this.#code.guard(life!, name, () => (event.subject as (server: RaftServer) => void)(life!.server!));
      }
    }
  }

  #finish(event: Event): void {
    const { host } = event;
    this.stepping = undefined;
    if (host !== undefined) {
      const exceeded = this.#options.meter?.exceeded();
      if (exceeded !== undefined) this.#code.threw(host, exceeded, 'one event');
      host.busyUntilUs = host.nowUs;
      const { life } = host;
      if (life !== undefined) {
        if (!life.alive) this.#lives.bury(host, life);
        else if (!host.scripted && life.server !== undefined) this.#code.ask(host, life.server);
      }
    }
    this.observers.tell.stepEnded();
  }
}

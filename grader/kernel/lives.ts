import { ContractError } from '#contract';
import type { Call } from './call.ts';
import type { Chance } from './chance.ts';
import { type Host, Life } from './host.ts';
import type { Network } from './network.ts';
import type { Observers } from './observer.ts';
import type { CrashOptions } from './options.ts';
import { type Event, EventKind, type Scheduler } from './queue.ts';
import type { TraceHash } from './trace-hash.ts';

/** What the lives of servers need of their world. */
interface LifeSurroundings extends Scheduler {
  readonly chance: Chance;
  readonly hash: TraceHash;
  readonly network: Network;
  readonly observers: Observers;
  /** The server whose step is under way. */
  readonly stepping: Host | undefined;
  /** Adds an action before all else that is due, or was put off, to that time. */
  scheduleFirst(timeUs: number, action: () => void): void;
  /** Puts an event back that was taken out of the queue. */
  requeue(event: Event): void;
}

/** The domain of decisions about lost writes. */
const LOST_WRITES = 3;

/** Boots, crashes, pauses and resumes servers; none of it comes in the middle of what a server does, unless it is asked to. */
export class Lives {
  readonly #world: LifeSurroundings;

  constructor(world: LifeSurroundings) {
    this.#world = world;
  }

  /** Starts a server that is down, over the disk that it left; one that is about to crash, after that. */
  boot(host: Host): void {
    this.#whenIdle(host, () => this.#boot(host));
  }

  #boot(host: Host): void {
    if (host.up) throw new ContractError(`${host.id} is running already`);
    const { nowUs } = this.#world;
    const life = new Life(host, ++host.incarnation);
    host.life = life;
    host.paused = false;
    host.busyUntilUs = nowUs;
    this.#world.observers.tell.booted(host);
    this.#world.schedule(nowUs, EventKind.start, host, life, undefined);
  }

  /** Ends a server's life: at once, when its busy time ends, or at an effect to come. */
  crash(host: Host, { atEffect, keepWrites }: CrashOptions): void {
    const { life } = host;
    if (life === undefined) return;
    if (atEffect !== undefined) {
      life.diesAtEffect = life.effects + atEffect;
      life.keepWrites = keepWrites;
      return;
    }
    this.#whenIdle(host, () => {
      if (host.life !== life) return;
      life.alive = false;
      life.keepWrites = keepWrites;
      this.bury(host, life);
    });
  }

  /** Takes a dead server out of the world. */
  bury(host: Host, life: Life): void {
    const { chance, hash, network, observers } = this.#world;
    host.life = undefined;
    host.status = undefined;
    host.paused = false;
    for (const event of host.parked.splice(0)) {
      if (event.kind === EventKind.request) network.drop(event.subject as Call, 'request', 'down');
    }
    const { disk } = host;
    const unflushed = disk.buffered.length;
    const drawn = Math.floor(chance.draw(LOST_WRITES, host.index, life.number) * (unflushed + 1));
    const kept = Math.min(unflushed, life.keepWrites ?? drawn);
    disk.lose(kept);
    hash.number(unflushed - kept);
    for (const [call, running] of life.handling) {
      for (let i = 0; i < running; i++) network.closePath(call, host.nowUs);
    }
    life.handling.clear();
    observers.tell.crashed(host, unflushed - kept);
  }

  /** Stops a server's handling of events, without its noticing; its clock goes on. Acts when its busy time ends. */
  pause(host: Host): void {
    this.#whenIdle(host, () => {
      host.paused = host.up;
    });
  }

  /** Lets a paused server handle what came in the meantime, in the order in which it came. */
  resume(host: Host): void {
    // A pause that waits for the end of the busy time comes first, and must not outlast its end.
    this.#whenIdle(host, () => {
      host.paused = false;
      for (const event of host.parked.splice(0)) {
        event.timeUs = Math.max(event.timeUs, this.#world.nowUs);
        this.#world.requeue(event);
      }
    });
  }

  /** Does something to a server now, or behind the step or the busy time in which it is. */
  #whenIdle(host: Host, action: () => void): void {
    const { nowUs, stepping } = this.#world;
    if (stepping === host) this.#world.scheduleFirst(nowUs, () => this.#whenIdle(host, action));
    else if (host.busyUntilUs > nowUs) this.#world.scheduleFirst(host.busyUntilUs, action);
    else action();
  }
}

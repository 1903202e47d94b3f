import { ContractError, type RaftServer, type Status, StorageError } from '#contract';
import type { Call } from './call.ts';
import { createEnvironment, hashMessage, type Surroundings } from './environment.ts';
import type { Host, Life } from './host.ts';
import type { Activity } from './observer.ts';
import { EventKind } from './queue.ts';
import { deepFreeze, faultInReply, faultInStatus, type Reply } from './wire.ts';

/** Runs the code of servers: every call into a submission is here, and whatever it throws is caught here. */
export class ServerCode {
  readonly #world: Surroundings;
  readonly #end: (reason: unknown) => void;

  /** @param end - ends the run, when no observer did */
  constructor(world: Surroundings, end: (reason: unknown) => void) {
    this.#world = world;
    this.#end = end;
  }

  /** Asks a server for its status, and shows it to the observers. */
  ask(host: Host, server: RaftServer): void {
    let status: Status;
    try {
      const said = server.status();
      const fault = faultInStatus(said, host.status?.configuration);
      if (fault !== undefined) throw new ContractError(`status(): ${fault}`);
      status = copyOf(said);
    } catch (error) {
      this.threw(host, error, 'status()');
      return;
    }
    const previous = host.status;
    host.status = status;
    const { hash } = this.#world;
    hash.number(status.currentTerm * 4 + (status.role === 'leader' ? 2 : status.role === 'candidate' ? 1 : 0));
    hash.number(status.commitIndex);
    hash.number(status.lastApplied);
    hash.number(status.lastLogIndex);
    this.#world.observers.tell.stepped(host, status, previous);
  }

  /** Constructs a server and starts it. */
  start(life: Life): void {
    this.guard(life, 'the constructor', () => {
      life.server = new (life.host.load())(createEnvironment(this.#world, life));
    });
    if (life.alive && life.server !== undefined) this.guard(life, 'start()', () => life.server!.start());
  }

  /** A timer's time has come. */
  fire(life: Life, id: number): void {
    const timer = life.timers.get(id);
    if (timer === undefined) return;
    if (timer.periodUs > 0) {
      timer.event = this.#world.schedule(this.#world.nowUs + timer.periodUs, EventKind.timer, life.host, life, id);
    } else {
      life.timers.delete(id);
    }
    this.#world.observers.tell.timerFired(life.host, timer.setStep);
    this.guard(life, 'a timer', timer.callback);
  }

  /** A request has arrived. */
  handle(host: Host, life: Life, call: Call): void {
    host.spend(host.costs.messageUs);
    this.#world.observers.tell.requestArrived(call);
    const activity: Activity = `on${call.method}`;
    life.handlerBegins(call);
    try {
      const answer = dispatch(life.server!, call);
      if (answer instanceof Promise) {
        answer.then(
          (reply) => this.#answer(life, call, reply, activity),
          (error) => this.#threwIn(life, error, activity),
        );
      } else {
        this.#answer(life, call, answer, activity);
      }
    } catch (error) {
      this.#threwIn(life, error, activity);
    }
  }

  #answer(life: Life, call: Call, reply: Reply | undefined, activity: Activity): void {
    if (!life.handlerEnds(call)) return;
    const { host } = life;
    host.nowUs = Math.max(host.nowUs, this.#world.nowUs);
    if (reply === undefined || !life.alive) {
      this.#world.network.closePath(call, host.nowUs);
      return;
    }
    try {
      const fault = faultInReply(call.method, reply);
      if (fault !== undefined) throw new ContractError(fault);
      deepFreeze(reply);
    } catch (error) {
      this.#threwIn(life, error, activity);
      return;
    }
    if (!life.effect()) {
      this.#world.network.closePath(call, host.nowUs);
      return;
    }
    host.spend(host.costs.messageUs);
    hashMessage(this.#world.hash, reply);
    this.#world.observers.tell.replySent(call, reply);
    this.#world.network.reply(call, reply, host.nowUs);
  }

  /** A reply has arrived. */
  receive(call: Call, reply: Reply): void {
    const { host } = call.life;
    host.spend(host.costs.messageUs);
    this.#world.observers.tell.replyArrived(call, reply);
    call.paths--;
    this.#settle(call, reply);
  }

  /** No reply will come. */
  giveUp(call: Call): void {
    this.#world.observers.tell.unanswered(call);
    this.#settle(call, undefined);
  }

  #settle(call: Call, reply: Reply | undefined): void {
    if (call.settled) return;
    call.settled = true;
    call.life.outstanding--;
    call.resolve(reply);
  }

  /** Runs code of a server; what it throws, now or as a promise, is told to the observers. */
  guard(life: Life, activity: Activity, code: () => unknown): void {
    try {
      const result = code();
      if (result instanceof Promise) result.catch((error) => this.#threwIn(life, error, activity));
    } catch (error) {
      this.#threwIn(life, error, activity);
    }
  }

  #threwIn(life: Life, error: unknown, activity: Activity): void {
    if (life.alive) this.threw(life.host, error, activity);
  }

  /** Tells what a server's code threw. A storage error that escapes only stops the server. */
  threw(host: Host, error: unknown, activity: Activity): void {
    if (error instanceof StorageError && host.disk.failed) {
      // A server that lets a storage error escape stops: the right answer to a broken disk.
      if (host.life !== undefined) host.life.alive = false;
      return;
    }
    this.#world.observers.tell.threw(host, error, activity);
    this.#end(error);
  }
}

/** @returns a copy of a status, as a server may return the same object again and again and change it */
function copyOf(status: Status): Status {
  const { role, currentTerm, leader, commitIndex, lastApplied, lastLogIndex, configuration } = status;
  return { role, currentTerm, leader, commitIndex, lastApplied, lastLogIndex, configuration };
}

function dispatch(server: RaftServer, call: Call): Promise<Reply | undefined> | Reply | undefined {
  switch (call.methodNumber) {
    case 0:
      return server.onRequestVote(call.args as never);
    case 1:
      return server.onAppendEntries(call.args as never);
    case 2:
      return server.onInstallSnapshot(call.args as never);
    default:
      return server.onTimeoutNow(call.args as never);
  }
}

import alea from 'seedrandom/lib/alea.js';
import {
  type AppendEntriesReply,
  type Clock,
  ContractError,
  type Env,
  type InstallSnapshotReply,
  type LogEntry,
  type RequestVoteReply,
  type Rpc,
  type ServerId,
  type Snapshot,
  type Storage,
  type StorageContents,
  type TimeoutNowReply,
  type Timer,
  type Timing,
} from '#contract';
import { Call } from './call.ts';
import type { Host, Life, TimerRecord } from './host.ts';
import type { Network } from './network.ts';
import type { Observers } from './observer.ts';
import { EventKind, type Scheduler } from './queue.ts';
import type { TraceHash } from './trace-hash.ts';
import {
  type Args,
  deepFreeze,
  faultInArgs,
  faultInEntry,
  faultInSnapshot,
  isSnapshot,
  METHODS,
  type Reply,
  show,
} from './wire.ts';

/** What an environment needs of its world. */
export interface Surroundings extends Scheduler {
  readonly seed: number;
  readonly step: number;
  readonly timing: Timing;
  readonly network: Network;
  readonly observers: Observers;
  readonly hash: TraceHash;
  /** @throws `ContractError` when there is no such server */
  host(id: ServerId): Host;
  /** The number for the next request. */
  nextCallId(): number;
}

/** Numbers of effects in the trace hash. */
const Mark = { send: 101, apply: 102, write: 103, flush: 104, log: 105, timer: 106 } as const;

/** Builds what one incarnation may touch. Everything in it stops working when the incarnation dies, without an exception. */
export function createEnvironment(world: Surroundings, life: Life): Env {
  const { host } = life;
  let stream: (() => number) | undefined;
  return Object.freeze<Env>({
    id: host.id,
    bootstrap: host.bootstrap,
    timing: world.timing,
    clock: createClock(world, life),
    rpc: createRpc(world, life),
    storage: createStorage(world, life),
    random() {
      const scripted = host.scriptedRandom.shift();
      if (scripted !== undefined) return scripted;
      stream ??= alea(`${world.seed}/${host.id}/${life.number}`);
      return stream();
    },
    apply(item: LogEntry | Snapshot) {
      if (!life.alive) return;
      const snapshot = typeof item === 'object' && item !== null && isSnapshot(item);
      const fault = snapshot ? faultInSnapshot(item) : faultInEntry(item);
      if (fault !== undefined) throw new ContractError(`apply: ${fault}`);
      if (!life.effect()) return;
      deepFreeze(item);
      world.hash.number(Mark.apply);
      world.hash.number(isSnapshot(item) ? -item.lastIncludedIndex : item.index);
      world.observers.tell.applied(host, item);
    },
    log(topic: string, text: string) {
      if (!life.alive) return;
      world.observers.tell.logged(host, String(topic), String(text));
    },
  });
}

function createClock(world: Surroundings, life: Life): Clock {
  const { host } = life;
  const set = (callback: () => void | Promise<void>, localMs: number, periodic: boolean): Timer => {
    if (!life.alive) return ++life.lastTimer as Timer;
    if (typeof callback !== 'function') throw new ContractError(`a timer needs a function, not ${show(callback)}`);
    if (!Number.isFinite(localMs) || (periodic && localMs <= 0))
      throw new ContractError(
        `a timer needs a finite number of milliseconds${periodic ? ' above 0' : ''}, not ${show(localMs)}`,
      );
    const id = ++life.lastTimer;
    // At least a microsecond between two ticks, so that time moves on.
    const delayUs = Math.max(periodic ? 1 : 0, Math.round((localMs * 1_000) / host.clockRate));
    const event = world.schedule(host.nowUs + delayUs, EventKind.timer, host, life, id);
    life.timers.set(id, { callback, periodUs: periodic ? delayUs : 0, setStep: world.step, event });
    return id as Timer;
  };
  return Object.freeze<Clock>({
    now: () => host.clockUs / 1_000,
    setTimeout: (callback, delayMs) => set(callback, delayMs, false),
    setInterval: (callback, periodMs) => set(callback, periodMs, true),
    clear(timer) {
      const record: TimerRecord | undefined = timer === undefined ? undefined : life.timers.get(timer);
      if (record === undefined) return;
      record.event.cancelled = true;
      life.timers.delete(timer as number);
    },
  });
}

function createRpc(world: Surroundings, life: Life): Rpc {
  const send = (methodNumber: number, to: ServerId, args: Args): Promise<Reply | undefined> => {
    if (!life.alive) return new Promise(() => {});
    const { host } = life;
    const target = world.host(to);
    const fault = faultInArgs(METHODS[methodNumber]!, args);
    if (fault !== undefined) throw new ContractError(`${METHODS[methodNumber]} to ${to}: ${fault}`);
    deepFreeze(args);
    if (!life.effect()) return new Promise(() => {});
    host.spend(host.costs.messageUs);
    return new Promise((resolve) => {
      const occurrence = world.network.count(host, target, methodNumber, args.term);
      const call = new Call(
        world.nextCallId(),
        life,
        target,
        methodNumber,
        args,
        host.nowUs,
        world.step,
        occurrence,
        resolve,
      );
      life.outstanding++;
      const { hash } = world;
      hash.number(Mark.send + methodNumber * 256 + target.index * 4_096);
      hashMessage(hash, args);
      world.observers.tell.requestSent(call);
      world.network.request(call);
    });
  };
  return Object.freeze<Rpc>({
    requestVote: (to, args) => send(0, to, args) as Promise<RequestVoteReply | undefined>,
    appendEntries: (to, args) => send(1, to, args) as Promise<AppendEntriesReply | undefined>,
    installSnapshot: (to, args) => send(2, to, args) as Promise<InstallSnapshotReply | undefined>,
    timeoutNow: (to, args) => send(3, to, args) as Promise<TimeoutNowReply | undefined>,
  });
}

/** Adds what a message says to the trace hash. */
export function hashMessage(hash: TraceHash, message: Args | Reply): void {
  hash.number(message.term);
  if ('entries' in message) {
    hash.number(message.prevLogIndex);
    hash.number(message.prevLogTerm);
    hash.number(message.leaderCommit);
    hash.number(message.entries.length);
    for (const entry of message.entries) {
      hash.number(entry.term);
      if (entry.command !== undefined) hash.text(entry.command);
    }
  } else if ('candidateId' in message) {
    hash.number(message.lastLogIndex);
    hash.number(message.lastLogTerm);
    hash.number(message.preVote === true ? 1 : 0);
  } else if ('voteGranted' in message) {
    hash.number(message.voteGranted ? 1 : 0);
  } else if ('success' in message) {
    hash.number(message.success ? 1 : 0);
  } else if ('lastIncludedIndex' in message) {
    hash.number(message.lastIncludedIndex);
    hash.number(message.lastIncludedTerm);
    hash.text(message.data);
  }
}

/** A flush that goes on beside its server. */
interface PendingFlush {
  /** The writes that it covers, counted from the first. */
  readonly mark: number;
  /** Those who called `flush` for these writes. Each has a promise of its own, as it may be left alone with an error. */
  readonly waiters: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[];
}

function createStorage(world: Surroundings, life: Life): Storage {
  const { host } = life;
  const { disk } = host;
  /** Runs one writing call, if it still happens, and tells what it wrote, also when it failed halfway. */
  const write = (change: () => void): void => {
    if (!life.effect()) return;
    disk.check();
    const before = disk.written;
    try {
      change();
    } finally {
      const count = disk.written - before;
      if (count > 0) {
        world.hash.number(Mark.write + count * 256);
        const writes = disk.buffered.slice(-count);
        for (const each of writes) world.observers.tell.written(host, each);
      }
    }
  };
  const settle = (mark: number): void => {
    const writes = disk.makeDurable(mark);
    world.hash.number(Mark.flush + writes.length * 256);
    if (writes.length > 0) world.observers.tell.flushed(host, writes);
  };
  let newest: PendingFlush | undefined;
  const beginFlush = (): PendingFlush => {
    disk.freeAtUs = Math.max(disk.freeAtUs, host.nowUs) + host.costs.flushUs;
    const pending: PendingFlush = { mark: disk.written, waiters: [] };
    world.schedule(disk.freeAtUs, EventKind.flushed, host, life, () => {
      if (newest === pending) newest = undefined;
      // Thrown inside the event, so that a disk that failed in the meantime rejects the promises.
      try {
        disk.checkFlush();
      } catch (error) {
        for (const { reject } of pending.waiters) reject(error);
        return;
      }
      settle(pending.mark);
      for (const { resolve } of pending.waiters) resolve();
    });
    return pending;
  };
  return Object.freeze<Storage>({
    load(): StorageContents {
      if (life.alive) disk.check();
      const { currentTerm, votedFor, log, snapshot } = disk.view;
      return { currentTerm, votedFor, entries: log.slice(), ...(snapshot === undefined ? {} : { snapshot }) };
    },
    saveHardState: (state) => write(() => disk.saveHardState(state)),
    append: (entries) => write(() => disk.append(deepFreeze(entries))),
    truncateFrom: (index) => write(() => disk.truncateFrom(index)),
    saveSnapshot: (snapshot) => write(() => disk.saveSnapshot(deepFreeze(snapshot))),
    discardThrough: (index) => write(() => disk.discardThrough(index)),
    flushSync() {
      if (!life.effect()) return;
      disk.check();
      if (disk.buffered.length === 0) return;
      disk.checkFlush();
      disk.freeAtUs = Math.max(disk.freeAtUs, host.nowUs) + host.costs.flushUs;
      host.spend(disk.freeAtUs - host.nowUs);
      settle(disk.written);
    },
    flush() {
      if (!life.effect()) return new Promise(() => {});
      disk.check();
      if (disk.buffered.length === 0) return Promise.resolve();
      return new Promise((resolve, reject) => {
        // Nothing was written since the newest flush that is under way began: that one does for this call too.
        if (newest?.mark !== disk.written) newest = beginFlush();
        newest.waiters.push({ resolve, reject });
      });
    },
  });
}

import fc from 'fast-check';
import type { ServerId } from '#contract';
import type { Cluster } from './cluster.ts';

/** Whom a fault hits: whoever leads when it strikes (with no leader, the first server), or the n-th server. */
export type Target = 'leader' | number;

/** A disturbance, as data: it begins at a time (virtual milliseconds since the faults began) and ends after another. */
export type Fault =
  /** Splits the network; bit n of `side` says on which side server n is. */
  | { readonly kind: 'partition'; readonly atMs: number; readonly forMs: number; readonly side: number }
  /** Cuts a server off, both ways, with one other server or alone. */
  | {
      readonly kind: 'isolate';
      readonly atMs: number;
      readonly forMs: number;
      readonly target: Target;
      readonly companion: boolean;
    }
  /** Cuts one direction between a server and some of the others (a bit for each). */
  | {
      readonly kind: 'oneWay';
      readonly atMs: number;
      readonly forMs: number;
      readonly target: Target;
      readonly direction: 'in' | 'out';
      readonly peers: number;
    }
  /** Stops a server without its noticing. */
  | { readonly kind: 'pause'; readonly atMs: number; readonly forMs: number; readonly target: Target }
  /** Ends a server's life, now (0) or at an effect to come, and starts it again over its disk. */
  | {
      readonly kind: 'crash';
      readonly atMs: number;
      readonly forMs: number;
      readonly target: Target;
      readonly atEffect: number;
      /** How many unflushed writes survive; absent: as chance decides. */
      readonly keepWrites?: number;
    }
  /** Lets a server's disk fail after so many further writes, and starts the server again over what it holds. */
  | {
      readonly kind: 'failDisk';
      readonly atMs: number;
      readonly forMs: number;
      readonly target: Target;
      readonly afterWrites: number;
    }
  /** Ends a server's life for good: now, or at an effect to come. */
  | { readonly kind: 'stop'; readonly atMs: number; readonly target: Target; readonly atEffect: number };

/** A kind of fault. */
export type FaultKind = Fault['kind'];

type FaultOf<K extends FaultKind> = Extract<Fault, { readonly kind: K }>;

/** Bounds for drawing faults. */
export interface FaultBounds {
  /** Servers of the cluster. */
  readonly size: number;
  /** Faults strike within so many milliseconds. */
  readonly withinMs: number;
  /** The longest that one lasts, in milliseconds. */
  readonly longestMs: number;
}

/** Draws one fault of a kind. Compose these with fast-check's own combinators. */
export function arbitraryFault(kind: FaultKind, { size, withinMs, longestMs }: FaultBounds): fc.Arbitrary<Fault> {
  const atMs = fc.integer({ min: 0, max: withinMs });
  const forMs = fc.integer({ min: 20, max: longestMs });
  const target = fc.oneof(fc.constant<Target>('leader'), fc.integer({ min: 0, max: size - 1 }));
  const atEffect = fc.integer({ min: 0, max: 12 });
  const mask = fc.integer({ min: 1, max: 2 ** size - 1 });
  switch (kind) {
    case 'partition':
      return fc.record({ kind: fc.constant(kind), atMs, forMs, side: mask });
    case 'isolate':
      return fc.record({ kind: fc.constant(kind), atMs, forMs, target, companion: fc.boolean() });
    case 'oneWay':
      return fc.record({
        kind: fc.constant(kind),
        atMs,
        forMs,
        target,
        direction: fc.constantFrom('in', 'out'),
        peers: mask,
      });
    case 'pause':
      return fc.record({ kind: fc.constant(kind), atMs, forMs, target });
    case 'crash':
      return fc.record({ kind: fc.constant(kind), atMs, forMs, target, atEffect });
    case 'failDisk':
      return fc.record({ kind: fc.constant(kind), atMs, forMs, target, afterWrites: fc.integer({ min: 0, max: 6 }) });
    case 'stop':
      return fc.record({ kind: fc.constant(kind), atMs, target, atEffect: atEffect });
  }
}

/** Draws a plan of faults of these kinds. */
export function arbitraryPlan(
  kinds: readonly FaultKind[],
  bounds: FaultBounds,
  faultsMax: number,
): fc.Arbitrary<Fault[]> {
  return fc.array(fc.oneof(...kinds.map((kind) => arbitraryFault(kind, bounds))), {
    minLength: 1,
    maxLength: faultsMax,
  });
}

/** @returns what an arbitrary yields for a seed: always the same */
export function drawn<T>(arbitrary: fc.Arbitrary<T>, seed: number): T {
  return fc.sample(arbitrary, { seed, numRuns: 1 })[0] as T;
}

/** Lets faults strike a cluster. Faults may overlap: a link is cut while any fault cuts it. */
export class Faults {
  readonly #cluster: Cluster;
  /** For each direction, how many faults cut it. */
  readonly #cuts = new Map<string, number>();
  #paused: ServerId[] = [];
  /** Servers that will be started again. */
  readonly #crashed = new Set<ServerId>();
  readonly #stopped = new Set<ServerId>();
  #stopsLeft: number;
  #over = false;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    // A majority stays alive, so that there can be progress afterwards.
    this.#stopsLeft = Math.ceil(cluster.ids.length / 2) - 1;
  }

  /** Schedules a plan, from now on. */
  plan(faults: readonly Fault[]): void {
    const { world } = this.#cluster;
    for (const fault of faults) world.at(world.nowUs + fault.atMs * 1_000, () => this.#strike(fault));
  }

  /** Ends every fault that can end; those to come will not. */
  end(): void {
    this.#over = true;
    this.#cuts.clear();
    // A death that waits for its effect is a fault to come, too.
    for (const { id, life } of this.#cluster.world.hosts) {
      if (this.#crashed.has(id)) this.#mend(id);
      else if (life !== undefined) life.diesAtEffect = 0;
    }
    for (const id of this.#paused) this.#cluster.resume(id);
    this.#paused = [];
    this.#crashed.clear();
  }

  #strike(planned: Fault): void {
    if (this.#over) return;
    const { ids, decisions } = this.#cluster;
    const fault = 'target' in planned ? { ...planned, target: ids.indexOf(this.#hit(planned.target)) } : planned;
    decisions.struck(fault);
    switch (fault.kind) {
      case 'partition': {
        const sideOf = (id: ServerId): number => (fault.side >> ids.indexOf(id)) & 1;
        this.#cut(
          fault.forMs,
          `partition: ${ids.filter((id) => sideOf(id) === 0).join(' ')} | ${ids.filter((id) => sideOf(id) === 1).join(' ')}`,
          (from, to) => sideOf(from) !== sideOf(to),
        );
        return;
      }
      case 'isolate': {
        const id = this.#hit(fault.target);
        const inside = new Set([id, ...(fault.companion ? [this.#neighbour(id)] : [])]);
        this.#cut(
          fault.forMs,
          `${[...inside].join(' and ')} cut off`,
          (from, to) => inside.has(from) !== inside.has(to),
        );
        return;
      }
      case 'oneWay': {
        const id = this.#hit(fault.target);
        const chosen = (other: ServerId): boolean => ((fault.peers >> ids.indexOf(other)) & 1) === 1;
        const cuts = (from: ServerId, to: ServerId): boolean =>
          fault.direction === 'out' ? from === id && chosen(to) : to === id && chosen(from);
        this.#cut(
          fault.forMs,
          `${id} ${fault.direction === 'out' ? 'no longer reaches' : 'no longer hears'} ${ids.filter((other) => other !== id && chosen(other)).join(' ')}`,
          cuts,
        );
        return;
      }
      case 'pause':
        this.#pause(this.#hit(fault.target), fault.forMs);
        return;
      case 'crash':
        this.#crash(this.#hit(fault.target), fault);
        return;
      case 'failDisk':
        this.#failDisk(this.#hit(fault.target), fault);
        return;
      case 'stop': {
        const id = this.#hit(fault.target);
        if (this.#stopsLeft-- <= 0) return;
        this.#stopped.add(id);
        this.#cluster.crash(id, fault.atEffect === 0 ? {} : { atEffect: fault.atEffect });
      }
    }
  }

  #crash(id: ServerId, { atEffect, keepWrites, forMs }: FaultOf<'crash'>): void {
    if (this.#stopped.has(id) || this.#crashed.has(id)) return;
    this.#crashed.add(id);
    this.#cluster.crash(id, {
      ...(atEffect === 0 ? {} : { atEffect }),
      ...(keepWrites === undefined ? {} : { keepWrites }),
    });
    this.#restartAfter(id, forMs);
  }

  #failDisk(id: ServerId, { afterWrites, forMs }: FaultOf<'failDisk'>): void {
    if (this.#stopped.has(id) || this.#crashed.has(id) || !this.#cluster.up.includes(id)) return;
    this.#crashed.add(id);
    this.#cluster.failDisk(id, afterWrites);
    this.#restartAfter(id, forMs);
  }

  /** Starts a server again that a fault has ended. What has not come by then is off: the server goes on. */
  #restartAfter(id: ServerId, forMs: number): void {
    const { world } = this.#cluster;
    world.at(world.nowUs + forMs * 1_000, () => {
      if (this.#crashed.delete(id)) this.#mend(id);
    });
  }

  #mend(id: ServerId): void {
    const { world } = this.#cluster;
    const { busyUntilUs, disk, life } = world.host(id);
    disk.failure = undefined;
    if (life !== undefined) life.diesAtEffect = 0;
    if (busyUntilUs > world.nowUs) {
      // It may be about to die, when its busy time ends.
      world.at(busyUntilUs + 1, () => this.#mend(id));
      return;
    }
    if (life !== undefined && !disk.failed) return;
    // A server that goes on without its disk is of no use to anybody: its operator ends it.
    this.#cluster.crash(id);
    this.#cluster.restart(id);
  }

  #cut(forMs: number, text: string, cuts: (from: ServerId, to: ServerId) => boolean): void {
    const { ids, world } = this.#cluster;
    const pairs = ids.flatMap((from) =>
      ids.filter((to) => to !== from && cuts(from, to)).map((to) => [from, to] as const),
    );
    if (pairs.length === 0) return;
    const change = (by: number): void => {
      for (const [from, to] of pairs) {
        const key = `${from}>${to}`;
        const count = (this.#cuts.get(key) ?? 0) + by;
        this.#cuts.set(key, count);
        world.network.setCut(world.host(from), world.host(to), count > 0);
      }
    };
    change(1);
    world.disturb(text, ids);
    world.at(world.nowUs + forMs * 1_000, () => {
      if (this.#over) return;
      change(-1);
      world.disturb(`over: ${text}`, ids);
    });
  }

  #pause(id: ServerId, forMs: number): void {
    if (this.#paused.includes(id) || !this.#cluster.up.includes(id)) return;
    const { world } = this.#cluster;
    this.#paused.push(id);
    this.#cluster.pause(id);
    world.at(world.nowUs + forMs * 1_000, () => {
      if (!this.#paused.includes(id)) return;
      this.#paused = this.#paused.filter((each) => each !== id);
      this.#cluster.resume(id);
    });
  }

  #hit(target: Target): ServerId {
    const { ids } = this.#cluster;
    if (target !== 'leader') return ids[target % ids.length]!;
    const leaders = ids.filter((id) => this.#cluster.status(id)?.role === 'leader');
    const term = (id: ServerId): number => this.#cluster.status(id)?.currentTerm ?? 0;
    return leaders.toSorted((a, b) => term(b) - term(a))[0] ?? ids[0]!;
  }

  #neighbour(id: ServerId): ServerId {
    const { ids } = this.#cluster;
    return ids[(ids.indexOf(id) + 1) % ids.length]!;
  }
}

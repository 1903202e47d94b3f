/**
 * The simulated world: time, chance, network, disks and the servers in it. It knows nothing of Raft's rules, and imports
 * nothing of Node.
 *
 * @module
 */

export { Call } from './call.ts';
export { Chance, unit } from './chance.ts';
export { Disk, DiskContents, type Write } from './disk.ts';
export { EventBudgetExceeded } from './event-budget.ts';
export { type DecideFate, type Fate, messageKey } from './fate.ts';
export { type HeldMessage, Hold, type MessageFilter } from './hold.ts';
export { type Costs, FREE, Host, type HostOptions, Life } from './host.ts';
export { type LinkPolicy, RELIABLE, UNRELIABLE } from './link-policy.ts';
export type { Network } from './network.ts';
export { type Activity, type DropCause, type Observation, type Observer, ObserverFault } from './observer.ts';
export { type CrashOptions, DEFAULT_TIMING, type Meter, type WorldOptions } from './options.ts';
export { createQueue, Event, EventKind } from './queue.ts';
export { RunEnded } from './run-ended.ts';
export { TraceHash } from './trace-hash.ts';
export { type Args, entryBytes, isSnapshot, METHODS, type Method, type Reply, sizeInBytes } from './wire.ts';
export { World } from './world.ts';

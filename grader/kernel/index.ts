/**
 * The simulated world: time, chance, network, disks and the servers in it. It knows nothing of Raft's rules, and imports
 * nothing of Node.
 *
 * @module
 */
export { Chance, unit } from './chance.ts';
export { Disk, DiskContents, type Write } from './disk.ts';
export { type Costs, FREE, Host, type HostOptions, Life } from './host.ts';
export { Call, type HeldMessage, Hold, type LinkPolicy, type MessageFilter, RELIABLE, UNRELIABLE } from './network.ts';
export { type Activity, type DropCause, type Observation, type Observer, ObserverFault } from './observer.ts';
export { createQueue, Event, EventKind } from './queue.ts';
export { TraceHash } from './trace-hash.ts';
export { type Args, entryBytes, isSnapshot, METHODS, type Method, type Reply, sizeInBytes } from './wire.ts';
export {
  type CrashOptions,
  DEFAULT_TIMING,
  EventBudgetExceeded,
  type Meter,
  RunEnded,
  World,
  type WorldOptions,
} from './world.ts';

import { type Host, sizeInBytes } from '#kernel';
import type { BudgetLimits, Rule } from './rule.ts';

/** More servers than any world has. */
const HOSTS_MAX = 64;

type Limit = keyof BudgetLimits;

/** No limits to speak of. */
export const UNLIMITED: BudgetLimits = {
  timersMax: Number.MAX_SAFE_INTEGER,
  requestsPerHeartbeatMax: Number.MAX_SAFE_INTEGER,
  bytesPerHeartbeatMax: Number.MAX_SAFE_INTEGER,
  flushesPerHeartbeatMax: Number.MAX_SAFE_INTEGER,
  storedEntriesMax: Number.MAX_SAFE_INTEGER,
};

/** What usually leads to a value over the limit. */
const LIKELY_CAUSES: Record<Limit, string> = {
  timersMax: 'a timer is set anew without clearing the one before',
  requestsPerHeartbeatMax: 'a refused or lost request is repeated at once, in a loop',
  bytesPerHeartbeatMax: 'entries that the follower has are sent again and again',
  flushesPerHeartbeatMax: 'there is a flush for each of many writes that belong together',
  storedEntriesMax: 'entries are appended again and again, or never discarded behind a snapshot',
};

/** What happened within the heartbeat interval that began at `startUs`. */
interface Window {
  startUs: number;
  requests: number;
  bytes: number;
  flushes: number;
}

/** What a server may have running and under way. The limits are loose: they catch leaks and storms, not slowness. */
export const budgets: Rule = {
  id: 'Budgets',
  kind: 'budget',
  sentence:
    'A server keeps a bounded number of timers, requests, bytes, flushes and entries under way, however long it runs.',
  paper: 'Raft §5.2, §5.3',
  fromLab: 1,
  check({ world, report, budgets: limits, measured }) {
    const { heartbeatMs } = world.timing;
    const windowUs = heartbeatMs * 1_000;
    const windows = new Map<number, Window>();
    const highest = new Map<Limit, number>();
    /** The present interval in the lab's own time: windows that do not slide are enough to see a storm. */
    const window = (key: number, nowUs: number): Window => {
      const found = windows.get(key);
      if (found !== undefined && nowUs - found.startUs < windowUs) return found;
      const begun = { startUs: nowUs - (nowUs % windowUs), requests: 0, bytes: 0, flushes: 0 };
      windows.set(key, begun);
      return begun;
    };
    const hold = (host: Host, limit: Limit, value: number, what: () => string): void => {
      if (value > (highest.get(limit) ?? 0)) {
        highest.set(limit, value);
        measured?.(limit, value);
      }
      if (value <= limits[limit]) return;
      const message = `${host.id} ${what()}; the limit is ${limits[limit]}`;
      report({ message, evidence: [], servers: [host.id], likelyCause: LIKELY_CAUSES[limit] });
    };
    return {
      requestSent(call) {
        const { from, to } = call;
        if (from.scripted || from === to) return;
        const w = window(link(from, to), call.sentUs);
        w.requests++;
        w.bytes += sizeInBytes(call.args);
        const within = `to ${to.id} within ${heartbeatMs} ms`;
        hold(from, 'requestsPerHeartbeatMax', w.requests, () => `sent ${w.requests} requests ${within}`);
        hold(from, 'bytesPerHeartbeatMax', w.bytes, () => `sent ${w.bytes} bytes ${within}`);
      },
      flushed(host) {
        const w = window(link(host, host), host.nowUs);
        w.flushes++;
        hold(host, 'flushesPerHeartbeatMax', w.flushes, () => `flushed ${w.flushes} times within ${heartbeatMs} ms`);
      },
      stepped(host) {
        const timers = host.life?.timers.size ?? 0;
        hold(host, 'timersMax', timers, () => `has ${timers} timers running`);
        const entries = host.disk.view.log.length;
        hold(host, 'storedEntriesMax', entries, () => `keeps ${entries} entries on its disk`);
      },
    };
  },
};

/** A number for the link between two servers; a server's link to itself stands for its disk. */
function link(from: Host, to: Host): number {
  return from.index * HOSTS_MAX + to.index;
}

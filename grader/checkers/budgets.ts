import { type Call, type Host, sizeInBytes } from '#kernel';
import type { BudgetLimits, Rule } from './rule.ts';

interface Window {
  startUs: number;
  requests: number;
  bytes: number;
}

/** What a server may have running and under way. The limits are loose: they catch leaks and storms, not slowness. */
export const budgets: Rule = {
  id: 'Budgets',
  kind: 'budget',
  sentence: 'A server keeps a bounded number of timers, requests and bytes under way, however long it runs.',
  paper: 'Raft §5.2, §5.3',
  fromLab: 1,
  check({ world, report, budgets: limits, measured }) {
    const intervalUs = world.timing.heartbeatMs * 1_000;
    const windows = new Map<number, Window>();
    const window = ({ from, to }: Call): Window => {
      const key = from.index * 64 + to.index;
      const found = windows.get(key) ?? { startUs: 0, requests: 0, bytes: 0 };
      windows.set(key, found);
      return found;
    };
    const highest: Record<keyof BudgetLimits, number> = {
      timersMax: 0,
      requestsPerHeartbeatMax: 0,
      bytesPerHeartbeatMax: 0,
    };
    const measure = (limit: keyof BudgetLimits, value: number): void => {
      if (value <= highest[limit]) return;
      highest[limit] = value;
      measured?.(limit, value);
    };
    const over = (host: Host, what: string, limit: number, likelyCause: string): void =>
      report({
        message: `${host.id} has ${what}; the limit is ${limit}`,
        evidence: [],
        servers: [host.id],
        likelyCause,
      });
    return {
      requestSent(call) {
        if (call.from.scripted || call.from === call.to) return;
        const w = window(call);
        // The interval in the lab's own time: a window that slides by whole intervals is enough to see a storm.
        if (call.sentUs - w.startUs >= intervalUs) {
          w.startUs = call.sentUs - (call.sentUs % intervalUs);
          w.requests = 0;
          w.bytes = 0;
        }
        measure('requestsPerHeartbeatMax', ++w.requests);
        if (w.requests > limits.requestsPerHeartbeatMax) {
          over(
            call.from,
            `sent ${w.requests} requests to ${call.to.id} within ${world.timing.heartbeatMs} ms`,
            limits.requestsPerHeartbeatMax,
            'a refused or lost request is repeated at once, in a loop',
          );
        }
        w.bytes += sizeInBytes(call.args);
        measure('bytesPerHeartbeatMax', w.bytes);
        if (w.bytes > limits.bytesPerHeartbeatMax) {
          over(
            call.from,
            `sent ${w.bytes} bytes to ${call.to.id} within ${world.timing.heartbeatMs} ms`,
            limits.bytesPerHeartbeatMax,
            'entries that the follower has are sent again and again',
          );
        }
      },
      stepped(host) {
        const timers = host.life?.timers.size ?? 0;
        measure('timersMax', timers);
        if (timers > limits.timersMax) {
          over(
            host,
            `${timers} timers running`,
            limits.timersMax,
            'a timer is set anew without clearing the one before',
          );
        }
      },
    };
  },
};

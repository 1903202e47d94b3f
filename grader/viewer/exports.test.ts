import { expect, test } from 'vitest';
import { toChromeTrace, toMermaid, toShiViz } from './exports.ts';
import { doubleVote, longTrace } from './sample-traces.ts';

test('a Mermaid diagram shows what led to the end, and nothing that would break its grammar', () => {
  const text = toMermaid(doubleVote('a;b #end <b>'), 50);
  expect(text).toBe(`sequenceDiagram
  participant client
  participant n1
  participant n2
  participant n3
  Note over n1: becomes candidate in term 1, was follower
  n1-xn3: RequestVote t1, last 0:t0
  Note over n1,n3: partition: n1 n2 | n3
  n1->>n2: RequestVote t1, last 0:t0
  n2--)n1: a vote t1
  Note over n1,n3: the network heals
  Note over n3: becomes candidate in term 1, was follower
  n3->>n2: RequestVote t1, last 0:t0
  n2--)n3: a vote t1
  Note over n1,n3: OneVotePerTerm: a#59;b #35;(end) #60;b#62;
`);
  expect(toMermaid(doubleVote(), 2).trimEnd().split('\n')).toHaveLength(1 + 4 + 2);
});

test('a ShiViz log has two lines for each step of a server, and clocks that only grow', () => {
  const text = toShiViz(longTrace(2_000));
  const entries = [...text.matchAll(/(?<event>.*)\n(?<host>\S*) (?<clock>{.*})\n/g)].map(({ groups }) => groups!);
  expect(entries.map(({ event, host, clock }) => `${event}\n${host} ${clock}\n`).join('')).toBe(text);
  const own = new Map<string, number>();
  for (const { host, clock } of entries) {
    const count = (JSON.parse(clock!) as Record<string, number>)[host!]!;
    expect(count).toBe((own.get(host!) ?? 0) + 1);
    own.set(host!, count);
  }
});

test('a Chrome trace has a thread for each server, slices for roles and a flow for each message that arrived', () => {
  const { traceEvents } = JSON.parse(toChromeTrace(doubleVote())) as { traceEvents: Record<string, unknown>[] };
  const names = traceEvents.filter(({ name }) => name === 'thread_name').map(({ args }) => args);
  expect(names).toEqual([{ name: 'world' }, { name: 'n1' }, { name: 'n2' }, { name: 'n3' }]);
  const slices = traceEvents.filter(({ ph }) => ph === 'X').map(({ name, ts, dur }) => [name, ts, dur]);
  expect(slices).toContainEqual(['candidate, term 1', 1_000, 5_000]);
  const flows = (ph: string) => traceEvents.filter((each) => each.ph === ph).map(({ id }) => id);
  expect(flows('s')).toEqual(flows('f'));
  expect(flows('s')).toHaveLength(3);
});

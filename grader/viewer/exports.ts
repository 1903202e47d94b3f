import type { Trace, TraceEvent, TraceMessage } from '#scenario';
import { Timeline } from './timeline.ts';
import { describe, eventLine, messageText } from './words.ts';

/**
 * Draws the end of a run as a Mermaid sequence diagram, for issues and READMEs: what could have led to the last moment of a
 * server, without heartbeats and their answers. A message that had not arrived by then is drawn where it was sent, with an
 * open arrow.
 *
 * @param maxLines - events that are drawn at most: the last ones
 */
export function toMermaid(trace: Trace, maxLines: number): string {
  const timeline = new Timeline(trace);
  const end = timeline.moments.findLastIndex(({ lane }) => lane >= 0);
  const matters = (moment: number): boolean => timeline.moments[moment]!.lane < 0 || timeline.isCause(moment, end);
  const lines: string[] = [];
  for (const [place, event] of trace.events.entries()) {
    if (!matters(timeline.momentOf[place]!)) continue;
    if (event.kind === 'send') {
      const { ends, fate } = timeline.arrow(place)!;
      if (fate === 'under way' || (fate === 'delivered' && !matters(ends)))
        lines.push(...messageLines(event.data, ')'));
    } else {
      lines.push(...mermaidLines(event, trace));
    }
  }
  const participants = [...(trace.clients.length > 0 ? ['client'] : []), ...trace.nodes];
  return [
    'sequenceDiagram',
    ...participants.map((id) => `  participant ${mermaidName(id)}`),
    ...lines.slice(-maxLines).map((line) => `  ${line}`),
    '',
  ].join('\n');
}

/** Heartbeats and what answers them tell nothing here, unless they were refused. */
function messageLines(message: TraceMessage, tip: '>>' | 'x' | ')'): string[] {
  const { from, to, phase, method, entryCount = 0, success } = message;
  if (method === 'AppendEntries' && entryCount === 0 && success !== false) return [];
  const arrow = `${phase === 'reply' ? '--' : '-'}${tip}`;
  return [`${mermaidName(from)}${arrow}${mermaidName(to)}: ${mermaidText(messageText(message))}`];
}

function mermaidLines(event: TraceEvent, { nodes }: Trace): string[] {
  const node = mermaidName(event.node ?? '');
  const all = `${mermaidName(nodes[0]!)},${mermaidName(nodes.at(-1)!)}`;
  switch (event.kind) {
    case 'deliver':
      return messageLines(event.data, '>>');
    case 'drop':
      return messageLines(event.data, 'x');
    case 'client-call':
      return [`client->>${node}: ${mermaidText(describe(event))}`];
    case 'partition':
    case 'heal':
    case 'violation':
      return [`Note over ${all}: ${mermaidText(describe(event))}`];
    case 'role':
    case 'crash':
    case 'restart':
    case 'pause':
    case 'resume':
    case 'commit':
    case 'log-truncate':
    case 'throw':
      return event.kind === 'restart' && event.data.life === 1
        ? []
        : [`Note over ${node}: ${mermaidText(describe(event))}`];
    default:
      return [];
  }
}

/** Ids are plain in practice; anything else would end the line's grammar early. */
function mermaidName(id: string): string {
  return id.replace(/\W/g, '_');
}

/** `;` ends a statement, `#` begins an entity, `end` closes a block, and markup is drawn as such. */
function mermaidText(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[#;<>&{}]/g, (character) => `#${character.charCodeAt(0)};`)
    .replace(/\bend\b/gi, '(end)')
    .slice(0, 160);
}

/**
 * Writes a run as a log for ShiViz: two lines for each moment of a server, its text, then its name and vector clock. Parser:
 * `(?<event>.*)\n(?<host>\S*) (?<clock>{.*})`.
 */
export function toShiViz(trace: Trace): string {
  const timeline = new Timeline(trace);
  const lines: string[] = [];
  for (const [place, { lane, first, last }] of timeline.moments.entries()) {
    if (lane < 0) continue;
    const text = trace.events
      .slice(first, last + 1)
      .map(describe)
      .join('; ');
    const { step } = trace.events[first]!;
    const known = timeline.clock(place).flatMap((count, n) => (count === 0 ? [] : [[trace.nodes[n]!, count] as const]));
    lines.push(
      `step ${step}: ${text.replace(/\s+/g, ' ')}`,
      `${trace.nodes[lane]} ${JSON.stringify(Object.fromEntries(known))}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** A record of the Trace Event Format. Times are microseconds. */
interface ChromeRecord {
  readonly name: string;
  readonly ph: 'M' | 'i' | 'X' | 's' | 'f';
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly [extra: string]: unknown;
}

/** Writes a run in Chrome's Trace Event Format, for Perfetto: a thread for each server, its roles as slices, messages as flows. */
export function toChromeTrace(trace: Trace): string {
  const timeline = new Timeline(trace);
  const us = (ms: number): number => Math.round(ms * 1_000);
  const records: ChromeRecord[] = [
    { name: 'process_name', ph: 'M', pid: 1, tid: 0, args: { name: `${trace.lab}/${trace.test} seed ${trace.seed}` } },
    { name: 'thread_name', ph: 'M', pid: 1, tid: 0, args: { name: 'world' } },
    ...trace.nodes.map(
      (name, n): ChromeRecord => ({ name: 'thread_name', ph: 'M', pid: 1, tid: n + 1, args: { name } }),
    ),
    ...roleSlices(trace, us),
  ];
  for (const event of trace.events) {
    const tid = event.node === undefined ? 0 : trace.nodes.indexOf(event.node) + 1;
    const args = { step: event.step, text: eventLine(event) };
    const scope = event.node === undefined ? 'g' : 't';
    records.push({
      name: describe(event).slice(0, 120),
      cat: event.kind,
      ph: 'i',
      pid: 1,
      tid,
      ts: us(event.at),
      s: scope,
      args,
    });
  }
  for (const [id, { data, fromLane, toLane, sent, ends, fate }] of timeline.arrows.entries()) {
    if (fate !== 'delivered') continue;
    const flow = { name: data.method, cat: 'message', id, pid: 1 };
    records.push({ ...flow, ph: 's', tid: fromLane + 1, ts: us(timeline.moments[sent]!.at) });
    records.push({ ...flow, ph: 'f', bp: 'e', tid: toLane + 1, ts: us(timeline.moments[ends]!.at) });
  }
  return JSON.stringify({ displayTimeUnit: 'ms', traceEvents: records });
}

function roleSlices({ nodes, events }: Trace, us: (ms: number) => number): ChromeRecord[] {
  const slices: ChromeRecord[] = [];
  const open = new Map<string, { readonly name: string; readonly since: number }>();
  const endMs = events.at(-1)?.at ?? 0;
  const close = (node: string, at: number): void => {
    const slice = open.get(node);
    if (slice === undefined) return;
    open.delete(node);
    const ts = us(slice.since);
    slices.push({ name: slice.name, cat: 'role', ph: 'X', pid: 1, tid: nodes.indexOf(node) + 1, ts, dur: us(at) - ts });
  };
  for (const { kind, node, at, data } of events) {
    if (node === undefined || (kind !== 'role' && kind !== 'crash' && kind !== 'restart')) continue;
    close(node, at);
    if (kind === 'crash') continue;
    open.set(node, { name: kind === 'role' ? `${data.role}, term ${data.term}` : 'follower', since: at });
  }
  for (const node of nodes) close(node, endMs);
  return slices;
}

import type { Trace, TraceEvent } from '#scenario';
import { eventLine } from './words.ts';

/** Where two runs part. */
export interface Divergence {
  /** Place of the first event that differs, in either trace; the length of the shorter one when it only ends earlier. */
  readonly place: number;
  /** The step of that event, in the first trace or, where that has ended, in the second. */
  readonly step: number;
  readonly here: string;
  readonly there: string;
}

/** @returns the first event in which two traces differ, or `undefined` when they tell the same */
export function firstDivergence(one: Trace, other: Trace): Divergence | undefined {
  const most = Math.max(one.events.length, other.events.length);
  for (let place = 0; place < most; place++) {
    const [here, there] = [one.events[place], other.events[place]];
    if (here !== undefined && there !== undefined && key(here) === key(there)) continue;
    return { place, step: (here ?? there)!.step, here: lineOf(here), there: lineOf(there) };
  }
  return undefined;
}

function key({ step, at, node, kind, data }: TraceEvent): string {
  return JSON.stringify([step, at, node, kind, data]);
}

function lineOf(event: TraceEvent | undefined): string {
  return event === undefined ? 'the run is over' : eventLine(event);
}

/** What stands before the data in a page. */
const EMBEDDED = 'type="application/json" id="trace">';

/** @returns the trace in a file: the JSON itself, or a page that this viewer made; `undefined` when there is none */
export function readTrace(text: string): Trace | undefined {
  const start = text.indexOf(EMBEDDED);
  // Within a page, the data holds no `<`.
  const json = start < 0 ? text : text.slice(start + EMBEDDED.length, text.indexOf('<', start));
  try {
    const trace = JSON.parse(json) as Partial<Trace> | null;
    return trace?.format === 1 && Array.isArray(trace.events) && Array.isArray(trace.nodes)
      ? (trace as Trace)
      : undefined;
  } catch {
    return undefined;
  }
}

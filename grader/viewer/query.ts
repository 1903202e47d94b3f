import type { TraceEvent } from '#scenario';
import { describe } from './words.ts';

/** Decides whether an event is shown. */
export type Filter = (event: TraceEvent) => boolean;

/**
 * Reads a search: words, which must all occur, and `node:n2`, `kind:deliver`, `term:4`, `step:30-41`, `method:RequestVote`,
 * `from:n1`, `to:n3`. Several values are separated by commas; `-` in front turns a condition round.
 */
export function parseQuery(query: string): Filter {
  const conditions = query.split(/\s+/).filter(Boolean).map(condition);
  return (event) => conditions.every((holds) => holds(event));
}

function condition(text: string): Filter {
  if (text.length > 1 && text.startsWith('-')) {
    const holds = condition(text.slice(1));
    return (event) => !holds(event);
  }
  const [, key, values] = /^([a-z]+):(.*)$/i.exec(text) ?? [];
  const field = key === undefined ? undefined : FIELDS[key.toLowerCase()];
  if (field === undefined) {
    const word = text.toLowerCase();
    return (event) => `${event.node ?? 'world'} ${event.kind} ${describe(event)}`.toLowerCase().includes(word);
  }
  const wanted = values!.toLowerCase().split(',').filter(Boolean);
  return (event) => {
    const value = field(event);
    // A condition that is not finished yet hides nothing.
    return wanted.length === 0 || (value !== undefined && wanted.some((each) => isMatch(String(value), each)));
  };
}

const FIELDS: Readonly<Record<string, (event: TraceEvent) => string | number | undefined>> = {
  node: ({ node }) => node ?? 'world',
  kind: ({ kind }) => kind,
  step: ({ step }) => step,
  term: ({ data }) => ('term' in data ? data.term : undefined),
  method: ({ data }) => ('method' in data ? data.method : undefined),
  from: ({ data }) => ('method' in data ? data.from : undefined),
  to: ({ data }) => ('method' in data ? data.to : undefined),
};

function isMatch(value: string, wanted: string): boolean {
  const [, from, to] = /^(\d+)-(\d+)$/.exec(wanted) ?? [];
  if (from !== undefined && to !== undefined) return Number(value) >= Number(from) && Number(value) <= Number(to);
  const text = value.toLowerCase();
  // `kind:disk` means every kind of disk event.
  return text === wanted || (/[a-z]/.test(wanted) && text.startsWith(`${wanted}-`));
}

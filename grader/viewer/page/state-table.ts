import type { TraceNode } from '#scenario';
import { timeText } from '../words.ts';
import { el, find } from './dom.ts';
import type { Pane, View } from './view.ts';

/** Where a value stands. */
interface Place {
  readonly nowMs: number;
  readonly id: string;
  /** All servers of the table. */
  readonly ids: readonly string[];
}

/** A line of the table. */
interface Field {
  readonly name: string;
  /** Explains the name. */
  readonly title: string;
  readonly text: (node: TraceNode, at: Place) => string;
  /** Time to a timer changes always, so its change says nothing. */
  readonly restless?: true;
}

const NOTHING = '–';

const FIELDS: readonly Field[] = [
  { name: 'role', title: 'what the server says it is', text: (node) => (node.up ? (node.role ?? NOTHING) : 'down') },
  { name: 'currentTerm', title: 'latest term that the server has seen', text: (node) => textOf(node.currentTerm) },
  {
    name: 'votedFor',
    title: 'who has its vote in its term, as far as it can be seen',
    text: (node) => textOf(node.votedFor),
  },
  { name: 'leader', title: 'who leads, as far as the server knows', text: (node) => textOf(node.leader) },
  { name: 'commitIndex', title: 'highest entry known to be committed', text: (node) => textOf(node.commitIndex) },
  { name: 'lastApplied', title: 'highest entry given to the state machine', text: (node) => textOf(node.lastApplied) },
  { name: 'lastLogIndex', title: 'last entry of the log', text: (node) => textOf(node.lastLogIndex) },
  {
    name: 'matchIndex',
    title: 'of a leader: up to where each server told it that it holds its log, in the order of the servers',
    text: ({ matchIndex }, { ids, id }) =>
      matchIndex === null ? NOTHING : ids.map((other) => (other === id ? '·' : (matchIndex[other] ?? '?'))).join(' '),
  },
  {
    name: 'next timer',
    title: 'when the next timer fires',
    text: ({ timers, paused }, { nowMs }) =>
      paused ? 'paused' : timers[0] === undefined ? NOTHING : `in ${Math.round(Math.max(0, timers[0] - nowMs))} ms`,
    restless: true,
  },
];

/** What can be seen of each server at the cursor; what is different from the step before, or from the second cursor, is marked. */
export class StateTable implements Pane {
  readonly #head = find('state-head');
  readonly #table = find('state');

  render(view: View): void {
    const { run, state, before, mark, moment } = view;
    const { moments, momentOf } = run.timeline;
    const here = moments[moment];
    const against = mark === undefined ? undefined : moments[momentOf[mark]!];
    this.#head.textContent =
      `State after step ${here?.step ?? 0}, ${timeText(here?.at ?? 0)} ms` +
      (against === undefined ? '' : `, compared with step ${against.step}`);
    const ids = run.trace.nodes.filter((id) => !run.trace.scripted.includes(id));
    const laneHere = run.trace.nodes[here?.lane ?? -1];
    const rows = FIELDS.map((field) =>
      el(
        'tr',
        {},
        el('th', { scope: 'row', title: field.title }, field.name),
        ...ids.map((id) => {
          const nowMs = here?.at ?? 0;
          const now = field.text(state.nodes.get(id)!, { nowMs, id, ids });
          const was = field.text(before.nodes.get(id)!, { nowMs: against?.at ?? nowMs, id, ids });
          return cell(now, was, field.restless !== true && now !== was, id === laneHere);
        }),
      ),
    );
    const heads = ids.map((id) => el('th', { scope: 'col', class: id === laneHere ? 'here' : '' }, id));
    this.#table.replaceChildren(
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, el('span', { class: 'offscreen' }, 'field')), ...heads)),
      el('tbody', {}, ...rows),
    );
  }
}

function cell(now: string, was: string, changed: boolean, here: boolean): HTMLElement {
  const name = `${here ? 'here' : ''}${changed ? ' changed' : ''} ${/^(leader|candidate|down)$/.test(now) ? `is-${now}` : ''}`;
  if (!changed) return el('td', { class: name }, now);
  return el('td', { class: name }, el('s', {}, was), el('span', { class: 'offscreen' }, ' became '), el('b', {}, now));
}

function textOf(value: string | number | null): string {
  return value === null ? NOTHING : String(value);
}

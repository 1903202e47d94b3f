import type { TraceEntry, TraceNode } from '#scenario';
import { conflictingCells } from '../conflicts.ts';
import { el, find } from './dom.ts';
import type { Pane, View } from './view.ts';

/** Columns that the grid shows at once. */
const COLUMNS = 40;
/** Characters of a command that a cell shows. */
const TEXT_MAX = 7;

/** The servers' logs, one below the other. */
export class LogGrid implements Pane {
  readonly #head = find('log-head');
  readonly #scroller = find('log-scroller');
  readonly #table = find('log');
  readonly #earlier = find('log-earlier');
  readonly #later = find('log-later');
  #view: View;
  /** How many columns the reader went back from the end. */
  #back = 0;
  #lastEnd = -1;

  constructor(view: View) {
    this.#view = view;
    this.#earlier.addEventListener('click', () => this.#page(COLUMNS / 2));
    this.#later.addEventListener('click', () => this.#page(-COLUMNS / 2));
  }

  render(view: View): void {
    this.#view = view;
    const { run, state, before } = view;
    const ids = run.trace.nodes.filter((id) => !run.trace.scripted.includes(id));
    const nodes = ids.map((id) => [id, state.nodes.get(id)!] as const);
    const longest = Math.max(0, ...nodes.map(([, { log }]) => log.base + log.entries.length));
    this.#back = Math.max(0, Math.min(this.#back, longest - COLUMNS));
    const end = longest - this.#back;
    const first = Math.max(1, end - COLUMNS + 1);
    this.#head.textContent = longest === 0 ? 'Logs: all empty' : `Logs, index ${first} to ${end}`;
    this.#earlier.hidden = first <= 1;
    this.#later.hidden = this.#back === 0;
    this.#scroller.hidden = longest === 0;
    if (longest === 0) return;
    const bad = conflictingCells(state);
    const columns = Array.from({ length: end - first + 1 }, (_, n) => first + n);
    this.#table.replaceChildren(
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          el('th', { scope: 'col' }, el('span', { class: 'offscreen' }, 'server')),
          ...columns.map((index) => el('th', { scope: 'col' }, String(index))),
        ),
      ),
      el(
        'tbody',
        {},
        ...nodes.map(([id, node]) =>
          el(
            'tr',
            {},
            el('th', { scope: 'row' }, id),
            ...columns.map((index) => cell(id, index, node, before.nodes.get(id)!, bad)),
          ),
        ),
      ),
    );
    if (end !== this.#lastEnd) this.#scroller.scrollLeft = this.#scroller.scrollWidth;
    this.#lastEnd = end;
  }

  #page(by: number): void {
    this.#back += by;
    this.render(this.#view);
    if ((by > 0 ? this.#earlier : this.#later).hidden) (by > 0 ? this.#later : this.#earlier).focus();
  }
}

function cell(id: string, index: number, node: TraceNode, before: TraceNode, bad: ReadonlySet<string>): HTMLElement {
  const { log, commitIndex, lastApplied } = node;
  if (index <= log.base) return el('td', { class: 'snap', title: `${id}, index ${index}: in a snapshot` }, '▤');
  const entry = log.entries[index - log.base - 1];
  if (entry === undefined) return el('td', { class: 'none' }, el('span', { class: 'offscreen' }, 'none'));
  const committed = index <= (commitIndex ?? 0);
  const applied = index <= (lastApplied ?? 0);
  const broken = bad.has(`${id}:${index}`);
  const isNew = !isAlike(entry, before.log.entries[index - before.log.base - 1]);
  const words = [
    `${id}, index ${index}`,
    entry === null ? 'an entry that nobody has seen' : `${entry[1]}, term ${entry[0]}`,
    ...(committed ? ['committed'] : []),
    ...(applied ? ['applied'] : []),
    ...(isNew ? ['changed'] : []),
    ...(broken ? ['breaks an agreement'] : []),
  ];
  const look = [
    'cell',
    entry === null ? 'unseen' : `term-${entry[0] % 8}`,
    committed ? 'committed' : '',
    isNew ? 'new' : '',
    broken ? 'broken' : '',
  ];
  const text = entry === null ? '?' : entry[1];
  return el(
    'td',
    { class: look.filter(Boolean).join(' '), title: words.join(', ') },
    el(
      'span',
      { class: 'command', 'aria-hidden': 'true' },
      text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX - 1).trimEnd()}…` : text,
    ),
    el(
      'span',
      { class: 'cell-foot', 'aria-hidden': 'true' },
      entry === null ? '' : `t${entry[0]}`,
      applied ? ' ●' : '',
      broken ? ' !' : '',
    ),
    el('span', { class: 'offscreen' }, words.slice(1).join(', ')),
  );
}

function isAlike(a: TraceEntry | null, b: TraceEntry | null | undefined): boolean {
  return a === b || (a != null && b != null && a[0] === b[0] && a[1] === b[1]);
}

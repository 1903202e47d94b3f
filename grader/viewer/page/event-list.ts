import { describe, timeText } from '../words.ts';
import { el, find } from './dom.ts';
import type { Pane, View } from './view.ts';

/** Height of a line, in pixels; the style sheet says the same. */
const LINE = 24;
/** Lines beyond the window. */
const OVERSCAN = 12;

/**
 * All events as text. It is a view of its own: everything that the diagram shows can be read here, by keyboard and screen reader.
 * Only the lines in sight exist.
 */
export class EventList implements Pane {
  readonly #scroller = find('events');
  readonly #space = find('events-space');
  readonly #lines = find('events-lines');
  readonly #count = find('event-count');
  readonly #search = find<HTMLInputElement>('search');
  #view: View;
  #lastCursor = -1;
  #lastShown: readonly number[] = [];

  constructor(view: View) {
    this.#view = view;
    this.#scroller.addEventListener('scroll', () => requestAnimationFrame(() => this.#draw()));
    this.#scroller.addEventListener('keydown', (event) => this.#key(event));
    this.#search.addEventListener('input', () => this.#view.search(this.#search.value));
    this.#search.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' || event.key === 'ArrowDown') this.#enter(event);
      else if (event.key === 'Escape') this.#leave();
    });
    new ResizeObserver(() => this.#draw()).observe(this.#scroller);
  }

  render(view: View): void {
    this.#view = view;
    const { shown, cursor, run } = view;
    const all = run.trace.events.length;
    this.#count.textContent = shown.length === all ? `${all} events` : `${shown.length} of ${all} events`;
    if (this.#search.value !== view.query) this.#search.value = view.query;
    this.#space.style.height = `${shown.length * LINE}px`;
    if (cursor !== this.#lastCursor || shown !== this.#lastShown) this.#reveal();
    this.#lastCursor = cursor;
    this.#lastShown = shown;
    this.#draw();
  }

  /** The first shown event at or behind the cursor. */
  #position(): number {
    const { shown, cursor } = this.#view;
    let [low, high] = [0, shown.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (shown[middle]! < cursor) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #reveal(): void {
    const y = this.#position() * LINE;
    const { scrollTop, clientHeight } = this.#scroller;
    if (y < scrollTop + LINE || y > scrollTop + clientHeight - 3 * LINE)
      this.#scroller.scrollTop = y - clientHeight / 2;
  }

  #draw(): void {
    const { shown, run, cursor, moment } = this.#view;
    const { scrollTop, clientHeight } = this.#scroller;
    const first = Math.max(0, Math.floor(scrollTop / LINE) - OVERSCAN);
    const last = Math.min(shown.length, Math.ceil((scrollTop + clientHeight) / LINE) + OVERSCAN);
    const lines: HTMLElement[] = [];
    for (let n = first; n < last; n++) {
      const place = shown[n]!;
      const event = run.trace.events[place]!;
      const here = run.timeline.momentOf[place] === moment;
      const isStep = n === first || run.trace.events[shown[n - 1]!]!.step !== event.step;
      lines.push(
        el(
          'div',
          {
            id: `event-${place}`,
            role: 'option',
            class: `line kind-${event.kind}${here ? ' here' : ''}${place === cursor ? ' cursor' : ''}${isStep ? ' step-begins' : ''}`,
            'aria-selected': place === cursor ? 'true' : 'false',
            'aria-setsize': shown.length,
            'aria-posinset': n + 1,
            click: () => this.#view.goTo(place),
          },
          el('span', { class: 'line-step' }, `${event.step} `),
          el('span', { class: 'line-ms' }, `${timeText(event.at)} ms `),
          el('b', { class: 'line-node' }, `${event.node ?? 'all'} `),
          el('span', { class: 'line-text', title: describe(event) }, describe(event)),
        ),
      );
    }
    this.#lines.style.top = `${first * LINE}px`;
    this.#lines.replaceChildren(...lines);
    // Only an option that exists may be named as the active one.
    if (document.getElementById(`event-${cursor}`) === null) this.#scroller.removeAttribute('aria-activedescendant');
    else this.#scroller.setAttribute('aria-activedescendant', `event-${cursor}`);
  }

  #key(event: KeyboardEvent): void {
    const { shown, cursor } = this.#view;
    const here = this.#position();
    const page = Math.max(1, Math.floor(this.#scroller.clientHeight / LINE) - 2);
    const isOn = shown[here] === cursor;
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: isOn ? here + 1 : here,
      ArrowUp: here - 1,
      PageDown: here + page,
      PageUp: here - page,
    };
    const target = targets[event.key];
    if (target === undefined || shown.length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    this.#view.goTo(shown[Math.max(0, Math.min(target, shown.length - 1))]!);
  }

  #enter(event: KeyboardEvent): void {
    event.preventDefault();
    const { shown } = this.#view;
    const target = shown[this.#position()] ?? shown.at(-1);
    if (target === undefined) return;
    this.#scroller.focus();
    this.#view.goTo(target);
  }

  #leave(): void {
    this.#view.search('');
    this.#scroller.focus();
  }
}

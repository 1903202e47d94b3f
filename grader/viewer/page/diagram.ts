import type { Stretch } from '../lanes.ts';
import { brief, messageText, timeText } from '../words.ts';
import { type ArrowMark, arrowMark, laneMark, momentMark } from './diagram-marks.ts';
import { draw, el, find } from './dom.ts';
import { Geometry } from './geometry.ts';
import type { Pane, Run, View } from './view.ts';

/** Pixels drawn beyond the window, so that scrolling shows no bare edge. */
const OVERSCAN = 240;
/** Characters of a label that fit into 100 pixels. */
const CHARACTERS_PER_100 = 16;

/** The space-time diagram: a lane for each server, time downward, messages as arrows. Only what is in sight exists. */
export class Diagram implements Pane {
  readonly #scroller = find('diagram');
  readonly #space = find('diagram-space');
  readonly #svg = find<SVGSVGElement>('drawing');
  readonly #heads = find('diagram-heads');
  #view: View;
  #geometry: Geometry | undefined;
  #geometryRun: Run | undefined;
  #geometryKey = '';
  #lastMoment = -1;

  constructor(view: View) {
    this.#view = view;
    this.#scroller.addEventListener('scroll', () => requestAnimationFrame(() => this.#draw()));
    new ResizeObserver(() => {
      this.#draw();
      this.#reveal(true);
    }).observe(this.#scroller);
  }

  render(view: View): void {
    this.#view = view;
    this.#measure();
    this.#reveal(false);
    this.#draw();
  }

  /** Scrolls so that the cursor is in sight. */
  #reveal(always: boolean): void {
    const { moment } = this.#view;
    const geometry = this.#measure();
    if (moment === this.#lastMoment && !always) return;
    this.#lastMoment = moment;
    const y = geometry.y(moment);
    const { scrollTop, clientHeight } = this.#scroller;
    const margin = Math.min(90, clientHeight / 4);
    if (y < scrollTop + margin || y > scrollTop + clientHeight - margin) {
      this.#scroller.scrollTop = y - clientHeight * (always ? 0.6 : 0.5);
    }
  }

  #measure(): Geometry {
    const { run, hidden } = this.#view;
    const key = `${this.#scroller.clientWidth} ${[...hidden]}`;
    if (this.#geometry === undefined || this.#geometryKey !== key || this.#geometryRun !== run) {
      this.#geometry = new Geometry(run, hidden, this.#scroller.clientWidth);
      this.#geometryKey = key;
      this.#geometryRun = run;
      this.#space.style.height = `${this.#geometry.height}px`;
    }
    return this.#geometry;
  }

  #draw(): void {
    const geometry = this.#measure();
    const { scrollTop, clientHeight } = this.#scroller;
    const top = Math.max(0, scrollTop - OVERSCAN);
    const bottom = Math.min(geometry.height, scrollTop + clientHeight + OVERSCAN);
    this.#svg.style.top = `${top}px`;
    this.#svg.setAttribute('width', String(geometry.width));
    this.#svg.setAttribute('height', String(bottom - top));
    this.#svg.setAttribute('viewBox', `0 ${top} ${geometry.width} ${bottom - top}`);
    const [from, to] = geometry.momentsBetween(top, bottom);
    const arrows = this.#arrows(geometry, from, to);
    this.#svg.replaceChildren(
      patterns(),
      ...this.#bands(geometry, from, to),
      ...this.#lanes(geometry, from, to, top),
      ...this.#rows(geometry, from, to),
      ...arrows.map(({ line }) => line),
      ...this.#moments(geometry, from, to),
      ...arrows.map(({ end }) => end),
    );
    this.#drawHeads(geometry);
  }

  /** Backgrounds: cut links, the cursors' rows, evidence. */
  #bands(geometry: Geometry, from: number, to: number): SVGElement[] {
    const { run, moment, mark } = this.#view;
    const { width } = geometry;
    const marks: SVGElement[] = [];
    for (const cut of run.cuts) {
      if (cut.to < from || cut.from > to) continue;
      const [y, end] = [geometry.y(cut.from), geometry.y(cut.to)];
      marks.push(draw('rect', { class: 'cut', x: geometry.gutter, y, width, height: Math.max(2, end - y) }));
    }
    const row = (at: number, name: string): void => {
      marks.push(draw('rect', { class: name, x: 0, y: geometry.y(at) - 12, width, height: 24 }));
    };
    for (const at of run.marks.evidence) row(at, 'row-evidence');
    const divergence = this.#view.comparison?.divergence;
    if (divergence !== undefined) {
      const at = run.timeline.momentOf[divergence.place] ?? run.timeline.moments.length - 1;
      marks.push(
        draw('line', { class: 'parting', x1: 0, x2: width, y1: geometry.y(at) - 13, y2: geometry.y(at) - 13 }),
      );
    }
    if (mark !== undefined) row(run.timeline.momentOf[mark]!, 'row-mark');
    row(moment, 'row-cursor');
    return marks;
  }

  #lanes(geometry: Geometry, from: number, to: number, top: number): SVGElement[] {
    const found: SVGElement[] = [];
    for (const lane of geometry.lanes) {
      const x = geometry.x(lane);
      let last: Stretch | undefined;
      for (const stretch of this.#view.run.lanes[lane]!) {
        const isTold = last?.term !== stretch.term;
        last = stretch;
        if (stretch.to < from || stretch.from > to) continue;
        const y = geometry.y(stretch.from);
        const end = stretch.to >= this.#view.run.timeline.moments.length ? geometry.height : geometry.y(stretch.to);
        found.push(...laneMark(stretch, x, Math.max(y, top), end, isTold && y >= top));
      }
    }
    return found;
  }

  #arrows(geometry: Geometry, from: number, to: number): ArrowMark[] {
    const { selected } = this.#view;
    return geometry.arrowsBetween(from, to).map((arrow) => {
      const arrives = arrow.ends < 0 || arrow.fate !== 'delivered' ? arrow.sent : arrow.ends;
      const bright = arrow === selected || (this.#isBright(arrow.sent) && this.#isBright(arrives));
      const mark = arrowMark(arrow, geometry, arrow === selected ? 'selected' : bright ? '' : 'faded');
      const { from: sender, to: receiver } = arrow.data;
      mark.line.append(draw('title', {}, `${sender} → ${receiver}: ${messageText(arrow.data)} (${arrow.fate})`));
      mark.line.addEventListener('click', () => this.#view.select(arrow === selected ? undefined : arrow));
      return mark;
    });
  }

  #isBright(moment: number): boolean {
    const { selected, run } = this.#view;
    if (selected === undefined) return true;
    return run.timeline.isCause(
      moment,
      selected.ends < 0 || selected.fate !== 'delivered' ? selected.sent : selected.ends,
    );
  }

  /** What is clicked to move the cursor; it lies under the messages, which are clicked, too. */
  #rows(geometry: Geometry, from: number, to: number): SVGElement[] {
    const rows: SVGElement[] = [];
    for (let moment = from; moment <= to && moment < this.#view.run.timeline.moments.length; moment++) {
      const [y, width] = [geometry.y(moment) - 12, geometry.width];
      const click = (): void => this.#view.goToMoment(moment);
      rows.push(draw('rect', { class: 'row', x: 0, y, width, height: 24, click }));
    }
    return rows;
  }

  #moments(geometry: Geometry, from: number, to: number): SVGElement[] {
    const { run, moment: cursor, mark } = this.#view;
    const { timeline } = run;
    const room = Math.max(3, Math.floor(((geometry.spacing - 30) * CHARACTERS_PER_100) / 100));
    const rows: SVGElement[] = [];
    for (let moment = from; moment <= to && moment < timeline.moments.length; moment++) {
      const { lane, step, at } = timeline.moments[moment]!;
      if (lane >= 0 && !geometry.lanes.includes(lane)) continue;
      const y = geometry.y(moment);
      const group = draw('g', {
        class: `moment${moment === cursor ? ' here' : ''}${this.#isBright(moment) || lane < 0 ? '' : ' faded'}`,
      });
      const sign = moment === cursor ? '▸' : mark !== undefined && timeline.momentOf[mark] === moment ? '◆' : '';
      group.append(
        draw('text', { class: 'sign', x: 4, y: y + 4 }, sign),
        draw('text', { class: 'step', x: 44, y: y + 4 }, String(step)),
        draw('text', { class: 'ms', x: geometry.gutter - 10, y: y + 4 }, timeText(at)),
      );
      const events = timeline.events(moment);
      group.append(
        ...momentMark(events, lane < 0 ? undefined : geometry.x(lane), y, geometry, clip(brief(events), room)),
      );
      rows.push(group);
    }
    return rows;
  }

  /** The lanes' names, with what each server is at the cursor. */
  #drawHeads(geometry: Geometry): void {
    const { run, state, hidden } = this.#view;
    const focused = (document.activeElement as HTMLElement | null)?.dataset.lane;
    const heads = geometry.lanes.map((lane) => {
      const id = run.trace.nodes[lane]!;
      const node = state.nodes.get(id)!;
      const look = run.trace.scripted.includes(id)
        ? 'the test'
        : !node.up
          ? 'down'
          : node.paused
            ? 'paused'
            : (node.role ?? 'starting');
      const head = el(
        'button',
        {
          type: 'button',
          class: `head ${look}`,
          'data-lane': lane,
          title: `Hide ${id}`,
          'aria-label': `${id}, ${look}${node.currentTerm === null ? '' : `, term ${node.currentTerm}`}. Hide this lane`,
          click: () => this.#view.toggleLane(lane),
        },
        el('b', {}, id),
        el('span', {}, node.currentTerm === null ? look : `${look} ${node.currentTerm}`),
      );
      head.style.left = `${geometry.x(lane)}px`;
      return head;
    });
    const shows = [...hidden].map((lane) =>
      el(
        'button',
        { type: 'button', class: 'show', click: () => this.#view.toggleLane(lane) },
        `Show ${run.trace.nodes[lane]}`,
      ),
    );
    this.#heads.replaceChildren(
      el('span', { class: 'gutter-head' }, 'step', el('span', { class: 'gutter-ms' }, 'ms')),
      ...heads,
      el('span', { class: 'shows' }, ...shows),
    );
    if (focused !== undefined) this.#heads.querySelector<HTMLElement>(`[data-lane="${focused}"]`)?.focus();
  }
}

function clip(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, Math.max(1, room - 1))}…`;
}

/** Hatching for servers that are down, and dots for those that are paused. */
function patterns(): SVGElement {
  const hatch = draw('pattern', {
    id: 'hatch',
    width: 6,
    height: 6,
    patternUnits: 'userSpaceOnUse',
    patternTransform: 'rotate(45)',
  });
  hatch.append(
    draw('rect', { width: 6, height: 6, class: 'hatch-ground' }),
    draw('rect', { width: 2, height: 6, class: 'hatch-line' }),
  );
  return draw('defs', {}, hatch);
}

import { eventLine } from '../words.ts';
import { draw, find } from './dom.ts';
import type { Pane, Run, View } from './view.ts';

/** The run as a bar: where elections, faults and the failure are, and where the cursor is. */
export class Scrubber implements Pane {
  readonly #range = find<HTMLInputElement>('range');
  readonly #marks = find('marks');
  readonly #says = find('says');
  #drawnFor: unknown[] = [];

  constructor(view: View) {
    this.#range.addEventListener('input', () => view.goToMoment(Number(this.#range.value)));
  }

  render(view: View): void {
    const { run, moment, cursor, mark, comparison } = view;
    const event = run.trace.events[cursor];
    this.#range.max = String(Math.max(0, run.timeline.moments.length - 1));
    this.#range.value = String(moment);
    this.#range.setAttribute('aria-valuetext', event === undefined ? 'nothing happened' : eventLine(event));
    if (event !== undefined) this.#says.textContent = eventLine(event);
    const parting = run === view.own || comparison !== undefined ? comparison?.divergence?.place : undefined;
    const drawn = [run, mark, parting];
    if (drawn.every((each, n) => each === this.#drawnFor[n]) && this.#drawnFor.length > 0) return;
    this.#drawnFor = drawn;
    this.#draw(run, mark, parting);
  }

  #draw({ timeline, marks }: Run, mark: number | undefined, parting: number | undefined): void {
    const last = Math.max(1, timeline.moments.length - 1);
    const tick = (name: string, moment: number): SVGElement => {
      const x = `${(moment / last) * 100}%`;
      return draw('line', { class: name, x1: x, x2: x, y1: TICKS[name]![0], y2: TICKS[name]![1] });
    };
    this.#marks.replaceChildren(
      ...marks.faults.map((moment) => tick('fault', moment)),
      ...marks.elections.map((moment) => tick('election', moment)),
      ...marks.evidence.map((moment) => tick('evidence', moment)),
      ...(marks.violation === undefined ? [] : [tick('violation', marks.violation)]),
      ...(mark === undefined ? [] : [tick('second', timeline.momentOf[mark]!)]),
      ...(parting === undefined ? [] : [tick('parting', timeline.momentOf[parting] ?? last)]),
    );
  }
}

/** From where to where each kind of tick goes, in pixels: kinds differ in place as well as in colour. */
const TICKS: Readonly<Record<string, readonly [number, number]>> = {
  election: [0, 6],
  fault: [10, 16],
  evidence: [3, 13],
  violation: [0, 16],
  second: [0, 16],
  parting: [0, 16],
};

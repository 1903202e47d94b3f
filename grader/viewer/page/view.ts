import type { Edit, Trace } from '#scenario';
import { type Divergence, firstDivergence } from '../compare.ts';
import { type CutStretch, cutStretches, laneStretches, type Marks, marksOf, type Stretch } from '../lanes.ts';
import { parseQuery } from '../query.ts';
import { stateAfter, type WorldState } from '../states.ts';
import { type Arrow, Timeline } from '../timeline.ts';

/** A pane that draws what the view shows. */
export interface Pane {
  render(view: View): void;
}

/** A run, and all that is derived from it once. */
export class Run {
  readonly trace: Trace;
  readonly timeline: Timeline;
  readonly lanes: readonly (readonly Stretch[])[];
  readonly cuts: readonly CutStretch[];
  readonly marks: Marks;

  constructor(trace: Trace) {
    this.trace = trace;
    this.timeline = new Timeline(trace);
    this.lanes = laneStretches(this.timeline);
    this.cuts = cutStretches(this.timeline);
    this.marks = marksOf(this.timeline);
  }
}

/** A run that is compared with the first one. */
export interface Comparison {
  readonly name: string;
  readonly run: Run;
  /** Absent when both runs tell the same. */
  readonly divergence: Divergence | undefined;
}

/** What the page shows, and the only place where that changes. */
export class View {
  /** The run of this file. */
  readonly own: Run;
  /** The run that is shown: this file's, or the one that it is compared with. */
  run: Run;
  comparison: Comparison | undefined;
  /** Place of the event under the cursor. */
  cursor = 0;
  /** Place of the event under the second cursor. */
  mark: number | undefined;
  /** The message that was clicked: what led to it is bright, the rest faded. */
  selected: Arrow | undefined;
  /** Lanes that are not shown. */
  readonly hidden = new Set<number>();
  query = '';
  /** Places of the events that the search lets through. */
  shown: readonly number[] = [];
  edits: readonly Edit[] = [];
  readonly #panes: Pane[] = [];
  #isDue = false;
  #states: readonly { readonly run: Run; readonly moment: number; readonly state: WorldState }[] = [];

  constructor(trace: Trace) {
    this.own = new Run(trace);
    this.run = this.own;
    this.#filter();
  }

  /** The moment under the cursor. */
  get moment(): number {
    return this.run.timeline.momentOf[this.cursor] ?? 0;
  }

  /** The state at the cursor: behind the last event of its moment. */
  get state(): WorldState {
    return this.#stateBehind(this.moment);
  }

  /** The state to compare it with: at the second cursor, or before the step. */
  get before(): WorldState {
    const { moments, momentOf } = this.run.timeline;
    if (this.mark !== undefined) return this.#stateBehind(momentOf[this.mark]!);
    let first = this.moment;
    while (moments[first - 1]?.step === moments[first]?.step && first > 0) first--;
    return this.#stateBehind(first - 1);
  }

  add(...panes: readonly Pane[]): void {
    this.#panes.push(...panes);
  }

  /** Draws everything anew with the next frame, once, however much changes until then. Panes draw only what is in sight. */
  render(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      for (const pane of this.#panes) pane.render(this);
    });
  }

  /** Moves the cursor to an event. */
  goTo(place: number): void {
    this.cursor = Math.max(0, Math.min(place, this.run.trace.events.length - 1));
    this.render();
  }

  /** Moves the cursor to a moment. */
  goToMoment(moment: number): void {
    const { moments } = this.run.timeline;
    this.goTo(moments[Math.max(0, Math.min(moment, moments.length - 1))]?.first ?? 0);
  }

  /** Selects a message and goes to where it ended, or, with no message, ends the selection. */
  select(arrow: Arrow | undefined): void {
    this.selected = arrow;
    if (arrow === undefined) this.render();
    else this.goTo(arrow.endEvent < 0 ? arrow.sendEvent : arrow.endEvent);
  }

  /** Sets the second cursor here, or takes it away when it is here. */
  toggleMark(): void {
    const here = this.mark !== undefined && this.run.timeline.momentOf[this.mark] === this.moment;
    this.mark = here ? undefined : this.cursor;
    this.render();
  }

  toggleLane(lane: number): void {
    // One lane stays, as a diagram of nothing could not be undone by a click on it.
    if (this.hidden.has(lane)) this.hidden.delete(lane);
    else if (this.hidden.size < this.run.trace.nodes.length - 1) this.hidden.add(lane);
    this.render();
  }

  search(query: string): void {
    this.query = query;
    this.#filter();
    this.render();
  }

  edit(edits: readonly Edit[]): void {
    this.edits = edits;
    this.render();
  }

  /** Compares this file's run with another one. */
  compareWith(name: string, trace: Trace): void {
    const divergence = firstDivergence(this.own.trace, trace);
    this.comparison = { name, run: new Run(trace), divergence };
    this.show(this.own);
    if (divergence !== undefined) this.goTo(divergence.place);
  }

  /** Shows one of the two runs, at the same step. */
  show(run: Run): void {
    const step = this.run.trace.events[this.cursor]?.step ?? 0;
    this.run = run;
    this.selected = undefined;
    this.mark = undefined;
    this.hidden.clear();
    this.#filter();
    this.goToMoment(run.timeline.momentAtStep(step));
  }

  /** Panes ask for the same two states over and over while one step is drawn. */
  #stateBehind(moment: number): WorldState {
    const known = this.#states.find((each) => each.run === this.run && each.moment === moment);
    if (known !== undefined) return known.state;
    const { trace, timeline } = this.run;
    const state = stateAfter(trace, timeline.moments[moment]?.last ?? -1);
    this.#states = [{ run: this.run, moment, state }, ...this.#states].slice(0, 3);
    return state;
  }

  #filter(): void {
    const passes = parseQuery(this.query);
    const shown: number[] = [];
    for (const [place, event] of this.run.trace.events.entries()) if (passes(event)) shown.push(place);
    this.shown = shown;
  }
}

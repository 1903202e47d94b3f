import { find } from './dom.ts';
import type { View } from './view.ts';

/** Moments a second. */
const SPEEDS = [1, 2, 4, 8, 16, 32];

/** Moves the cursor: step by step, from place to place, or by itself. */
export class Player {
  readonly #view: View;
  readonly #play = find('play');
  readonly #speed = find('speed');
  #at = 2;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(view: View) {
    this.#view = view;
    const buttons: Readonly<Record<string, () => void>> = {
      play: () => this.toggle(),
      slower: () => this.faster(-1),
      faster: () => this.faster(1),
      start: () => this.ends(0),
      back: () => this.step(-1),
      next: () => this.step(1),
      end: () => this.ends(1),
      'election-back': () => this.election(-1),
      'election-next': () => this.election(1),
      'to-violation': () => this.violation(),
      'to-evidence': () => this.evidence(),
      'set-mark': () => view.toggleMark(),
    };
    for (const [id, action] of Object.entries(buttons)) find(id).addEventListener('click', action);
    this.faster(0);
  }

  /** To the next or last row. */
  step(by: 1 | -1): void {
    this.#view.goToMoment(this.#view.moment + by);
  }

  /** To the next or last row of the same server. */
  stepHere(by: 1 | -1): void {
    const { run, moment, hidden } = this.#view;
    const { moments } = run.timeline;
    const lane = moments[moment]?.lane ?? -1;
    const fits = (at: number): boolean =>
      lane < 0 ? moments[at]!.lane >= 0 && !hidden.has(moments[at]!.lane) : moments[at]!.lane === lane;
    let at = moment + by;
    while (at >= 0 && at < moments.length && !fits(at)) at += by;
    if (at >= 0 && at < moments.length) this.#view.goToMoment(at);
  }

  /** To the first or last row. */
  ends(which: 0 | 1): void {
    this.#view.goToMoment(which * (this.#view.run.timeline.moments.length - 1));
  }

  /** To where somebody begins to campaign, or to lead. */
  election(by: 1 | -1): void {
    const { run, moment } = this.#view;
    const { elections } = run.marks;
    const target = by > 0 ? elections.find((at) => at > moment) : elections.findLast((at) => at < moment);
    if (target !== undefined) this.#view.goToMoment(target);
  }

  /** To the failure, or to the end of a run without one. */
  violation(): void {
    const { run } = this.#view;
    this.#view.goToMoment(run.marks.violation ?? run.timeline.moments.length - 1);
  }

  /** To the next piece of evidence, round and round. */
  evidence(): void {
    const { run, moment } = this.#view;
    const { evidence } = run.marks;
    const target = evidence.find((at) => at > moment) ?? evidence[0];
    if (target !== undefined) this.#view.goToMoment(target);
  }

  /** Runs or stops. */
  toggle(): void {
    if (this.#timer === undefined) {
      // At the end there is nothing to play but all of it.
      if (this.#view.moment >= this.#view.run.timeline.moments.length - 1) this.ends(0);
      this.#start();
    } else this.#stop();
  }

  /** Changes the speed. */
  faster(by: -1 | 0 | 1): void {
    this.#at = Math.max(0, Math.min(SPEEDS.length - 1, this.#at + by));
    this.#speed.textContent = `${SPEEDS[this.#at]} / s`;
    if (this.#timer !== undefined) {
      this.#stop();
      this.#start();
    }
  }

  #start(): void {
    this.#timer = setInterval(() => {
      if (this.#view.moment >= this.#view.run.timeline.moments.length - 1) this.#stop();
      else this.step(1);
    }, 1_000 / SPEEDS[this.#at]!);
    this.#play.textContent = 'Pause';
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#play.textContent = 'Play';
  }
}

import type { Arrow } from '../timeline.ts';
import type { Run } from './view.ts';

/** Pixels between two rows, at least. */
const ROW = 26;
/** Pixels added for time that passes: a gap is seen as one, and a long one does not push the next row out of sight. */
const GAP_MAX = 44;
/** Rows of one bucket of arrows. */
const BUCKET = 64;

/** Where things stand in the diagram, in pixels. */
export class Geometry {
  readonly width: number;
  readonly height: number;
  /** Room for step and time at the left. */
  readonly gutter = 108;
  /** Lanes in sight. */
  readonly lanes: readonly number[];
  /** From one lane to the next. */
  readonly spacing: number;
  readonly #rows: Float64Array;
  readonly #xs = new Map<number, number>();
  readonly #arrows: Arrow[][] = [];

  constructor({ timeline, trace }: Run, hidden: ReadonlySet<number>, width: number) {
    this.width = width;
    this.lanes = [...trace.nodes.keys()].filter((lane) => !hidden.has(lane));
    this.spacing = (width - this.gutter - 16) / Math.max(1, this.lanes.length);
    for (const [n, lane] of this.lanes.entries()) this.#xs.set(lane, this.gutter + 24 + n * this.spacing);
    const { moments } = timeline;
    this.#rows = new Float64Array(moments.length + 1);
    let y = ROW;
    for (const [n, moment] of moments.entries()) {
      if (n > 0) y += ROW + Math.min(GAP_MAX, Math.max(0, (moment.at - moments[n - 1]!.at - 5) * 0.5));
      this.#rows[n] = y;
    }
    this.#rows[moments.length] = y + ROW;
    this.height = y + 3 * ROW;
    for (const arrow of timeline.arrows) {
      if (!this.#xs.has(arrow.fromLane) || !this.#xs.has(arrow.toLane)) continue;
      const last = arrow.ends < 0 ? arrow.sent : arrow.ends;
      for (let n = Math.floor(arrow.sent / BUCKET); n <= Math.floor(last / BUCKET); n++) {
        this.#arrows[n] ??= [];
        this.#arrows[n]!.push(arrow);
      }
    }
  }

  /** Where a moment's row is. */
  y(moment: number): number {
    return this.#rows[Math.max(0, Math.min(moment, this.#rows.length - 1))]!;
  }

  /** Where a lane is. */
  x(lane: number): number {
    return this.#xs.get(lane) ?? 0;
  }

  /** The first and the last moment between two heights. */
  momentsBetween(top: number, bottom: number): readonly [number, number] {
    return [Math.max(0, this.#search(top) - 1), this.#search(bottom)];
  }

  /** Arrows that touch some of these moments. */
  arrowsBetween(from: number, to: number): readonly Arrow[] {
    const found = new Set<Arrow>();
    for (let n = Math.floor(from / BUCKET); n <= Math.floor(to / BUCKET); n++) {
      for (const arrow of this.#arrows[n] ?? []) {
        const last = arrow.ends < 0 ? arrow.sent : arrow.ends;
        if (arrow.sent <= to && last >= from) found.add(arrow);
      }
    }
    return [...found];
  }

  #search(y: number): number {
    let [low, high] = [0, this.#rows.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#rows[middle]! < y) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

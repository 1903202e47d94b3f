import type { TraceEvent } from '#scenario';
import type { Stretch } from '../lanes.ts';
import type { Arrow } from '../timeline.ts';
import { describe } from '../words.ts';
import { draw } from './dom.ts';
import type { Geometry } from './geometry.ts';

/** How wide a lane is drawn, in pixels: what a server is shows by width and pattern, and not by colour alone. */
const WIDTHS = { follower: 3, candidate: 8, leader: 10, down: 10, paused: 8, unknown: 1 } as const;

/** @returns a stretch of a lane, with its term when that is new */
export function laneMark({ look, term }: Stretch, x: number, y: number, end: number, withTerm: boolean): SVGElement[] {
  const width = WIDTHS[look];
  const bar = draw('rect', {
    class: `lane ${look}`,
    x: x - width / 2,
    y,
    width,
    height: Math.max(0, end - y),
    rx: look === 'follower' ? 0 : 2,
  });
  if (!withTerm || term === null || look === 'down') return [bar];
  const chip = draw('g', { class: `term term-${term % 8}` });
  chip.append(
    draw('rect', {
      x: x - 19 - 7 * String(term).length,
      y: y - 9,
      width: 12 + 7 * String(term).length,
      height: 18,
      rx: 9,
    }),
    draw('text', { x: x - 13 - 3.5 * String(term).length, y: y + 4 }, String(term)),
  );
  return [bar, chip];
}

/** How a message is drawn: its line lies under the words, its end above them. */
export interface ArrowMark {
  readonly line: SVGElement;
  readonly end: SVGElement;
}

/** @returns a message: a line that can be clicked, and its head, or a cross when it was lost */
export function arrowMark(arrow: Arrow, geometry: Geometry, look: string): ArrowMark {
  const { fate, sent, ends, data } = arrow;
  const [x1, y1] = [geometry.x(arrow.fromLane), geometry.y(sent)];
  const far = geometry.x(arrow.toLane);
  // Lost as it left, or still on its way: the line stops short.
  const short = ends === sent || ends < 0;
  const x2 = short ? x1 + (far - x1) * 0.4 : far;
  const y2 = short ? y1 + 13 : geometry.y(ends);
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const [dx, dy] = [(x2 - x1) / length, (y2 - y1) / length];
  const [sx, sy] = [x1 + dx * 7, y1 + dy * 7];
  const [tx, ty] = short ? [x2, y2] : [x2 - dx * 6, y2 - dy * 6];
  const name = `arrow ${kindOf(arrow)} ${data.phase} ${look}`;
  const line = draw('g', { class: name });
  line.append(
    draw('line', { class: 'hit', x1: sx, y1: sy, x2: tx, y2: ty }),
    draw('line', { class: 'shaft', x1: sx, y1: sy, x2: tx, y2: ty }),
  );
  const [px, py] = [tx - dx * 9, ty - dy * 9];
  const end = draw('g', { class: `${name} end` });
  end.append(
    fate === 'lost'
      ? draw('path', { class: 'cross', d: `M${tx - 4} ${ty - 4}l8 8m0 -8l-8 8` })
      : draw('path', {
          class: 'tip',
          d: `M${tx} ${ty}L${px - dy * 3.8} ${py + dx * 3.8}L${px + dy * 3.8} ${py - dx * 3.8}Z`,
        }),
  );
  return { line, end };
}

function kindOf({ data }: Arrow): string {
  if (data.method === 'RequestVote') return 'vote';
  if (data.method === 'AppendEntries') return data.entryCount === 0 ? 'beat' : 'append';
  return 'other';
}

/** @returns what happened in a moment: a sign on its lane and a few words, or a line across all lanes */
export function momentMark(
  events: readonly TraceEvent[],
  x: number | undefined,
  y: number,
  geometry: Geometry,
  label: string,
): SVGElement[] {
  const kinds = new Set(events.map(({ kind }) => kind));
  if (x === undefined) {
    const text = describe(events[0]!);
    const name = kinds.has('violation') ? 'world violation' : 'world';
    const { gutter, width } = geometry;
    const room = Math.floor((width - gutter - 20) / 6.6);
    return [
      draw('line', { class: name, x1: gutter, x2: width, y1: y + 9, y2: y + 9 }),
      draw('text', { class: name, x: gutter + 4, y: y + 4 }, text.length > room ? `${text.slice(0, room - 1)}…` : text),
    ];
  }
  const important = kinds.has('role') || kinds.has('crash') || kinds.has('restart') || kinds.has('throw');
  const quiet = /^(heartbeat|ok|no answer|runs|has started|has an answer)$/.test(label);
  return [
    sign(kinds, x, y),
    draw(
      'text',
      { class: `label${important ? ' important' : ''}${quiet ? ' quiet' : ''}`, x: x + 17, y: y + 4 },
      label,
    ),
  ];
}

function sign(kinds: ReadonlySet<string>, x: number, y: number): SVGElement {
  if (kinds.has('crash')) return draw('path', { class: 'sign-crash', d: `M${x - 6} ${y - 6}l12 12m0 -12l-12 12` });
  if (kinds.has('restart')) return draw('path', { class: 'sign-restart', d: `M${x} ${y - 6}l6 11h-12z` });
  if (kinds.has('client-call')) return draw('path', { class: 'sign-client', d: `M${x} ${y - 6}l6 6l-6 6l-6 -6z` });
  if (kinds.has('timer-fire')) {
    const clock = draw('g', { class: 'sign-timer' });
    clock.append(draw('circle', { cx: x, cy: y, r: 5.5 }), draw('path', { d: `M${x} ${y - 3}v3h2.5` }));
    return clock;
  }
  return draw('circle', { class: 'sign-dot', cx: x, cy: y, r: kinds.has('apply') ? 4.5 : 3.2 });
}

import type { ServerId } from '#contract';
import type { RecordedLine } from './recorder.ts';
import type { StoryLine } from './result.ts';

/** Lines up to which a story makes room for more of what the accused server got. */
const LINES_WITH_OWN = 22;
/** Events of that server that are told though nothing rests on them: at least and at most. */
const OWN_MIN = 3;
const OWN_MAX = 6;
/** Lines up to which a story that accuses nobody makes room for marks of its gaps. */
const LINES_WITH_GAPS = 36;
/** Lines of `env.log` in a story. */
const LOGS_MAX = 8;

/** Where to look for a server's own events. */
interface Window {
  readonly lines: readonly RecordedLine[];
  readonly fromStep: number;
  readonly toStep: number;
  readonly server: ServerId;
  /** Steps that are told anyway. */
  readonly steps: ReadonlySet<number>;
}

/** @returns whether a line makes its step an event worth knowing of: something came, or the server did more than it always does */
function isEventful({ way, topic, dull, disk, mark }: RecordedLine): boolean {
  if (topic === 'timer' || topic === 'loss' || disk === true || mark === 'trouble') return false;
  return way === 'got' || dull !== true;
}

/**
 * What the accused server got, beyond what the failure rests on: what changed it first, then what is unlike anything later, as
 * a hundred heartbeats tell no more than one does, and of these the latest first.
 *
 * @param present - lines that the story has
 */
export function ownLines({ lines, fromStep, toStep, server, steps }: Window, present: number): RecordedLine[] {
  const events = new Map<number, RecordedLine[]>();
  for (const line of lines) {
    const { step } = line;
    if (line.server !== server || step <= fromStep || step >= toStep || steps.has(step)) continue;
    events.set(step, [...(events.get(step) ?? []), line]);
  }
  const latestFirst = [...events.values()].filter((event) => event.some(isEventful)).reverse();
  const seen = new Set<string>();
  const ranks = new Map<readonly RecordedLine[], number>();
  for (const event of latestFirst) {
    const text = event
      .filter((line) => isEventful(line) && line.topic !== 'log')
      .map((line) => line.text)
      .join('\n');
    const changes = event.some(({ mark }) => mark !== undefined && mark !== 'trouble');
    ranks.set(event, changes ? 0 : seen.has(text) ? 2 : 1);
    seen.add(text);
  }
  const room = Math.min(OWN_MAX, Math.max(OWN_MIN, LINES_WITH_OWN - present));
  const ranked = latestFirst.toSorted((a, b) => ranks.get(a)! - ranks.get(b)!);
  return ranked
    .slice(0, room)
    .flat()
    .filter(({ disk }) => disk !== true);
}

/**
 * Puts into a story what its servers said in `env.log`: in the steps of the evidence first, then what the accused server said,
 * the latest first. What is beyond the cap is taken out.
 *
 * @returns how many lines that is
 */
export function logLines(
  lines: readonly RecordedLine[],
  {
    chosen,
    marked,
    accused,
  }: {
    readonly chosen: Set<RecordedLine>;
    readonly marked: ReadonlySet<number>;
    readonly accused: ServerId | undefined;
  },
): number {
  const servers = new Set([...chosen].filter(({ topic }) => topic !== 'fault').map(({ server }) => server));
  const rank = ({ step, server }: RecordedLine): number => (marked.has(step) ? 0 : server === accused ? 1 : 2);
  const logs = lines.filter(({ topic, server }) => topic === 'log' && server !== undefined && servers.has(server));
  const ranked = logs.toReversed().toSorted((a, b) => rank(a) - rank(b));
  for (const [i, line] of ranked.entries()) {
    if (i < LOGS_MAX) chosen.add(line);
    else chosen.delete(line);
  }
  return Math.max(0, ranked.length - LOGS_MAX);
}

/** Where a story has to account for what the accused server got; when nobody is accused, for what anybody got. */
interface Account {
  readonly lines: readonly RecordedLine[];
  readonly fromStep: number;
  readonly accused: ServerId | undefined;
}

/**
 * @returns lines of events that are missing one by one: a mark of such a gap would take as much room as they do. With nobody
 * accused these may be many: then as many as there is room for, the latest
 */
export function loneLines(shown: readonly RecordedLine[], account: Account): RecordedLine[] {
  const { lines, accused } = account;
  const gaps = shown.map((_, place) => missingBefore(shown, place, account)).filter(({ length }) => length > 0);
  const lone = gaps.filter(({ length }) => length === 1).flat();
  // An event takes a line or two.
  const room = Math.max(0, Math.floor((LINES_WITH_GAPS - shown.length - gaps.length) / 2));
  const steps = new Set(accused === undefined ? lone.slice(Math.max(0, lone.length - room)) : lone);
  return lines.filter((line) => isOf(accused, line) && steps.has(line.step) && line.disk !== true);
}

/**
 * @returns for each line of a story how much of what it accounts for is missing before it. With nobody accused, every second
 * line could have such a mark: then only the largest gaps have one, as many as there is room for
 */
export function gapsOf(shown: readonly RecordedLine[], account: Account): Pick<StoryLine, 'leftOut'>[] {
  const { accused } = account;
  const amounts = shown.map((_, place) => missingBefore(shown, place, account).length);
  const room = accused === undefined ? Math.max(0, LINES_WITH_GAPS - shown.length) : amounts.length;
  const largest = [...amounts.keys()].sort((a, b) => amounts[b]! - amounts[a]!).slice(0, room);
  return amounts.map((events, place) => {
    if (events === 0 || !largest.includes(place)) return {};
    return { leftOut: { events, ...(accused === undefined ? {} : { server: accused }) } };
  });
}

/** @returns the steps of the events to account for between a line of a story and the one before it */
function missingBefore(shown: readonly RecordedLine[], place: number, { lines, fromStep, accused }: Account): number[] {
  const { step } = shown[place]!;
  const before = Math.max(fromStep, shown[place - 1]?.step ?? (accused === undefined ? fromStep : step));
  if (step <= before + 1) return [];
  const isMissing = (line: RecordedLine): boolean =>
    isOf(accused, line) && line.step > before && line.step < step && isEventful(line);
  return [...new Set(lines.filter(isMissing).map((line) => line.step))];
}

/** @returns whether a line is about what a story accounts for */
function isOf(accused: ServerId | undefined, { server }: RecordedLine): boolean {
  return accused === undefined || server === accused;
}

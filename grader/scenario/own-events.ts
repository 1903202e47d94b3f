import type { ServerId } from '#contract';
import type { RecordedLine } from './recorder.ts';
import type { StoryLine } from './result.ts';

/** Lines up to which a story makes room for more of what the accused server got. */
const LINES_WITH_OWN = 22;
/** Events of that server that are told though nothing rests on them: at least and at most. */
const OWN_MIN = 3;
const OWN_MAX = 6;
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
 * What the accused server got, beyond what the failure rests on: the latest first, but before all others those unlike any
 * later one, as a hundred heartbeats tell no more than one does.
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
  const repeats = new Map<readonly RecordedLine[], boolean>();
  for (const event of latestFirst) {
    const text = event.find(isEventful)!.text;
    repeats.set(event, seen.has(text));
    seen.add(text);
  }
  const room = Math.min(OWN_MAX, Math.max(OWN_MIN, LINES_WITH_OWN - present));
  const ranked = latestFirst.toSorted((a, b) => Number(repeats.get(a)) - Number(repeats.get(b)));
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

/**
 * Tells how much of what the accused server got is missing between the lines of a story, and how many lines of `env.log` are.
 *
 * @returns what to add to the line at a place
 */
export function leftOutBefore(
  shown: readonly RecordedLine[],
  lines: readonly RecordedLine[],
  {
    fromStep,
    accused,
    cut,
  }: { readonly fromStep: number; readonly accused: ServerId | undefined; readonly cut: number },
): (place: number) => Pick<StoryLine, 'leftOut' | 'logsLeftOut'> {
  const told = new Set(shown.map(({ step }) => step));
  const events = lines.filter((line) => line.server === accused && line.step > fromStep && !told.has(line.step));
  const missing = [...new Set(events.filter(isEventful).map(({ step }) => step))];
  return (place) => {
    const { step } = shown[place]!;
    const before = shown[place - 1]?.step ?? step;
    const leftOut = missing.filter((each) => each > before && each < step).length;
    const logs = place === 0 && cut > 0 ? { logsLeftOut: cut } : {};
    return accused === undefined || leftOut === 0 ? logs : { leftOut: { events: leftOut, server: accused }, ...logs };
  };
}

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

/** Where a story has to account for what the accused server got. */
interface Account {
  readonly lines: readonly RecordedLine[];
  readonly fromStep: number;
  readonly accused: ServerId | undefined;
}

/** @returns lines of events that are missing one by one: a mark of such a gap would take as much room as they do */
export function loneLines(shown: readonly RecordedLine[], account: Account): RecordedLine[] {
  const lone = shown.map((_, place) => missingBefore(shown, place, account)).filter(({ length }) => length === 1);
  const steps = new Set(lone.flat());
  return account.lines.filter((line) => line.server === account.accused && steps.has(line.step) && line.disk !== true);
}

/** @returns for each line of a story how much of what the accused server got is missing before it */
export function gapsOf(shown: readonly RecordedLine[], account: Account): Pick<StoryLine, 'leftOut'>[] {
  return shown.map((_, place) => {
    const { length } = missingBefore(shown, place, account);
    return account.accused === undefined || length === 0
      ? {}
      : { leftOut: { events: length, server: account.accused } };
  });
}

/** @returns the steps of the accused server's events between a line of a story and the one before it */
function missingBefore(shown: readonly RecordedLine[], place: number, { lines, fromStep, accused }: Account): number[] {
  const { step } = shown[place]!;
  const before = Math.max(fromStep, shown[place - 1]?.step ?? step);
  if (step <= before + 1) return [];
  const isMissing = (line: RecordedLine): boolean =>
    line.server === accused && line.step > before && line.step < step && isEventful(line);
  return [...new Set(lines.filter(isMissing).map((line) => line.step))];
}

import type { ServerId } from '#contract';
import { Causes } from './causes.ts';
import { joined } from './joined-lines.ts';
import { gapsOf, logLines, loneLines, ownLines } from './own-events.ts';
import type { RecordedLine } from './recorder.ts';
import type { StoryLine } from './result.ts';

/** Lines after which a story goes no further into the past. */
const LINES_ENOUGH = 22;
/** Steps after which it does not look any further for lines. */
const STEPS_MAX = 200;
/** Faults and troubles with messages that a story tells whether or not anything in it rests on them; with more, the last ones. */
const DISTURBANCES_MAX = 10;

/** A failure, as far as its story is concerned. */
export interface Told {
  /** Steps that show it. */
  readonly evidence: readonly number[];
  /** The step in which it was seen. */
  readonly step: number;
  /** The server that did wrong, when one did. */
  readonly accused?: ServerId;
}

/**
 * Chooses from all that was recorded the lines that matter, causes before effects: what led to the evidence and to the
 * failure, through messages and through what each server had become before, and what was done to the cluster meanwhile.
 * What a server forgot, or did not do, leaves no trace of its own: so what the accused server got meanwhile is told, too, or
 * how much of it is left out, and so is what servers of the story said in `env.log`. With nobody accused, as when no leader is
 * elected, it says how much is left out of what anybody got.
 */
export function chooseStory(lines: readonly RecordedLine[], { evidence, step, accused }: Told): StoryLine[] {
  const causes = new Causes(lines);
  const marked = new Set([...evidence, step]);
  const chosen = new Set<RecordedLine>(disturbances(lines));
  for (const line of causes.at(step)) if (line.topic === 'failure') chosen.add(line);
  const steps = new Set<number>();
  const told: RecordedLine[] = [];
  for (const each of causes.past(rootsOf(causes, lines, marked, step))) {
    if ((chosen.size >= LINES_ENOUGH || steps.size >= STEPS_MAX) && !marked.has(each)) break;
    steps.add(each);
    const own = [...tellingLines(causes.at(each), marked.has(each)), ...sentFor(causes, each)];
    told.push(...own);
    for (const line of own) chosen.add(line);
  }
  const inOrder = (): RecordedLine[] => joined(lines.filter((line) => chosen.has(line)));
  const fromStep = firstStep(told, marked, accused);
  if (accused !== undefined) {
    const window = { lines, fromStep, toStep: step, server: accused, steps };
    for (const line of ownLines(window, inOrder().length)) chosen.add(line);
  }
  const cut = logLines(lines, { chosen, marked, accused });
  const account = { lines, fromStep, accused };
  for (const line of loneLines(inOrder(), account)) if (line.topic !== 'log') chosen.add(line);
  const shown = inOrder();
  const gaps = gapsOf(shown, account);
  return shown.map((line, i) => {
    const logs = i === 0 && cut > 0 ? { logsLeftOut: cut } : {};
    return { ...toStoryLine(line, marked), ...gaps[i], ...logs };
  });
}

/** All that was recorded: what a reader asks for whom the choice does not help. */
export function tellAll(lines: readonly RecordedLine[], { evidence, step }: Told): StoryLine[] {
  const marked = new Set([...evidence, step]);
  return joined(lines).map((line) => toStoryLine(line, marked));
}

/**
 * From where on the story has to account for what the accused server got: between its evidence, or all of its part. With nobody
 * accused: for all of the run.
 */
function firstStep(told: readonly RecordedLine[], marked: ReadonlySet<number>, accused: ServerId | undefined): number {
  if (accused === undefined) return 0;
  const own = told.filter(({ server, topic }) => server === accused && topic !== 'fault').map(({ step }) => step);
  const shown = new Set(own.filter((step) => marked.has(step)));
  return Math.min(...(shown.size > 1 ? shown : own));
}

/** Without evidence, a failure is that something did not happen: then it rests on what every server had become. */
function rootsOf(
  causes: Causes,
  lines: readonly RecordedLine[],
  marked: ReadonlySet<number>,
  step: number,
): ReadonlySet<number> {
  if (marked.size > 1) return marked;
  const servers = new Set(lines.flatMap(({ server }) => server ?? []));
  return new Set([...marked, ...[...servers].flatMap((server) => causes.lastChange(server, step) ?? [])]);
}

function disturbances(lines: readonly RecordedLine[]): readonly RecordedLine[] {
  const all = lines.filter(({ topic, mark, dull }) => mark === 'trouble' || (topic === 'fault' && dull !== true));
  return all.slice(-DISTURBANCES_MAX);
}

/** What a step is told by: what came, what the server became, and what it answered. */
function tellingLines(lines: readonly RecordedLine[], isMarked: boolean): readonly RecordedLine[] {
  const changes = lines.some(({ mark }) => mark !== undefined && mark !== 'trouble');
  return lines.filter((line) => {
    if (line.disk === true) return isMarked;
    if (line.way === 'sent') return line.dull !== true && (line.mark !== undefined || isMarked);
    if (line.way === 'got' || line.topic === 'timer') return line.dull !== true || isMarked || changes;
    return line.dull !== true;
  });
}

/** The lines that sent what a step got. */
function* sentFor(causes: Causes, step: number): Generator<RecordedLine> {
  for (const { cause, call, topic, server } of causes.at(step)) {
    if (cause === undefined || call === undefined) continue;
    for (const line of causes.at(cause)) {
      if (line.way === 'sent' && line.call === call && line.topic === topic && line.to === server) yield line;
    }
  }
}

function toStoryLine(line: RecordedLine, marked: ReadonlySet<number>): StoryLine {
  const { step, atMs, server, topic, cause, to, suffers = '' } = line;
  const receiver = to === undefined ? '' : ` to ${to}`;
  return {
    step,
    atMs,
    ...(server === undefined ? {} : { server }),
    text: `${line.text}${receiver}${suffers === '' ? '' : `: ${suffers}`}`,
    topic,
    ...(cause === undefined ? {} : { cause }),
    ...(marked.has(step) && line.topic !== 'fault' ? { evidence: true } : {}),
  };
}

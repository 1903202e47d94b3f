import { Causes } from './causes.ts';
import type { RecordedLine } from './recorder.ts';
import type { StoryLine } from './result.ts';

/** Lines after which a story goes no further into the past. */
const LINES_ENOUGH = 22;
/** Steps after which it does not look any further for lines. */
const STEPS_MAX = 200;
/** Faults and troubles with messages that a story tells whether or not anything in it rests on them; with more, the last ones. */
const DISTURBANCES_MAX = 10;

/**
 * Chooses from all that was recorded the lines that matter, causes before effects: what led to the evidence and to the
 * failure, through messages and through what each server had become before, and what was done to the cluster meanwhile.
 *
 * @param evidence - steps that show the failure
 * @param step - the step in which it was seen
 */
export function chooseStory(lines: readonly RecordedLine[], evidence: readonly number[], step: number): StoryLine[] {
  const causes = new Causes(lines);
  const marked = new Set([...evidence, step]);
  const chosen = new Set<RecordedLine>(disturbances(lines));
  for (const line of causes.at(step)) if (line.topic === 'failure') chosen.add(line);
  const steps = new Set<number>();
  for (const each of causes.past(rootsOf(causes, lines, marked, step))) {
    if ((chosen.size >= LINES_ENOUGH || steps.size >= STEPS_MAX) && !marked.has(each)) break;
    steps.add(each);
    for (const line of tellingLines(causes.at(each), marked.has(each))) chosen.add(line);
    for (const line of sentFor(causes, each)) chosen.add(line);
  }
  const story = lines.filter((line) => chosen.has(line));
  return joined(story).map((line) => toStoryLine(line, marked));
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

/** Joins lines of one step: a timer and what came of it, a request and its answer, a message and its fate, one to several. */
function joined(lines: readonly RecordedLine[]): RecordedLine[] {
  const result: RecordedLine[] = [];
  for (const line of lines) {
    // A write or a flush parts what stands before it from what comes behind it: that order may be all that is wrong.
    const own = (other: RecordedLine): boolean => other.step === line.step && other.server === line.server;
    const barrier = result.findLastIndex((other) => own(other) && other.disk === true);
    const place = result.findLastIndex((other, i) => i >= barrier && own(other) && join(other, line) !== undefined);
    if (place === -1) result.push(line);
    else result[place] = join(result[place]!, line)!;
  }
  return result;
}

/** @returns one line for two of the same step and server; `undefined` when they are better told apart */
function join(before: RecordedLine, line: RecordedLine): RecordedLine | undefined {
  const { way, text } = line;
  const sameCall = before.call !== undefined && before.call === line.call;
  if (line.applied !== undefined && before.applied !== undefined) {
    const first = before.text.split(' … ', 1)[0]!;
    return { ...before, text: `${first} … ${line.applied}` };
  }
  if (line.disk === true && before.disk === true) {
    const list = line.wrote !== undefined && before.wrote !== undefined;
    if (list) return { ...line, text: `${before.text.split(' … ', 1)[0]} … ${line.wrote}` };
    return {
      ...line,
      text: `${before.text}; ${before.wrote !== undefined || !before.text.endsWith('flushed') ? text.replace(/^writes /, '') : text}`,
    };
  }
  if (before.topic === 'timer' && line.topic === 'role') return { ...line, text: `times out: ${text}` };
  if (way === 'sent' && line.topic === 'reply' && before.way === 'got' && before.topic === 'request' && sameCall) {
    return { ...before, text: `${before.text}, answers ${text}`, mark: line.mark };
  }
  if (way === 'sent' && line.topic === 'request' && before.way === 'sent' && before.text === text) {
    return before.suffers === undefined ? { ...before, to: `${before.to} ${line.to}` } : undefined;
  }
  if (line.suffers === undefined || !sameCall || before.suffers !== undefined) return undefined;
  const isAnswer = way === 'reply lost' && before.way === 'got' && before.text.endsWith(text);
  if (isAnswer) return { ...before, text: `${before.text} (${line.suffers})`, suffers: '' };
  const isSent = before.way === 'sent' && before.to === line.to && before.text === text;
  return isSent ? { ...before, suffers: line.suffers } : undefined;
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

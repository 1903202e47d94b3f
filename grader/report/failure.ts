import type { TestFailure } from '#runner';
import type { FailureKind } from '#scenario';
import { type Line, line, type Tone } from './lines.ts';
import { storyLines, timeText } from './story.ts';
import { cleanText, wrap } from './text.ts';

/** Lines of a story that a reader can take in; more stand in the replay. */
const STORY_LINES_MAX = 25;
/** A story cut below this tells nothing, and its room is better left to the facts. */
const STORY_LINES_MIN = 3;
/** Stands in a story for the sentence that is told in full above it. */
const SEEN_HERE = 'what is seen (above)';
const INDENT = 2;

const KIND_WORDS: Readonly<Record<FailureKind, string>> = {
  safety: 'rule broken',
  liveness: 'did not happen in time',
  budget: 'over budget',
  crash: 'the code threw',
  contract: 'contract used wrongly',
  hang: 'endless loop',
};

/** How a failure is drawn. */
export interface FailureStyle {
  readonly ascii: boolean;
  /** The command that shows this test's hints, for example `npm run hint lab1/initial-election`. */
  readonly hints?: string;
  /** The whole story, however long. */
  readonly full?: boolean;
}

/** A label and a text, broken to the width with later lines indented. Line ends in the text are kept. */
function labelled(label: string, text: string, width: number, ascii: boolean, tone: Tone): Line[] {
  const [first = '', ...rest] = text.split('\n');
  return [
    ...wrap(`${label}: ${cleanText(first, ascii)}`, width, INDENT),
    ...rest
      .map((part) => cleanText(part, ascii))
      .filter((part) => part.trim() !== '')
      .flatMap((part) => wrap(part, width - INDENT, INDENT).map((row) => ' '.repeat(INDENT) + row)),
  ].map((row) => line(row, tone));
}

/** What is for copying. A printed line is never broken, a window must not lose the end of one. */
function copied(text: string, width: number, ascii: boolean, tone: Tone): Line[] {
  return wrap(cleanText(text, ascii), width, INDENT).map((row) => line(row, tone));
}

function build(failure: TestFailure, width: number, style: FailureStyle, linesMax: number, copyWidth: number): Line[] {
  const { ascii } = style;
  const { smallest } = failure;
  // The smallest run is the one to understand; its facts and its story belong together.
  const told = smallest?.failure ?? failure;
  const { location, likelyCause } = told;
  const seen = `${KIND_WORDS[told.kind]} at step ${told.step}, ${timeText(told.atMs)} ms: ${told.message}`;
  const lines = [
    ...labelled('rule', `${failure.rule} (${failure.paper}): ${failure.sentence}`, width, ascii, 'strong'),
    ...labelled('seen', seen, width, ascii, 'bad'),
  ];
  if (likelyCause !== undefined) lines.push(...labelled('likely cause', likelyCause, width, ascii, 'plain'));
  if (location) {
    lines.push(...copied(`where: ${location.file}:${location.line}:${location.column}`, copyWidth, ascii, 'plain'));
  }
  const story = told.story.map((entry) => {
    return entry.topic === 'failure' && entry.text === told.message ? { ...entry, text: SEEN_HERE } : entry;
  });
  lines.push(...storyLines(story, width, { ascii, linesMax, namesFull: copyWidth === Number.POSITIVE_INFINITY }));
  if (smallest?.replay !== undefined) {
    lines.push(...copied(`replay: ${smallest.replay}`, copyWidth, ascii, 'command'));
  }
  if (smallest !== undefined) {
    const tried = `${smallest.trials} runs tried${smallest.end === 'done' ? '' : ', and no time for more'}`;
    const whole = `step ${failure.step}, ${timeText(failure.atMs)} ms`;
    lines.push(...labelled('smallest run', `${tried}; first seen at ${whole}`, width, ascii, 'faint'));
  }
  const label = smallest?.replay === undefined ? 'replay' : 'as first seen';
  lines.push(...copied(`${label}: ${failure.replay}`, copyWidth, ascii, 'command'));
  if (style.hints !== undefined) lines.push(...copied(`hints: ${style.hints}`, copyWidth, ascii, 'plain'));
  return lines;
}

/**
 * A failure in full at a width in terminal cells, in this order: the rule with its paper section, what was seen, the likely
 * cause, the place, the story, the command that replays it, where hints are. Only the place and the commands may be wider
 * than the window: they are for copying.
 */
export function failureLines(failure: TestFailure, width: number, style: FailureStyle): Line[] {
  const linesMax = style.full === true ? Number.POSITIVE_INFINITY : STORY_LINES_MAX;
  return build(failure, width, style, linesMax, Number.POSITIVE_INFINITY);
}

/** A failure that looks like one that was told in full: what was seen this time, and where to read on. */
export function repeatedLines(failure: TestFailure, first: string, width: number, ascii: boolean): Line[] {
  const told = failure.smallest?.failure ?? failure;
  return [
    ...labelled('seen', `${KIND_WORDS[told.kind]}: ${told.message}`, width, ascii, 'bad'),
    ...labelled('like', `${first}, which is told above: ${failure.rule}`, width, ascii, 'plain'),
    ...copied(`replay: ${failure.smallest?.replay ?? failure.replay}`, Number.POSITIVE_INFINITY, ascii, 'command'),
  ];
}

/** `failureLines` as text. */
export function renderFailure(failure: TestFailure, width: number, style: FailureStyle): string[] {
  return failureLines(failure, width, style).map(({ text }) => text);
}

/**
 * A failure in a window of `height` lines, none wider than the window: the story gives way first, then whatever stands last.
 * The last lines then say how to see all of it.
 */
export function fitFailure(failure: TestFailure, width: number, height: number, style: FailureStyle): Line[] {
  for (let linesMax = STORY_LINES_MAX; linesMax >= STORY_LINES_MIN; linesMax -= 1) {
    const lines = build(failure, width, style, linesMax, width);
    if (lines.length <= height) return lines;
  }
  const lines = build(failure, width, style, 0, width);
  const { story } = failure.smallest?.failure ?? failure;
  if (story.length === 0 && lines.length <= height) return lines;
  const command = copied(`all of it: ${failure.smallest?.replay ?? failure.replay}`, width, style.ascii, 'command');
  const facts = lines.filter(({ tone }) => tone !== 'command').slice(0, Math.max(0, height - command.length));
  return [...facts, ...command].slice(0, Math.max(0, height));
}

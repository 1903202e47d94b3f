import type { StoryLine } from '#scenario';
import { type Line, line } from './lines.ts';
import { cellWidth, cleanText, count, padTo, wrap } from './text.ts';

/** The narrowest window that gets a table; below it, a list reads better. */
const TABLE_WIDTH_MIN = 60;
/** What servers talk of most must fit in a row of a column, or a list reads better. */
const COLUMN_WIDTH_MIN = 'AppendEntries'.length;
/** A story with a cell of more rows reads better as a list: nothing is cut, as the end of an event often names what matters. */
const CELL_ROWS_MAX = 3;
const EVIDENCE_ROWS_MAX = 4;
const INDENT = '  ';
const GAP = '  ';
/** A symbol and a word, because colour alone says nothing to many. */
export const EVIDENCE_MARK = '> see';
const NO_MARK = ' '.repeat(EVIDENCE_MARK.length);

/** A line of the story that is shown. */
interface ShownLine {
  readonly story: StoryLine;
  readonly marked: boolean;
  readonly text: string;
}

/** Widths of the table's columns, in cells. */
interface Table {
  readonly servers: readonly string[];
  readonly widths: readonly number[];
  readonly stepWidth: number;
  readonly timeWidth: number;
}

function isEvidence(story: StoryLine): boolean {
  return story.evidence === true || story.topic === 'failure';
}

/** The lines worth showing when not all fit, in their order: first the evidence, then whatever came last. */
function choose(story: readonly StoryLine[], linesMax: number): StoryLine[] {
  const rank = (line: StoryLine): number => (isEvidence(line) ? 0 : line.topic === 'log' ? 1 : 2);
  const latestFirst = [...story.keys()].reverse();
  const ranked = latestFirst.toSorted((a, b) => rank(story[a]!) - rank(story[b]!));
  const chosen = new Set(ranked.slice(0, Math.max(0, linesMax)));
  return story.filter((_, index) => chosen.has(index));
}

/** What is missing before a line, in words. */
function gapTexts({ leftOut, logsLeftOut }: StoryLine): string[] {
  return [
    ...(logsLeftOut === undefined ? [] : [`${count(logsLeftOut, 'line')} of env.log left out`]),
    ...(leftOut === undefined ? [] : [`${count(leftOut.events, 'event')}${whose(leftOut.server)} left out`]),
  ];
}

function whose(server: string | undefined): string {
  return server === undefined ? '' : ` of ${server}`;
}

/** Virtual milliseconds, to a tenth. */
export function timeText(atMs: number): string {
  return String(Math.round(atMs * 10) / 10);
}

/** Shares the room out: a column that needs less than an even share leaves the rest to the others. */
function shareWidths(needed: readonly number[], room: number): number[] {
  const widths = needed.map(() => 0);
  const open = new Set(needed.keys());
  let left = room;
  while (open.size > 0) {
    const share = Math.floor(left / open.size);
    const modest = [...open].filter((column) => needed[column]! <= share);
    for (const column of modest.length > 0 ? modest : [...open]) {
      widths[column] = Math.min(needed[column]!, share);
      left -= widths[column]!;
      open.delete(column);
    }
  }
  return widths;
}

/** Undefined when the window, or a server's share of it, is too narrow for a table. */
function planTable(servers: readonly string[], shown: readonly ShownLine[], width: number): Table | undefined {
  if (width < TABLE_WIDTH_MIN || servers.length === 0) return undefined;
  const stepWidth = Math.max(4, ...shown.map(({ story }) => String(story.step).length));
  const timeWidth = Math.max(2, ...shown.map(({ story }) => timeText(story.atMs).length));
  const fixed = INDENT.length + EVIDENCE_MARK.length + GAP.length + stepWidth + GAP.length + timeWidth;
  const room = width - fixed - servers.length * GAP.length;
  if (room / servers.length < COLUMN_WIDTH_MIN) return undefined;
  const needed = servers.map((server) =>
    Math.max(
      cellWidth(server),
      ...shown.filter(({ story }) => story.server === server).map((row) => cellWidth(row.text)),
    ),
  );
  const widths = shareWidths(needed, room);
  const isCut = ({ story, marked, text }: ShownLine): boolean => {
    const column = story.server === undefined ? undefined : widths[servers.indexOf(story.server)]!;
    // Nor should what a crash took, and a restart found, be hard to read.
    const rowsMax = marked || story.topic === 'fault' ? EVIDENCE_ROWS_MAX : CELL_ROWS_MAX;
    return column !== undefined && wrap(text, column).length > rowsMax;
  };
  return shown.some(isCut) ? undefined : { servers, widths, stepWidth, timeWidth };
}

function tableRows(entry: ShownLine, table: Table, width: number): string[] {
  const { story, marked, text } = entry;
  const left = [
    INDENT + (marked ? EVIDENCE_MARK : NO_MARK),
    String(story.step).padStart(table.stepWidth),
    timeText(story.atMs).padStart(table.timeWidth),
  ].join(GAP);
  // What happens to the world, such as a partition, belongs to no server and runs across all columns.
  if (story.server === undefined) {
    const rows = wrap(`-- ${text} --`, width - left.length - GAP.length);
    return rows.map((part, row) => `${row === 0 ? left : ' '.repeat(left.length)}${GAP}${part}`);
  }
  const column = table.servers.indexOf(story.server);
  const cellWidths = table.widths.slice(0, column);
  const before = cellWidths.map((cells) => GAP + ' '.repeat(cells)).join('') + GAP;
  return wrap(text, table.widths[column]!).map((cell, row) => {
    return (row === 0 ? left : ' '.repeat(left.length)) + before + cell;
  });
}

function tableHead(table: Table, ascii: boolean): string {
  const cells = table.servers.map((server, column) => padTo(cleanText(server, ascii), table.widths[column]!, ascii));
  return [INDENT + NO_MARK, 'step'.padStart(table.stepWidth), 'ms'.padStart(table.timeWidth), ...cells]
    .join(GAP)
    .trimEnd();
}

function listRow({ story, marked, text }: ShownLine, width: number): string[] {
  const who = story.server === undefined ? '' : ` ${story.server}`;
  return wrap(
    `${marked ? `${EVIDENCE_MARK} ` : ''}${story.step} ${timeText(story.atMs)}${who}: ${text}`,
    width - INDENT.length,
    INDENT.length,
  ).map((row) => INDENT + row);
}

/** How a story is drawn. */
export interface StoryOptions {
  readonly ascii: boolean;
  /** Lines of the story, without its head and the marks of its gaps. */
  readonly linesMax: number;
  /** Say how to see what is left out: a window has no room for that. */
  readonly namesFull: boolean;
}

/** Every server of the story, shown or not, so that columns do not come and go with the height of the window. */
function serversOf(story: readonly StoryLine[]): string[] {
  const servers = new Set(story.flatMap(({ server }) => server ?? []));
  return [...servers].sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
}

/**
 * What led to a failure, causes before effects: a table with a column for each server, or, where a table would be too narrow,
 * a list of `step ms server: text`. When not all lines fit, the evidence is kept and then the latest lines, and the head says so.
 */
export function storyLines(
  story: readonly StoryLine[],
  width: number,
  { ascii, linesMax, namesFull }: StoryOptions,
): Line[] {
  const shown = choose(story, linesMax).map((entry): ShownLine => {
    return { story: entry, marked: isEvidence(entry), text: cleanText(entry.text, ascii) };
  });
  if (shown.length === 0) return [];
  const table = planTable(serversOf(story), shown, width);
  const amount = shown.length < story.length ? ` (${shown.length} of ${count(story.length, 'line')})` : '';
  const kind = table ? 'one column per server' : 'step, ms and server';
  const key = shown.some(({ marked }) => marked) ? `; "${EVIDENCE_MARK}" marks the evidence` : '';
  const isWhole = shown.length === story.length && story.every((entry) => gapTexts(entry).length === 0);
  const more = isWhole || !namesFull ? '' : '; the word "full" behind the replay command shows all';
  const lines = wrap(`story${amount}: ${kind}${key}${more}`, width, INDENT.length).map((text) => line(text, 'faint'));
  if (table) lines.push(line(tableHead(table, ascii), 'strong'));
  const gapIndent = table ? INDENT + NO_MARK + GAP : INDENT;
  for (const entry of shown) {
    for (const text of gapTexts(entry.story))
      lines.push(
        ...wrap(cleanText(`… ${text}`, ascii), width - gapIndent.length).map((row) => line(gapIndent + row, 'faint')),
      );
    const rows = table ? tableRows(entry, table, width) : listRow(entry, width);
    for (const row of rows) lines.push(line(row, entry.marked ? 'mark' : 'plain'));
  }
  return lines;
}

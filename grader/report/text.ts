import { stripVTControlCharacters } from 'node:util';

/**
 * Text in terminal cells. Titles, messages and logs may come from a submission, so everything that is shown passes through
 * `cleanText`: a stray escape sequence must not repaint a screen or a log.
 */

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
const INVISIBLE = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const NO_WIDTH = /^(?:\p{Mn}|\p{Me}|\u200b|\u200c|\u200d)+$/u;
const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;
const segmenter = new Intl.Segmenter();

/** How characters that the kit's own texts use are written with ASCII alone. */
const ASCII_SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/§§?\s*/g, 'section '],
  [/…/g, '...'],
  [/[–—−]/g, '-'],
  [/[‘’]/g, "'"],
  [/[“”]/g, '"'],
  [/→/g, '->'],
  [/←/g, '<-'],
  [/≤/g, '<='],
  [/≥/g, '>='],
  [/≠/g, '!='],
  [/·/g, '-'],
  [/↑↓/g, 'up/down'],
];

/** One line of visible characters: no escape sequences, no control characters; with `ascii`, nothing beyond ASCII. */
export function cleanText(text: string, ascii: boolean): string {
  const visible = stripVTControlCharacters(text).replace(/\s/g, ' ').replace(INVISIBLE, '');
  if (!ascii || PRINTABLE_ASCII.test(visible)) return visible;
  const spelled = ASCII_SPELLINGS.reduce((result, [from, to]) => result.replace(from, to), visible);
  return spelled.replace(/[^\x20-\x7e]/gu, '?');
}

/** The characters of a text as a reader sees them, so that none is cut in half. */
function characters(text: string): string[] {
  return PRINTABLE_ASCII.test(text) ? [...text] : Array.from(segmenter.segment(text), (part) => part.segment);
}

function characterWidth(character: string): number {
  if (NO_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Width of a line in terminal cells. */
export function cellWidth(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  return characters(text).reduce((width, character) => width + characterWidth(character), 0);
}

/** The longest start of a text that fits. */
function take(text: string, width: number): string {
  let taken = '';
  let used = 0;
  for (const character of characters(text)) {
    used += characterWidth(character);
    if (used > width) break;
    taken += character;
  }
  return taken;
}

/** A line of at most `width` cells; what does not fit is replaced by `…`, or by `...` with `ascii`. */
export function truncate(text: string, width: number, ascii: boolean): string {
  if (cellWidth(text) <= width) return text;
  const ellipsis = ascii ? '...' : '…';
  if (width <= ellipsis.length) return ellipsis.slice(0, Math.max(0, width));
  return take(text, width - ellipsis.length).trimEnd() + ellipsis;
}

/** A line of exactly `width` cells: truncated, or filled with blanks at the end. */
export function padTo(text: string, width: number, ascii: boolean): string {
  const cut = truncate(text, width, ascii);
  return cut + ' '.repeat(Math.max(0, width - cellWidth(cut)));
}

/** Lines of at most `width` cells, broken between words; a word longer than a line is broken inside. Later lines are indented. */
export function wrap(text: string, width: number, indent = 0): string[] {
  const lines: string[] = [];
  let line = '';
  const room = () => Math.max(1, lines.length === 0 ? width : width - indent);
  const close = () => {
    lines.push(lines.length === 0 ? line : ' '.repeat(indent) + line);
    line = '';
  };
  for (const word of text.split(' ').filter((part) => part !== '')) {
    if (line !== '' && cellWidth(line) + 1 + cellWidth(word) > room()) close();
    line = line === '' ? word : `${line} ${word}`;
    while (cellWidth(line) > room()) {
      // A character wider than the line is taken all the same: the loop must end.
      const part = take(line, room()) || characters(line)[0]!;
      const rest = line.slice(part.length);
      line = part;
      close();
      line = rest;
    }
  }
  if (line !== '' || lines.length === 0) close();
  return lines;
}

/** `1 run`, `2 runs`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

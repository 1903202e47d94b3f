import type { Hint } from '#runner';
import { type Line, line } from './lines.ts';
import { labOf } from './status.ts';
import { cleanText, wrap } from './text.ts';

const INDENT = 2;

/** How a hint is drawn. */
export interface HintStyle {
  readonly ascii: boolean;
  /** How to ask for the next one: a command or a key. */
  readonly next: string;
}

/** A hint: which one of how many, its text, and how to go on. */
export function hintLines(hint: Hint, width: number, { ascii, next }: HintStyle): Line[] {
  const { test, number, total } = hint;
  const rest = number < total ? `next hint: ${next}` : `that was the last hint; next: npm run watch ${labOf(test)}`;
  return [
    ...wrap(`hint ${number} of ${total} for ${test}`, width, INDENT).map((text) => line(text, 'strong')),
    ...markdownLines(hint.text, width, ascii).map((text) => line(text)),
    ...wrap(rest, width, INDENT).map((text) => line(text, 'command')),
  ];
}

/** Paragraphs and lists are broken anew; code stays as it is. */
function markdownLines(markdown: string, width: number, ascii: boolean): string[] {
  const blocks = markdown.split(/(^```[^\n]*\n[\s\S]*?^```$)/m);
  return blocks.flatMap((block, i) => {
    if (i % 2 === 1) return codeRows(block, ascii);
    const items = block.split(/\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )/);
    return items
      .map((item) => item.replace(/\s*\n\s*/g, ' ').trim())
      .filter((item) => item !== '')
      .flatMap((item) => wrap(cleanText(item, ascii), width - INDENT, /^([-*]|\d+\.) /.test(item) ? INDENT : 0))
      .map((row) => ' '.repeat(INDENT) + row);
  });
}

function codeRows(block: string, ascii: boolean): string[] {
  const rows = block.split('\n').slice(1, -1);
  return rows.map((row) => ' '.repeat(2 * INDENT) + cleanText(row, ascii));
}

import { cellWidth, cleanText, padTo, shownTitle, stabilityText, statusSymbol, truncate } from '../report/index.ts';
import { COLUMNS_WIDTH_MIN } from './layout.ts';
import type { TestItem } from './state.ts';

/** Wide enough for `10000/10000`. */
const INFO_WIDTH = 11;

/** How a row is drawn. */
export interface RowStyle {
  readonly width: number;
  readonly ascii: boolean;
  /** From 1: the key that selects the test, up to 9. */
  readonly number: number;
  /** Cells of the widest number and of the widest points in the list. */
  readonly numberWidth: number;
  readonly pointsWidth: number;
  readonly selected: boolean;
  /** Name the lab: the list has tests of several. */
  readonly nameLab: boolean;
}

/** A row in two parts, so that the symbol can have a colour of its own. */
export interface RowText {
  readonly symbol: string;
  readonly rest: string;
}

/** Points earned of a test's points; `-` while there is no verdict. */
export function itemPoints({ plan, result }: TestItem): string {
  return `${result ? result.earned : '-'}/${plan.points}`;
}

function symbolOf({ progress, result }: TestItem, ascii: boolean): string {
  if (result) return statusSymbol(result.status, ascii);
  if (progress === 'running') return ascii ? '[>]' : '▸';
  return ascii ? '   ' : ' ';
}

/** Schedules done, the failing seed, or the verdict in a word. */
function infoOf({ progress, plan, result, runsDone, trials, earlier }: TestItem): string {
  if (earlier) return 'earlier';
  if (trials !== undefined) return 'minimising';
  if (progress === 'running') return `${runsDone}/${plan.runs}`;
  if (!result) return 'waiting';
  switch (result.status) {
    case 'passed':
      return result.runsDone === 1 ? '1 run' : `${result.runsDone} runs`;
    case 'failed':
      if (result.tally) return stabilityText(result.tally);
      return result.failure && !result.hidden ? `seed ${result.failure.seed}` : 'failed';
    case 'not-started':
      return 'to do';
    case 'not-run':
      return 'not run';
    case 'kit-error':
      return 'kit error';
    case 'unknown':
      return 'unknown';
  }
}

/** A test in the list. In a very narrow window a row is a line of words; otherwise it has columns. */
export function rowText(item: TestItem, style: RowStyle): RowText {
  const { width, ascii } = style;
  const marker = style.selected ? '> ' : '  ';
  const symbol = padTo(symbolOf(item, ascii), ascii ? '[ok]'.length : 1, ascii);
  const lab = style.nameLab ? `${item.labId} ` : '';
  const title = cleanText(lab + shownTitle(item.plan), ascii);
  const left = `${marker}${symbol} `;
  if (width < COLUMNS_WIDTH_MIN) {
    const words = `${itemPoints(item)}, ${infoOf(item)}: ${title}`;
    return { symbol: marker + symbol, rest: ` ${truncate(words, width - cellWidth(left), ascii)}` };
  }
  const before = `${String(style.number).padStart(style.numberWidth)} `;
  const after = ` ${itemPoints(item).padStart(style.pointsWidth)}  ${padTo(infoOf(item), INFO_WIDTH, ascii)}`;
  const titleWidth = width - cellWidth(left + before + after);
  return { symbol: marker + symbol, rest: ` ${before}${padTo(title, titleWidth, ascii)}${after}`.trimEnd() };
}

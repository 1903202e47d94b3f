import { gradeCommand } from '#runner';
import {
  allPassedLines,
  cleanText,
  detailLines,
  hintLines,
  type Line,
  shownTitle,
  tallyLines,
  todoLines,
  wrap,
} from '../report/index.ts';
import { MORE_RUNS_FACTOR } from './keys.ts';
import { resultsOf, shownTestId, type TuiState } from './state.ts';

const BLANK: Line = { text: '', tone: 'plain' };
/** In a lower space a failure needs every line, and the header says how many tests are to do. */
const TODO_BESIDES_FAILURE_ROWS_MIN = 16;

/** How the content is drawn. */
export interface ContentStyle {
  readonly ascii: boolean;
  /** Say what to press; otherwise, what to type. */
  readonly hasKeys: boolean;
}

function strong(text: string): Line {
  return { text, tone: 'strong' };
}

function messageLines(message: string, width: number, ascii: boolean): Line[] {
  return message
    .split('\n')
    .flatMap((part) => wrap(cleanText(part, ascii), width, 2))
    .map((text) => ({ text, tone: 'bad' }));
}

/** The lines that fit; a last line shows that there were more. */
function cut(lines: readonly Line[], height: number, ascii: boolean): Line[] {
  if (lines.length <= height || height <= 1) return lines.slice(0, Math.max(0, height));
  return [...lines.slice(0, height - 1), { text: ascii ? '...' : '…', tone: 'faint' }];
}

/** What is left to do, or what a pass does not prove. Nothing while a run is on. */
function nextLines(state: TuiState, width: number, { ascii, hasKeys }: ContentStyle): Line[] {
  if (state.phase !== 'done') return [];
  const results = resultsOf(state);
  const again = (labId: string) => (hasKeys ? 'press r' : gradeCommand([labId], { impl: state.impl }));
  const todo = todoLines(results, width, { ascii, impl: state.impl, again, items: false });
  if (todo.length > 0 || results.length < state.tests.length) return todo;
  const labIds = state.labs.map(({ id }) => id);
  const more = hasKeys
    ? `press s for ${MORE_RUNS_FACTOR} times as many seeds`
    : gradeCommand(labIds, { impl: state.impl }, ['runs=1000']);
  return allPassedLines({ tests: results, impl: state.impl, progress: state.best }, more, width, ascii);
}

/** The hint that was asked for, while its test is shown. */
function hintPart({ hint: asked }: TuiState, id: string | undefined, width: number, { ascii }: ContentStyle): Line[] {
  if (asked === undefined || asked.test !== id) return [];
  if (asked.hint === undefined) return wrap(`there are no hints for ${id}`, width, 2).map(strong);
  return [...hintLines(asked.hint, width, { ascii, next: 'press h' }), BLANK];
}

/** What became of the wish to see the failure drawn. */
function viewPart({ view }: TuiState, id: string, width: number, { ascii }: ContentStyle): Line[] {
  if (view === undefined || view.test !== id) return [];
  return wrap(cleanText(`viewer: ${view.text}`, ascii), width, 2).map((text) => ({ text, tone: 'command' }));
}

/**
 * What stands below or beside the list, in at most `height` lines: why no grading came, or the test in question explained, and
 * what to do next. What is next gets the room that the explanation leaves.
 */
export function contentLines(state: TuiState, width: number, height: number, style: ContentStyle): Line[] {
  const { ascii } = style;
  if (state.message !== undefined) return cut(messageLines(state.message, width, ascii), height, ascii);
  const shown = shownTestId(state);
  const result = resultsOf(state).find(({ id }) => id === shown);
  const next = nextLines(state, width, style);
  if (!result) return cut([...hintPart(state, shown, width, style), ...next], height, ascii);

  const title = wrap(cleanText(`${result.id}: ${shownTitle(result)}`, ascii), width, 2).map(strong);
  const kept = next.length > 0 && height >= TODO_BESIDES_FAILURE_ROWS_MIN ? 2 : 0;
  const asked = [...viewPart(state, result.id, width, style), ...hintPart(state, result.id, width, style)];
  const head = [...title, ...asked, ...tallyLines(result, width, ascii)];
  const room = Math.max(0, height - head.length - kept);
  const explained = [...head, ...detailLines(result, width, { ascii, height: room })].slice(0, Math.max(0, height));
  const left = height - explained.length - 1;
  return next.length > 0 && left > 0 ? [...explained, BLANK, ...cut(next, left, ascii)] : explained;
}

/** Size of a window, in terminal cells. */
export interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

/** Where the list and the explanation of a test go, in cells. */
export interface Layout {
  /** The explanation stands to the right of the list, not below it. */
  readonly sideBySide: boolean;
  readonly listWidth: number;
  readonly listRows: number;
  readonly contentWidth: number;
  readonly contentRows: number;
}

/** From this width on two columns fit: the right one is then wide enough for a story's table. */
const SIDE_BY_SIDE_WIDTH_MIN = 110;
const LIST_SHARE = 0.42;
const LIST_WIDTH_MAX = 60;
/** What a list keeps beside an explanation that could use all rows. */
const LIST_ROWS_MIN = 3;
const LIST_ROWS_SHARE_MIN = 0.2;
export const GUTTER_WIDTH = 2;
/** Below it a list is a line of words for each test, without columns. */
export const COLUMNS_WIDTH_MIN = 40;
/** Below it the bar gives way to the points alone. */
export const BAR_WIDTH_MIN = 60;

/** What asks for room, in lines. */
export interface Wanted {
  /** Lines of the header and the key line. */
  readonly fixedRows: number;
  readonly tests: number;
  /** Lines that the explanation takes in a space of that size; 0 when there is none. */
  readonly contentRows: (width: number, rows: number) => number;
}

/**
 * Shares the window out. The frame stays below the window's height, since Ink clears the whole terminal when it does not.
 * The explanation comes first; the list keeps a few lines in any case and scrolls.
 */
export function planLayout({ columns, rows }: WindowSize, wanted: Wanted): Layout {
  // One blank line above the list, one above the key line, and the row that stays free.
  const room = Math.max(0, rows - wanted.fixedRows - 3);
  const left = Math.min(LIST_WIDTH_MAX, Math.floor(columns * LIST_SHARE));
  const right = columns - left - GUTTER_WIDTH;
  if (columns >= SIDE_BY_SIDE_WIDTH_MIN && wanted.contentRows(right, room) > 0) {
    const heights = { listRows: Math.min(wanted.tests, room), contentRows: room };
    return { sideBySide: true, listWidth: left, contentWidth: right, ...heights };
  }
  const listRowsMin = Math.min(wanted.tests, Math.max(LIST_ROWS_MIN, Math.floor(room * LIST_ROWS_SHARE_MIN)));
  const contentRows = wanted.contentRows(columns, Math.max(0, room - listRowsMin - 1));
  const listRows = Math.max(0, Math.min(wanted.tests, room - contentRows - (contentRows > 0 ? 1 : 0)));
  return { sideBySide: false, listWidth: columns, listRows, contentWidth: columns, contentRows };
}

/** Part of a list: positions `from` up to, not including, `to`. */
export interface ListWindow {
  readonly from: number;
  readonly to: number;
}

/** The part of a list that is shown when not all fits: as close around the position in focus as the ends allow. */
export function listWindow(length: number, rows: number, focus: number): ListWindow {
  const from = Math.max(0, Math.min(focus - Math.floor(rows / 2), length - rows));
  return { from, to: Math.min(length, from + rows) };
}

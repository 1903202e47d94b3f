import { expect, test } from 'vitest';
import { listWindow, planLayout } from './layout.ts';

const WANTED = { fixedRows: 3, tests: 12, contentRows: (_width: number, rows: number) => Math.min(30, rows) };

test('one column below 110, two from there on', () => {
  expect(planLayout({ columns: 109, rows: 40 }, WANTED)).toMatchObject({ sideBySide: false, contentWidth: 109 });
  const wide = planLayout({ columns: 110, rows: 40 }, WANTED);
  expect(wide).toMatchObject({ sideBySide: true, listWidth: 46, contentWidth: 62 });
});

test('without content the list has the whole width', () => {
  expect(planLayout({ columns: 120, rows: 40 }, { ...WANTED, contentRows: () => 0 })).toMatchObject({
    sideBySide: false,
    listWidth: 120,
    listRows: 12,
  });
});

test.each([5, 8, 10, 16, 24, 40, 80])('a frame stays below a window of %i rows', (rows) => {
  for (const columns of [30, 60, 120]) {
    const layout = planLayout({ columns, rows }, WANTED);
    const below = layout.contentRows > 0 ? layout.contentRows + 1 : 0;
    const body = layout.sideBySide ? Math.max(layout.listRows, layout.contentRows) : layout.listRows + below;
    expect(body + WANTED.fixedRows + 2).toBeLessThanOrEqual(Math.max(rows - 1, WANTED.fixedRows + 2));
  }
});

test('a list that is cut stays close to its focus', () => {
  expect(listWindow(12, 5, 0)).toEqual({ from: 0, to: 5 });
  expect(listWindow(12, 5, 6)).toEqual({ from: 4, to: 9 });
  expect(listWindow(12, 5, 11)).toEqual({ from: 7, to: 12 });
  expect(listWindow(3, 5, 2)).toEqual({ from: 0, to: 3 });
});

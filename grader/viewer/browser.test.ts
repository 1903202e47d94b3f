import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCase, type Trace } from '#scenario';
import type { ViewerExtra, WhatIf } from './extra.ts';
import { renderViewer } from './render.ts';
import { doubleVote, longTrace } from './sample-traces.ts';
import { findBrowser, TestBrowser, type TestPage } from './test-browser.ts';

const path = findBrowser();
const WHAT_IF: WhatIf = {
  base: { format: 1, lab: 'lab1', test: 'one-vote', seed: 17, decisions: {} },
  file: 'lab1-one-vote-seed17-what-if.json',
  command: 'npm run replay case=lab1-one-vote-seed17-what-if.json open',
};

if (path === undefined) test.skip('the page in a browser: not tested, as no Chromium or Chrome was found on the PATH');

describe.runIf(path !== undefined)('the page in a browser', () => {
  let browser: TestBrowser;
  let page: TestPage;
  const folder = mkdtempSync(join(tmpdir(), 'raftlab-viewer-'));

  beforeAll(async () => {
    browser = new TestBrowser(path!);
    page = await browser.open();
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens a trace as a reader does: from a file. */
  const open = async (trace: Trace, hash = '', more: Partial<ViewerExtra> = {}): Promise<void> => {
    const file = join(folder, `${trace.test}.html`);
    writeFileSync(
      file,
      renderViewer(trace, { replay: 'npm run replay lab1/one-vote seed=17', whatIf: WHAT_IF, ...more }),
    );
    page.problems.length = 0;
    page.requests.length = 0;
    await page.look(1_280, 800);
    // The same file with another fragment would not be loaded again.
    await page.goTo('about:blank');
    await page.goTo(`${pathToFileURL(file).href}${hash}`);
    await drawn();
  };

  /** Waits until what was asked for is drawn. */
  const drawn = (): Promise<void> =>
    page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))');

  const press = async (...keys: string[]): Promise<string> => {
    await page.press(...keys);
    await drawn();
    return page.evaluate('location.hash');
  };

  const text = (selector: string): Promise<string> =>
    page.evaluate(`document.querySelector('${selector}')?.innerText ?? ''`);

  const count = (selector: string): Promise<number> => page.evaluate(`document.querySelectorAll('${selector}').length`);

  test('opens at the failure and asks for nothing but itself', async () => {
    await open(doubleVote());
    expect(await page.evaluate('location.hash')).toBe('#step=8');
    expect(await text('#verdict')).toContain('OneVotePerTerm at step 8');
    expect(await text('#replay code')).toBe('npm run replay lab1/one-vote seed=17');
    expect(await page.evaluate(`document.querySelector('#state td.changed').textContent`)).toBe('n1 became n3');
    expect(page.requests.filter((url) => !/^(file|about):/.test(url))).toEqual([]);
    expect(page.problems).toEqual([]);
  });

  test('opens at the step that its address names', async () => {
    await open(doubleVote(), '#step=3');
    expect(await text('#state-head')).toBe('State after step 3, 3 ms');
    await page.evaluate(`location.hash = '#step=6'`);
    await drawn();
    expect(await text('#state-head')).toContain('step 6');
  });

  test('is worked by keys alone', async () => {
    await open(doubleVote(), '#step=1');
    expect(await press('ArrowRight')).toBe('#step=2');
    expect(await press('n', 'n')).toBe('#step=4');
    expect(await press('p')).toBe('#step=3');
    expect(await press('Shift+ArrowRight')).toBe('#step=8');
    expect(await press('Shift+ArrowLeft')).toBe('#step=3');
    expect(await press('Home')).toBe('#step=1');
    expect(await press(']')).toBe('#step=5');
    expect(await press('[')).toBe('#step=1');
    expect(await press('v')).toBe('#step=8');
    expect(await press('e')).toBe('#step=3');
    await press('d', 'n', 'n', 'n');
    expect(await text('#state-head')).toBe('State after step 6, 6 ms, compared with step 3');
    expect(await press('End')).toBe('#step=8');
    await press('?');
    expect(await page.evaluate(`document.getElementById('help').open`)).toBe(true);
    expect(page.problems).toEqual([]);
  });

  test('plays, faster and slower', async () => {
    await open(doubleVote(), '#step=1');
    await press('+', '+', '+', ' ');
    expect(await text('#speed')).toBe('32 / s');
    await page.evaluate(`new Promise((done) => {
      const look = () => (location.hash === '#step=8' ? done() : setTimeout(look, 20));
      look();
    })`);
    await press(' ', '-');
    expect(await text('#speed')).toBe('16 / s');
  });

  test('can be read as a list: search, then move with the arrows', async () => {
    await open(doubleVote());
    await press('/', ...'node:n2 kind:deliver');
    expect(await text('#event-count')).toBe('2 of 19 events');
    expect(await press('Enter', 'ArrowUp')).toBe('#step=3');
    const active = `document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))`;
    expect(await page.evaluate(`${active}.innerText`)).toContain('gets RequestVote t1');
    expect(
      await page.evaluate(`[${active}.getAttribute('aria-posinset'), ${active}.getAttribute('aria-setsize')]`),
    ).toEqual(['1', '2']);
    expect(await page.evaluate(`document.getElementById('says').textContent`)).toBe(
      'step 3, 3 ms, n2: gets RequestVote t1, last 0:t0 from n1',
    );
  });

  test('shows what led to a message that is clicked', async () => {
    await open(doubleVote());
    await page.evaluate(
      `[...document.querySelectorAll('.arrow .hit')].at(-1).dispatchEvent(new MouseEvent('click', { bubbles: true }))`,
    );
    await drawn();
    // Neither n1's election nor its command could have led to n2's second vote.
    expect(await count('.moment.faded')).toBe(2);
    await press('Escape');
    expect(await count('.moment.faded')).toBe(0);
  });

  test('hides and shows a lane', async () => {
    await open(doubleVote());
    await page.evaluate(`document.querySelector('[data-lane="2"]').click()`);
    await drawn();
    expect(await count('[data-lane]')).toBe(2);
    await page.evaluate(`document.querySelector('.show').click()`);
    await drawn();
    expect(await count('[data-lane]')).toBe(3);
  });

  test('writes a case of what should go otherwise', async () => {
    await open(doubleVote(), '#step=3');
    await page.evaluate(`document.getElementById('tab-what-if').click()`);
    await drawn();
    expect(await page.evaluate(`document.getElementById('what-if-result').hidden`)).toBe(true);
    await page.evaluate(`document.querySelector('#what-if-choices button').click()`);
    await drawn();
    const written = readCase(await page.evaluate(`document.getElementById('what-if-text').value`));
    const edits = [{ do: 'drop', message: 'n1>n2 RequestVote t1 #1' }];
    expect(written).toEqual({ ...WHAT_IF.base, decisions: { edits } });
    expect(await text('#what-if-edits li')).toContain('drop RequestVote t1 #1 from n1 to n2');
    expect(await text('#what-if-command')).toBe(WHAT_IF.command);
  });

  test('lets a message overtake, and a server time out, by keys alone', async () => {
    await open(doubleVote(), '#step=3');
    await page.evaluate(`document.getElementById('tab-what-if').click()`);
    await drawn();
    /** Tabs on to a button of the panel and presses it, as who has no mouse does. */
    const push = async (label: string): Promise<void> => {
      for (let tabs = 0; tabs < 20; tabs++) {
        if ((await focused()).startsWith(label)) break;
        await page.press('Tab');
      }
      await press('Enter');
    };
    const focused = (): Promise<string> => page.evaluate(`document.activeElement.getAttribute('aria-label') ?? ''`);
    await page.evaluate(`document.getElementById('tab-what-if').focus()`);
    await push('Deliver first: RequestVote t1, last 0:t0 from n1 to n2');
    // The panel is drawn anew, and who pressed the button is still at it.
    expect(await focused()).toContain('Deliver first: RequestVote t1');
    await push('Let time out: n2 after 3 ms');
    const edits = [
      { do: 'deliver-first', message: 'n1>n2 RequestVote t1 #1', atMs: 1.001 },
      { do: 'time-out', server: 'n2', atMs: 3 },
    ];
    const caseHere = async () => readCase(await page.evaluate(`document.getElementById('what-if-text').value`));
    expect(await caseHere()).toEqual({ ...WHAT_IF.base, decisions: { edits } });
    expect(await text('#what-if-edits')).toContain('deliver RequestVote t1 #1 from n1 to n2 first, at 1.001 ms');
    expect(await text('#what-if-edits')).toContain('let n2 time out after 3 ms');
    expect(await text('#what-if-notes')).toContain('what is sent to the server is lost, until');
    await push('Take away: deliver');
    expect(await focused()).toBe('Take away: let n2 time out after 3 ms');
    expect(await caseHere()).toEqual({ ...WHAT_IF.base, decisions: { edits: edits.slice(1) } });
    expect(page.problems).toEqual([]);
  });

  test('offers what is on its way behind a step, and no election to a leader', async () => {
    await open(doubleVote(), '#step=7');
    await page.evaluate(`document.getElementById('tab-what-if').click()`);
    await drawn();
    expect(await text('#what-if-way summary')).toBe('Also on its way: 1 message');
    await page.evaluate(`document.querySelector('#what-if-way summary').click()`);
    await drawn();
    expect(await text('#what-if-way div span')).toBe('RequestVote t1, last 0:t0 from n3 to n2, sent at 5 ms');
    await page.evaluate(`[...document.querySelectorAll('#what-if-way button')].at(-1).click()`);
    await drawn();
    expect(await text('#what-if-edits li')).toContain('deliver RequestVote t1 #1 from n3 to n2 first, at 7.001 ms');
    expect(await text('#what-if-choices')).toContain('n1 after 7 ms');
    expect(await text('#what-if-choices')).not.toContain('time out');
    // What the cut link did not carry at step 1 cannot be delivered, however early.
    await press('Home');
    expect(await text('#what-if-choices .choice:nth-child(1)')).toContain('to n2\nDrop\nLater\nDeliver first');
    expect(await text('#what-if-choices .choice:nth-child(2)')).toMatch(/to n3\s+Drop\s+Later$/);
    expect(page.problems).toEqual([]);
  });

  test.each([1_280, 800, 400])('shows every choice in a window of %i pixels', async (width) => {
    await open(doubleVote(), '#step=3');
    await page.look(width, 900);
    await page.evaluate(`document.getElementById('tab-what-if').click()`);
    await drawn();
    const outside = `[...document.querySelectorAll('#panel-what-if .choice *')]
      .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth).length`;
    expect(await page.evaluate(outside)).toBe(0);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(await page.evaluate(CONTRAST)).toEqual([]);
  });

  test('compares from the start with a run that it was given', async () => {
    await open(doubleVote(), '', { other: { name: 'the run without the edits', trace: doubleVote('another text') } });
    expect(await text('#notice')).toBe('the run without the edits parts from this run at step 7.');
    expect(await page.evaluate('location.hash')).toBe('#step=7');
  });

  test('compares with a second file that is dropped on it', async () => {
    await open(doubleVote());
    const other = JSON.stringify(JSON.stringify(doubleVote('another text')));
    await page.evaluate(`(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([${other}], 'other.json'));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
    })()`);
    await page.evaluate(`new Promise((done) => {
      const look = () => (document.querySelector('#compare-result dl') === null ? setTimeout(look, 20) : done());
      look();
    })`);
    expect(await text('#notice')).toBe('other.json parts from this run at step 7.');
    expect(await page.evaluate('location.hash')).toBe('#step=7');
  });

  test('shows hostile text as text', async () => {
    await open(doubleVote('</script><b id="evil">bold</b><img src=x onerror="document.title=1">'), '#step=7');
    expect(await page.evaluate(`document.getElementById('evil') === null && document.title !== '1'`)).toBe(true);
    expect(await text('#verdict')).toContain('<b id="evil">');
    expect(await count('#log td.cell')).toBe(1);
    expect(page.problems).toEqual([]);
  });

  test('stays quick with 20,000 events, of which it draws only those in sight', async () => {
    await open(longTrace());
    expect(await text('#notice')).toContain('its first 12345 events are left out');
    expect(await count('.line')).toBeLessThan(80);
    expect(await count('.moment')).toBeLessThan(120);
    const ms = await page.evaluate<number>(`(async () => {
      const began = performance.now();
      for (let n = 0; n < 20; n++) {
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: n % 5 === 0 ? 'Home' : 'n', bubbles: true }));
        await new Promise((done) => requestAnimationFrame(done));
      }
      return (performance.now() - began) / 20;
    })()`);
    // A bound for a busy machine; a step takes a few milliseconds.
    expect(ms).toBeLessThan(500);
    expect(page.problems).toEqual([]);
  });

  test.each([
    [1_280, 'light'],
    [1_280, 'dark'],
    [800, 'light'],
    [400, 'dark'],
  ] as const)('fits a window of %i pixels, %s', async (width, scheme) => {
    await open(doubleVote());
    await page.look(width, 900, scheme);
    await drawn();
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    const tooFaint = await page.evaluate(CONTRAST);
    expect(tooFaint).toEqual([]);
  });

  test('a log that is wider than the window scrolls by itself', async () => {
    await open(longTrace(2_000));
    await page.look(800, 900);
    await drawn();
    expect(await page.evaluate(`document.getElementById('log').offsetWidth > innerWidth`)).toBe(true);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });
});

/** Yields the texts whose contrast with what lies behind them is below 4.5 to 1 (WCAG 2.2, 1.4.3). */
const CONTRAST = `(() => {
  const channel = (value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const numbers = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const light = (colour) => {
    const [r, g, b] = numbers(colour).map((value) => channel(value / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let each = element; each !== null; each = each.parentElement) {
      const colour = getComputedStyle(each).backgroundColor;
      if (numbers(colour)[3] !== 0) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const found = [];
  for (const element of document.querySelectorAll('header *, .side *, footer *, .legend *, #diagram-heads *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
    if (!own || element.closest('[hidden]') !== null || element.closest('.offscreen') !== null) continue;
    const [a, b] = [light(getComputedStyle(element).color), light(ground(element))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) found.push(element.className + ': ' + element.textContent.slice(0, 30) + ' ' + ((a + 0.05) / (b + 0.05)).toFixed(2));
  }
  return [...new Set(found)];
})()`;

import { cleanup } from 'ink-testing-library';
import { afterEach, describe, expect, test } from 'vitest';
import { EMPTY_GRADING, eventsOf, MIXED_GRADING } from '../report/sample-gradings.ts';
import { eventually, open, type Screen, settled } from './open-screen.tsx';

afterEach(cleanup);

describe('keys', () => {
  async function finished(): Promise<Screen> {
    const screen = open(80, 30);
    await settled(screen, 'loading');
    screen.emit(...eventsOf(MIXED_GRADING));
    await settled(screen, '> ✘ 2');
    return screen;
  }

  test('arrows and numbers select a test and explain it', async () => {
    const screen = await finished();
    screen.press('1');
    expect(await settled(screen, '> ✔ 1')).toContain('passed: 100 runs, 4200 events, 300 s of virtual time');
    screen.press('\u001b[B');
    await settled(screen, '> ✘ 2');
  });

  test('enter runs the selected test alone', async () => {
    const screen = await finished();
    screen.press('\r');
    await settled(screen, 'q stop and quit');
    expect(screen.session.actions.runOnly).toHaveBeenCalledExactlyOnceWith('lab1/one-leader');
  });

  test('s asks for ten times more schedules, and once only', async () => {
    const screen = await finished();
    screen.press('s');
    screen.press('s');
    await settled(screen, 'q stop and quit');
    expect(screen.session.actions.moreRuns).toHaveBeenCalledExactlyOnceWith(10);
  });

  test('q after a run leaves without an interrupt, and without the key line', async () => {
    const screen = await finished();
    screen.press('q');
    await eventually(() => expect(screen.exits).toEqual([{ interrupted: false }]));
    expect(screen.session.actions.interrupt).not.toHaveBeenCalled();
    await eventually(() => expect(screen.frame()).not.toContain('q quit'));
  });

  test('h brings the next hint for the test that is explained, and stays with it', async () => {
    const screen = await finished();
    screen.press('h');
    await eventually(() => expect(screen.session.actions.hint).toHaveBeenCalledExactlyOnceWith('lab1/one-leader'));
    const hint = { test: 'lab1/one-leader', number: 2, total: 3, text: 'Who voted twice?' };
    screen.emit({ type: 'hinted', test: 'lab1/one-leader', hint });
    const frame = await settled(screen, 'hint 2 of 3 for lab1/one-leader');
    expect(frame).toContain('  Who voted twice?\nnext hint: press h\n');
    expect(frame).toContain('rule: ElectionSafety');
    screen.press('1');
    await settled(screen, '> ✔ 1');
    expect(screen.frame()).not.toContain('hint 2 of 3');
  });

  test('v draws the failure that is explained, and the screen says what became of it', async () => {
    const screen = await finished();
    screen.press('v');
    const failed = expect.objectContaining({ id: 'lab1/one-leader', failure: expect.objectContaining({ seed: 17 }) });
    await eventually(() => expect(screen.session.actions.view).toHaveBeenCalledExactlyOnceWith(failed));
    screen.emit({ type: 'viewed', test: 'lab1/one-leader', text: 'drawing…' });
    await settled(screen, '\nviewer: drawing…\n');
    screen.emit({ type: 'viewed', test: 'lab1/one-leader', text: '.raftlab/traces/x.html (open it in a browser)' });
    await settled(screen, '\nviewer: .raftlab/traces/x.html (open it in a browser)\nrule: ElectionSafety');
    screen.press('1');
    expect(await settled(screen, '> ✔ 1')).not.toMatch(/viewer:|v view/);
    screen.press('v');
    screen.press('q');
    await eventually(() => expect(screen.exits).toHaveLength(1));
    expect(screen.session.actions.view).toHaveBeenCalledOnce();
  });

  test('a test without hints says so', async () => {
    const screen = await finished();
    screen.emit({ type: 'hinted', test: 'lab1/one-leader', hint: undefined });
    await settled(screen, 'there are no hints for lab1/one-leader');
  });

  test('Ctrl-C after a run leaves as an interrupt, too', async () => {
    const screen = await finished();
    screen.press('\u0003');
    await eventually(() => expect(screen.exits).toEqual([{ interrupted: true }]));
    expect(screen.frame()).not.toContain('interrupted');
  });

  test('without a keyboard the screen ends with the run, and says what to type', async () => {
    const screen = open(80, 30, { hasKeyboard: false });
    await settled(screen, 'loading');
    screen.emit(...eventsOf(EMPTY_GRADING));
    await eventually(() => expect(screen.exits).toEqual([{ interrupted: false }]));
    expect(await settled(screen, 'then npm run grade lab1')).not.toContain('quit');
  });

  test('Ctrl-C during a run interrupts it', async () => {
    const screen = open(80, 24);
    await settled(screen, 'loading');
    screen.emit(eventsOf(MIXED_GRADING)[0]!);
    await settled(screen, 'running');
    screen.press('\u0003');
    await eventually(() => expect(screen.exits).toEqual([{ interrupted: true }]));
    expect(screen.session.actions.interrupt).toHaveBeenCalledOnce();
  });
});

import type { TestStatus } from '#runner';
import { bestText, cellWidth, cleanText, count, type Line, padTo, type Tone, truncate } from '../report/index.ts';
import { BAR_WIDTH_MIN } from './layout.ts';
import { resultsOf, type TuiState } from './state.ts';

const BAR_CELLS = 20;

const STATUS_COUNTS: readonly (readonly [TestStatus, string])[] = [
  ['passed', 'passed'],
  ['failed', 'failed'],
  ['not-started', 'to do'],
  ['not-run', 'not run'],
  ['unknown', 'unknown'],
  ['kit-error', 'kit error'],
];

function bar(earned: number, points: number, ascii: boolean): string {
  // Rounded down, so that a full bar means full marks.
  const full = points === 0 ? 0 : Math.floor((BAR_CELLS * earned) / points);
  const [done, open] = ascii ? ['#', '-'] : ['▓', '░'];
  const cells = done.repeat(full) + open.repeat(BAR_CELLS - full);
  return ascii ? `[${cells}]` : cells;
}

function statusText(state: TuiState): string {
  const results = resultsOf(state);
  const parts: string[] = [];
  if (state.phase === 'loading') parts.push('loading the tests');
  else if (state.phase === 'running')
    parts.push(`running: ${results.length} of ${count(state.tests.length, 'test')} done`, ...minimisingTexts(state));
  else {
    if (state.interrupted) parts.push('interrupted');
    for (const [status, words] of STATUS_COUNTS) {
      const amount = results.filter((result) => result.status === status).length;
      if (amount > 0) parts.push(`${amount} ${words}`);
    }
  }
  if (state.tests.some(({ earlier }) => earlier)) parts.push('some of them earlier');
  const best = state.best.filter((progress) => bestText(progress) !== '');
  parts.push(...best.map((progress) => (state.labs.length > 1 ? `${progress.lab} ` : '') + bestText(progress)));
  return parts.join(', ');
}

/** What is being done for the failures that have no verdict yet. */
function minimisingTexts({ tests }: TuiState): string[] {
  return tests.flatMap(({ plan, trials }) => {
    return trials === undefined ? [] : [`minimising… ${count(trials, 'run')} (${plan.id})`];
  });
}

/** `14/30`, and a bar where there is room; nothing before the tests are known. */
function scoreText(state: TuiState, width: number, ascii: boolean): string {
  if (state.tests.length === 0) return '';
  const earned = resultsOf(state).reduce((sum, result) => sum + result.earned, 0);
  const points = state.tests.reduce((sum, { plan }) => sum + plan.points, 0);
  return `${earned}/${points}${width >= BAR_WIDTH_MIN ? ` ${bar(earned, points, ascii)}` : ''}`;
}

/** What stands above the list: the lab, its points, and how far the run is. */
export function headerLines(state: TuiState, width: number, ascii: boolean, watching: string | undefined): Line[] {
  const [lab] = state.labs;
  const title = state.labs.length === 1 && lab ? `${lab.id} ${lab.title}` : state.labs.map(({ id }) => id).join(', ');
  const score = scoreText(state, width, ascii);
  const titleWidth = Math.max(0, width - cellWidth(score) - 1);
  const heading = `${padTo(cleanText(title || 'raftlab', ascii), titleWidth, ascii)} ${score}`.trimEnd();
  const fitting = (text: string, tone: Tone): Line => ({ text: truncate(cleanText(text, ascii), width, ascii), tone });
  const lines = [{ text: heading, tone: 'strong' } as const, fitting(statusText(state), 'plain')];
  if (watching !== undefined) lines.push(fitting(watchingText(state, watching), 'plain'));
  if (state.typeErrors !== undefined) lines.push(fitting(`types: ${state.typeErrors}`, 'bad'));
  if (state.note !== undefined) lines.push(fitting(`note: ${state.note}`, 'plain'));
  return lines;
}

function watchingText({ answeredMs }: TuiState, watching: string): string {
  if (answeredMs === undefined) return `watching ${watching}: a save runs the tests again`;
  return `watching ${watching} (first verdict ${(answeredMs / 1_000).toFixed(1)} s after the save)`;
}

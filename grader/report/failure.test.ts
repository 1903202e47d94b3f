import { describe, expect, test } from 'vitest';
import type { StoryLine } from '#scenario';
import { fitFailure, renderFailure } from './failure.ts';
import { SAMPLE_FAILURE } from './sample-gradings.ts';
import { cellWidth } from './text.ts';

const STYLE = { ascii: false, hints: 'labs/lab1/hints/' };

/** Sixty lines over five servers; line 3 is evidence. */
const LONG_STORY: readonly StoryLine[] = Array.from({ length: 60 }, (_, index) => ({
  step: index + 1,
  atMs: index * 1.5,
  server: `n${(index % 5) + 1}`,
  text: `AppendEntries to n${((index + 1) % 5) + 1}: term 4, prev 7, 2 entries`,
  topic: 'request',
  evidence: index === 2,
}));

test('a failure in full at 80 columns: rule, what was seen, cause, place, story, replay, hints', () => {
  expect(renderFailure(SAMPLE_FAILURE, 80, STYLE).join('\n')).toMatchInlineSnapshot(`
    "rule: ElectionSafety (Raft §5.2, Figure 3): At most one leader can be elected in
      a given term.
    seen: rule broken at step 41, 312 ms: n1 and n3 are both leader in term 4; n2
      voted for each of them.
    likely cause: votedFor was cleared although the term did not grow.
    where: raft.ts:12:5
    story: one column per server; "> see" marks the evidence
             step     ms  n1                 n2                    n3
               12    150  -- partition n1 | n2 n3 --
               31    281  candidate, term 4
      > see    33  284.3                     votes for n1 in term
                                             4
               36    288  LEADER, term 4
               37    300                                           candidate, term 4
      > see    40  309.5                     votes for n3 in term
                                             4
      > see    41    312                                           LEADER, term 4
    replay: npm run replay lab1/one-leader seed=17
    hints: labs/lab1/hints/"
  `);
});

test('of a failure that was made smaller, the small run is told, and how to replay both', () => {
  const failure = {
    ...SAMPLE_FAILURE,
    step: 9,
    atMs: 250,
    message: 'n1 and n2 lead term 2',
    story: LONG_STORY.slice(0, 2),
  };
  const smallest = { failure, trials: 57, end: 'done', replay: 'npm run replay case=one.json' } as const;
  const text = renderFailure({ ...SAMPLE_FAILURE, smallest }, 80, STYLE).join('\n');
  expect(text).toContain('seen: rule broken at step 9, 250 ms: n1 and n2 lead term 2');
  expect(text).not.toContain('votes for n3 in term');
  expect(text).toContain(`replay: npm run replay case=one.json
smallest run: 57 runs tried; first seen at step 41, 312 ms
as first seen: npm run replay lab1/one-leader seed=17`);
});

test('below 60 columns the story is a list', () => {
  expect(renderFailure(SAMPLE_FAILURE, 40, STYLE).join('\n')).toMatchInlineSnapshot(`
    "rule: ElectionSafety (Raft §5.2, Figure
      3): At most one leader can be elected
      in a given term.
    seen: rule broken at step 41, 312 ms: n1
      and n3 are both leader in term 4; n2
      voted for each of them.
    likely cause: votedFor was cleared
      although the term did not grow.
    where: raft.ts:12:5
    story: step, ms and server; "> see"
      marks the evidence
      12 150: partition n1 | n2 n3
      31 281 n1: candidate, term 4
      > see 33 284.3 n2: votes for n1 in
        term 4
      36 288 n1: LEADER, term 4
      37 300 n3: candidate, term 4
      > see 40 309.5 n2: votes for n3 in
        term 4
      > see 41 312 n3: LEADER, term 4
    replay: npm run replay lab1/one-leader seed=17
    hints: labs/lab1/hints/"
  `);
});

test('a gap is told with the server whose events are missing, or, when nobody is accused, without', () => {
  const [first, second, ...rest] = SAMPLE_FAILURE.story;
  const server = { ...first!, leftOut: { events: 3, server: 'n1' } };
  const story = [server, { ...second!, leftOut: { events: 1 } }, ...rest];
  const text = renderFailure({ ...SAMPLE_FAILURE, story }, 80, STYLE).join('\n');
  expect(text).toMatch(/^ +… 3 events of n1 left out$/m);
  expect(text).toMatch(/^ +… 1 event left out$/m);
});

test('ASCII alone', () => {
  const text = renderFailure(SAMPLE_FAILURE, 60, { ...STYLE, ascii: true }).join('\n');
  expect(text).toMatch(/^[\x20-\x7e\n]*$/);
  expect(text).toContain('Raft section 5.2');
});

test('what a failure does not have is left out', () => {
  const { likelyCause: _cause, location: _location, ...rest } = SAMPLE_FAILURE;
  const lines = renderFailure({ ...rest, kind: 'liveness', story: [] }, 120, { ascii: false });
  expect(lines.map((text) => text.split(':')[0])).toEqual(['rule', 'seen', 'replay']);
  expect(lines[1]).toContain('did not happen in time at step 41, 312 ms');
});

test('a message keeps its lines, without escape sequences', () => {
  const lines = renderFailure({ ...SAMPLE_FAILURE, message: 'TypeError: x\n\u001b[31m    at raft.ts:3' }, 80, STYLE);
  expect(lines).toContain('  at raft.ts:3');
});

describe('a long story', () => {
  test('shows about twenty-five lines: the evidence and the latest', () => {
    const lines = renderFailure({ ...SAMPLE_FAILURE, story: LONG_STORY }, 160, STYLE);
    expect(lines).toContain(
      'story (25 of 60 lines): one column per server; "> see" marks the evidence; the word "full" behind the replay command shows all',
    );
    expect(lines.filter((text) => /^ {2}> see +3 /.test(text))).toHaveLength(1);
    expect(lines.some((text) => /^ +60 /.test(text))).toBe(true);
    expect(lines.some((text) => /^ +36 /.test(text))).toBe(false);
  });

  test.each([40, 60, 80, 100, 120])('keeps to %i columns', (width) => {
    const lines = renderFailure({ ...SAMPLE_FAILURE, story: LONG_STORY }, width, STYLE);
    const story = lines.slice(
      lines.findIndex((text) => text.startsWith('story')),
      -2,
    );
    expect(Math.max(...story.map(cellWidth))).toBeLessThanOrEqual(width);
  });

  test('is a list where a table would leave a server less than nine cells', () => {
    expect(renderFailure({ ...SAMPLE_FAILURE, story: LONG_STORY }, 60, STYLE)).toContain(
      '  > see 3 3 n3: AppendEntries to n4: term 4, prev 7, 2',
    );
  });
});

describe('in a window', () => {
  test('the story gives way first', () => {
    const lines = fitFailure(SAMPLE_FAILURE, 80, 14, STYLE).map(({ text }) => text);
    expect(lines.length).toBeLessThanOrEqual(14);
    expect(lines.join('\n')).toContain('replay: npm run replay lab1/one-leader seed=17');
    expect(lines.join('\n')).toMatch(/story \(\d of 7 lines\)/);
  });

  test.each([0, 1, 2, 5, 8, 11, 20])('of %i lines, nothing is taller or wider', (height) => {
    for (const width of [20, 40, 80]) {
      const lines = fitFailure({ ...SAMPLE_FAILURE, story: LONG_STORY }, width, height, STYLE);
      expect(lines.length).toBeLessThanOrEqual(height);
      for (const { text } of lines) expect(cellWidth(text)).toBeLessThanOrEqual(width);
    }
  });

  test('what is cut says how to see all', () => {
    expect(fitFailure(SAMPLE_FAILURE, 80, 3, STYLE).at(-1)?.text).toBe(
      'all of it: npm run replay lab1/one-leader seed=17',
    );
  });
});

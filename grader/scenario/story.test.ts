import { expect, test } from 'vitest';
import type { Call } from '#kernel';
import type { RecordedLine } from './recorder.ts';
import { chooseStory, tellAll } from './story.ts';

let calls = 0;

/** Lines of a run: `sent` and `got` make messages. */
class Story {
  readonly lines: RecordedLine[] = [];

  add(step: number, server: string, text: string, more: Partial<RecordedLine> = {}): this {
    this.lines.push({ step, atMs: step * 10, server, text, topic: 'role', ...more });
    return this;
  }

  message(sent: number, got: number, from: string, to: string, text: string, more: Partial<RecordedLine> = {}): this {
    const call = { id: ++calls } as Call;
    this.add(sent, from, text, { topic: 'request', way: 'sent', to, call, ...more });
    return this.add(got, to, `gets ${text} from ${from}`, { topic: 'request', way: 'got', cause: sent, call, ...more });
  }

  told(evidence: readonly number[], step: number, accused?: string): string[] {
    const lines = this.lines.toSorted((a, b) => a.step - b.step);
    return chooseStory(lines, { evidence, step, ...(accused === undefined ? {} : { accused }) }).map(
      (line) => `${line.step} ${line.server ?? ''} ${line.text}`,
    );
  }
}

test('a story goes back from the evidence through messages and what servers had become', () => {
  const story = new Story()
    .add(1, 'n1', 'candidate of term 1', { mark: 'role' })
    .message(1, 2, 'n1', 'n2', 'RequestVote t1')
    .add(2, 'n2', 'vote t1', { topic: 'reply', way: 'sent', to: 'n1', mark: 'vote' })
    .message(3, 4, 'n3', 'n4', 'heartbeat t1', { dull: true })
    .add(5, 'n4', 'candidate of term 2', { mark: 'role' })
    .add(6, 'n2', 'something is wrong', { topic: 'failure' });
  expect(story.told([2], 6)).toEqual([
    '1 n1 candidate of term 1',
    '1 n1 RequestVote t1 to n2',
    '2 n2 gets RequestVote t1 from n1',
    '2 n2 vote t1 to n1',
    '6 n2 something is wrong',
  ]);
});

test('a message to several servers, a timer and what came of it, and a message and its fate are told in one line each', () => {
  const call = { id: ++calls } as Call;
  const story = new Story()
    .add(1, 'n1', 'a timer fires', { topic: 'timer', dull: true })
    .add(1, 'n1', 'candidate of term 1', { mark: 'role' })
    .message(1, 2, 'n1', 'n2', 'RequestVote t1')
    .message(1, 3, 'n1', 'n3', 'RequestVote t1')
    .add(4, 'n1', 'AppendEntries t1', { topic: 'request', way: 'sent', to: 'n3', call })
    .add(4, 'n1', 'AppendEntries t1', {
      topic: 'loss',
      way: 'request lost',
      to: 'n3',
      call,
      suffers: 'lost',
      mark: 'trouble',
    })
    .add(5, 'n1', 'too bad', { topic: 'failure' });
  expect(story.told([2, 3, 4], 5)).toEqual([
    '1 n1 times out: candidate of term 1',
    '1 n1 RequestVote t1 to n2 n3',
    '2 n2 gets RequestVote t1 from n1',
    '3 n3 gets RequestVote t1 from n1',
    '4 n1 AppendEntries t1 to n3: lost',
    '5 n1 too bad',
  ]);
});

test('a long past is cut, faults and evidence are not', () => {
  const story = new Story().add(0, 'n1', 'n3 cut off', { topic: 'fault' });
  for (let step = 1; step < 500; step++) story.add(step, 'n1', `follower in term ${step}`, { mark: 'role' });
  story.add(500, 'n1', 'too bad', { topic: 'failure' });
  const told = story.told([17, 499], 500);
  expect(told.length).toBeLessThan(30);
  expect(told[0]).toBe('0 n1 n3 cut off');
  expect(told).toContain('17 n1 follower in term 17');
  expect(told).toContain('498 n1 follower in term 498');
});

test('without evidence it tells what each server had become', () => {
  const story = new Story()
    .add(1, 'n1', 'candidate of term 8', { mark: 'role' })
    .add(2, 'n2', 'candidate of term 9', { mark: 'role' })
    .message(3, 4, 'n1', 'n2', 'heartbeat t8', { dull: true })
    .add(4, 'n3', 'waited for a leader', { topic: 'failure' });
  expect(story.told([], 4)).toEqual([
    '1 n1 candidate of term 8',
    '2 n2 candidate of term 9',
    '3 n1 heartbeat t8 to n2',
    '4 n2 gets heartbeat t8 from n1',
    '4 n3 waited for a leader',
  ]);
});

/** The real server n1 times out at step 9 though it got what should have kept it from that. */
function heldOff(beats: number): Story {
  const story = new Story().add(0, 'n1', 'follower in term 2', { mark: 'role' });
  for (let beat = 1; beat <= beats; beat++)
    story.message(2 * beat - 1, 2 * beat, 'n2', 'n1', 'heartbeat t2', { dull: true });
  return story
    .add(2 * beats + 1, 'n1', 'candidate of term 3', { mark: 'role' })
    .add(2 * beats + 2, 'n1', 'too bad', { topic: 'failure' });
}

test('what the accused server got is told, though nothing rests on it', () => {
  expect(heldOff(2).told([], 6, 'n1')).toEqual([
    '0 n1 follower in term 2',
    '2 n1 gets heartbeat t2 from n2',
    '4 n1 gets heartbeat t2 from n2',
    '5 n1 candidate of term 3',
    '6 n1 too bad',
  ]);
});

test('of much that the accused server got, the latest is told, and how much is left out', () => {
  const { lines } = heldOff(100).add(30, 'n1', 'gets something else', { topic: 'request', way: 'got', dull: true });
  const story = chooseStory(
    lines.toSorted((a, b) => a.step - b.step),
    { evidence: [], step: 202, accused: 'n1' },
  );
  const texts = story.map(({ step, text, leftOut }) => `${leftOut?.events ?? 0} ${step} ${text}`);
  expect(texts).toEqual([
    '0 0 follower in term 2',
    '14 30 gets heartbeat t2 from n2',
    '0 30 gets something else',
    '80 192 gets heartbeat t2 from n2',
    '0 194 gets heartbeat t2 from n2',
    '0 196 gets heartbeat t2 from n2',
    '0 198 gets heartbeat t2 from n2',
    '0 200 gets heartbeat t2 from n2',
    '0 201 candidate of term 3',
    '0 202 too bad',
  ]);
});

/** Each of three servers becomes a candidate, over and over, and gets a message between any two of these. */
function leaderless(rounds: number): RecordedLine[] {
  const story = new Story().add(0, 'n1', 'n3 cut off', { topic: 'fault' });
  for (let round = 0; round < rounds; round++) {
    const step = 10 * round;
    story.add(step + 1, `n${1 + (round % 3)}`, `candidate of term ${round}`, { mark: 'role' });
    for (let n = 2; n < 6; n++) story.add(step + n, 'n2', 'gets a refusal', { topic: 'reply', way: 'got', dull: true });
    story.add(step + 7, 'n3', 'a timer fires', { topic: 'timer', dull: true });
  }
  return story.add(10 * rounds, 'n1', 'too bad', { topic: 'failure' }).lines;
}

test('where nobody is accused, a story says how much of what anybody got is left out', () => {
  const texts = chooseStory(leaderless(3), { evidence: [], step: 30 }).map(
    ({ step, text, leftOut }) => `${leftOut?.events ?? 0} ${leftOut?.server ?? ''} ${step} ${text}`,
  );
  // Timers that fire with no effect are not worth counting.
  expect(texts).toEqual([
    '0  0 n3 cut off',
    '0  1 candidate of term 0',
    '4  11 candidate of term 1',
    '4  21 candidate of term 2',
    '4  30 too bad',
  ]);
});

test('where nobody is accused, single events are told rather than counted, and how a long past begins is counted, too', () => {
  const single = leaderless(3).filter(({ step, server }) => server !== 'n2' || ![2, 3, 4, 22, 23].includes(step));
  const texts = chooseStory(single, { evidence: [], step: 30 }).map(
    ({ step, text, leftOut }) => `${leftOut?.events ?? 0} ${step} ${text}`,
  );
  expect(texts).toEqual([
    '0 0 n3 cut off',
    '0 1 candidate of term 0',
    '0 5 gets a refusal',
    '0 11 candidate of term 1',
    '4 21 candidate of term 2',
    '2 30 too bad',
  ]);
  const late = single.filter(({ topic }) => topic !== 'fault').map((line) => ({ ...line, step: line.step + 100 }));
  const rest = new Story().add(3, 'n9', 'gets something', { topic: 'request', way: 'got' }).add(4, 'n9', 'role').lines;
  expect(chooseStory([...rest, ...late], { evidence: [], step: 130 })[0]).toMatchObject({ leftOut: { events: 2 } });
});

test('a story that accuses nobody has no more marks than there is room for, at the largest gaps', () => {
  const lines = leaderless(60);
  // Most gaps of the story are of four events; the smaller ones, at its beginning, go without a mark.
  const grown = lines.flatMap((line) => (line.way === 'got' && line.step % 10 === 5 && line.step < 450 ? [] : [line]));
  const story = chooseStory(grown, { evidence: [], step: 600 });
  const marks = story.filter(({ leftOut }) => leftOut !== undefined);
  expect(story.length).toBeGreaterThan(20);
  expect(story.length + marks.length).toBe(36);
  expect(marks.every(({ leftOut }) => leftOut!.events >= 4)).toBe(true);
});

test('what servers of the story said in env.log is told, the latest of it, and how much is not', () => {
  const story = heldOff(3)
    .add(4, 'n1', 'beat: heard one', { topic: 'log' })
    .add(1, 'n9', 'beat: far away', { topic: 'log' });
  expect(story.told([], 8, 'n1')).toContain('4 n1 beat: heard one');
  expect(story.told([], 8)).toContain('4 n1 beat: heard one');
  expect(story.told([], 8).join()).not.toContain('far away');
  for (let i = 0; i < 20; i++) story.add(2, 'n1', `beat: ${i}`, { topic: 'log' });
  const lines = story.lines.toSorted((a, b) => a.step - b.step);
  const told = chooseStory(lines, { evidence: [], step: 8, accused: 'n1' });
  expect(told.filter(({ topic }) => topic === 'log').at(-1)!.text).toBe('beat: heard one');
  expect(told.filter(({ topic }) => topic === 'log')).toHaveLength(8);
  expect(told[0]!.logsLeftOut).toBe(13);
});

test('all of it has every line', () => {
  const { lines } = heldOff(100);
  expect(tellAll(lines, { evidence: [], step: 202 })).toHaveLength(lines.length);
});

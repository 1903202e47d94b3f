import { expect, describe as suite, test } from 'vitest';
import { caseText, type Edit, editText, readCase, type TraceMessage } from '#scenario';
import { firstDivergence, readTrace } from './compare.ts';
import { conflictingCells } from './conflicts.ts';
import { cutText, laneStretches, marksOf } from './lanes.ts';
import { parseQuery } from './query.ts';
import { doubleVote, FRESH, longTrace, Script, traceOf } from './sample-traces.ts';
import { stateAfter } from './states.ts';
import { Timeline } from './timeline.ts';
import { editedCase, firstMs, messageKey, underWay, withEdit } from './what-if.ts';
import { brief, eventLine } from './words.ts';

suite('a timeline', () => {
  const timeline = new Timeline(doubleVote());

  test('has a row for each server’s step, and one for each event of the world', () => {
    expect(timeline.moments.map(({ step, lane }) => [step, lane])).toEqual([
      [1, 0],
      [2, -1],
      [3, 1],
      [4, -1],
      [5, 2],
      [6, 0],
      [7, 0],
      [8, 1],
      [8, -1],
    ]);
  });

  test('connects what was sent with what became of it', () => {
    const found = timeline.arrows.map(({ data, fate, sent, ends }) => [data.from, data.to, fate, sent, ends]);
    expect(found).toContainEqual(['n1', 'n2', 'delivered', 0, 2]);
    expect(found).toContainEqual(['n1', 'n3', 'lost', 0, 0]);
    expect(found).toContainEqual(['n2', 'n3', 'under way', 7, -1]);
  });

  test('knows what could have led to a moment, and what could not', () => {
    const last = 7;
    expect([0, 2, 4, 7].map((moment) => timeline.isCause(moment, last))).toEqual([true, true, true, true]);
    // n1’s election came after the request that n2 had, and no message of it reached n2.
    expect([1, 5, 6].map((moment) => timeline.isCause(moment, last))).toEqual([false, false, false]);
    expect(timeline.clock(last)).toEqual([1, 2, 1]);
  });

  test('finds the step that an address names', () => {
    expect(timeline.momentAtStep(5)).toBe(4);
    expect(timeline.momentAtStep(99)).toBe(8);
  });
});

suite('states', () => {
  test('are what the patches make of the last full state', () => {
    const trace = doubleVote('x=1');
    const after = (step: number) =>
      stateAfter(
        trace,
        trace.events.findLastIndex((event) => event.step === step),
      );
    expect(stateAfter(trace, -1).nodes.get('n1')).toEqual(FRESH);
    expect(after(3).nodes.get('n2')).toMatchObject({ votedFor: 'n1', currentTerm: 1 });
    expect(after(3).cuts).toHaveLength(4);
    expect(after(8).nodes.get('n2')).toMatchObject({ votedFor: 'n3' });
    expect(after(8).nodes.get('n1')!.log).toEqual({ base: 0, entries: [[1, 'x=1']] });
    expect(after(8).cuts).toEqual([]);
  });

  test('follow logs that are cut, grow and lose their beginning', () => {
    const log = (base: number, from: number, ...texts: string[]) => ({
      step: from,
      at: from,
      node: 'n1',
      kind: 'note' as const,
      data: { text: 'runs' },
      patch: { nodes: { n1: { log: { base, from, entries: texts.map((text) => [1, text] as const) } } } },
    });
    const trace = traceOf([log(0, 1, 'a', 'b', 'c'), log(0, 2, 'B'), log(0, 3, 'C', 'D'), log(2, 5)]);
    expect(
      stateAfter(trace, 2)
        .nodes.get('n1')!
        .log.entries.map((entry) => entry![1]),
    ).toEqual(['a', 'B', 'C', 'D']);
    expect(stateAfter(trace, 3).nodes.get('n1')!.log).toEqual({
      base: 2,
      entries: [
        [1, 'C'],
        [1, 'D'],
      ],
    });
  });
});

suite('lanes', () => {
  test('tell what a server was from when to when', () => {
    const looks = laneStretches(new Timeline(doubleVote()))[0]!.map(({ from, to, look }) => [from, to, look]);
    expect(looks).toEqual([
      [0, 5, 'candidate'],
      [5, 9, 'leader'],
    ]);
  });

  test('name the sides of a partition, and single directions where there are no sides', () => {
    const nodes = ['n1', 'n2', 'n3'];
    expect(cutText(['n1>n3', 'n3>n1', 'n2>n3', 'n3>n2'], nodes)).toBe('n1 n2 | n3');
    expect(cutText(['n1>n2'], nodes)).toBe('n1⇸n2');
  });

  test('mark elections, faults, evidence and the failure', () => {
    expect(marksOf(new Timeline(doubleVote()))).toEqual({
      elections: [0, 4, 5],
      faults: [1, 3],
      evidence: [2, 8],
      violation: 8,
    });
  });
});

suite('a search', () => {
  const { events } = doubleVote();
  const found = (query: string): number[] => [...new Set(events.filter(parseQuery(query)).map(({ step }) => step))];

  test.each([
    ['node:n2 kind:deliver', [3, 8]],
    ['kind:role term:1', [1, 5, 6]],
    ['step:2-4 node:world', [2, 4]],
    ['from:n3', [5, 8]],
    ['becomes leader', [6]],
    ['kind:deliver -node:n2', [6]],
    ['kind:drop,timer', [1, 5]],
    ['nothing:like this', []],
  ])('%s', (query, steps) => {
    expect(found(query)).toEqual(steps);
  });

  test('that is not finished hides nothing', () => {
    expect(found('node:')).toEqual(found(''));
  });
});

test('every event can be read alone', () => {
  const { events } = doubleVote();
  expect(events.slice(0, 6).map(eventLine)).toEqual([
    'step 1, 1 ms, n1: a timer fires',
    'step 1, 1 ms, n1: becomes candidate in term 1, was follower',
    'step 1, 1 ms, n1: sends RequestVote t1, last 0:t0 to n2',
    'step 1, 1 ms, n1: sends RequestVote t1, last 0:t0 to n3',
    'step 1, 1 ms, n1: RequestVote t1, last 0:t0 from n1 to n3 is lost: the link is cut',
    'step 2, 2 ms, world: partition: n1 n2 | n3',
  ]);
  expect(brief(events.slice(0, 5))).toBe('candidate t1');
});

suite('two traces', () => {
  test('part at the first event that differs', () => {
    const [one, other] = [doubleVote(), doubleVote('another text')];
    expect(firstDivergence(one, doubleVote())).toBeUndefined();
    expect(firstDivergence(one, other)).toMatchObject({ step: 7, here: expect.stringContaining('two votes') });
    const shorter = traceOf(one.events.slice(0, 4));
    expect(firstDivergence(shorter, one)).toMatchObject({ place: 4, here: 'the run is over' });
  });

  test('are read from JSON only when they are traces', () => {
    expect(readTrace(JSON.stringify(doubleVote()))?.seed).toBe(17);
    for (const text of ['', '{}', 'null', '[1]', '<html></html>']) expect(readTrace(text)).toBeUndefined();
  });
});

test('entries that break an agreement are found, and only those', () => {
  const node = (commitIndex: number, ...terms: number[]) => ({
    ...FRESH,
    commitIndex,
    log: { base: 0, entries: terms.map((term, n) => [term, `e${term}.${n}`] as const) },
  });
  const cells = (...nodes: (typeof FRESH)[]) =>
    [...conflictingCells({ nodes: new Map(nodes.map((each, n) => [`n${n + 1}`, each])), cuts: [] })].sort();
  expect(cells(node(2, 1, 1), node(1, 1, 2))).toEqual([]);
  expect(cells(node(2, 1, 1), node(2, 1, 2))).toEqual(['n1:2', 'n2:2']);
  const other = { ...FRESH, log: { base: 0, entries: [[1, 'something else'] as const] } };
  expect(cells(node(0, 1), other)).toEqual(['n1:1', 'n2:1']);
});

test('a case says in JSON what should go otherwise', () => {
  const trace = doubleVote();
  const reply = trace.events.find(({ kind, data }) => kind === 'send' && data.phase === 'reply')!.data as TraceMessage;
  const message = messageKey(reply);
  expect(message).toBe('n2>n1 reply to RequestVote t1 #1');
  expect(messageKey({ ...reply, copy: 2 })).toBe('n2>n1 reply to RequestVote t1 #1, copy 2');
  const crash = { do: 'crash', server: 'n2', atMs: 3 } as const;
  const drop = { do: 'drop', message } as const;
  const base = {
    format: 1,
    lab: 'lab1',
    test: 'one-vote',
    seed: 17,
    decisions: { messages: [], edits: [crash] },
  } as const;
  const edited = editedCase(base, [drop]);
  expect(edited).toEqual({ ...base, decisions: { messages: [], edits: [crash, drop] } });
  expect(readCase(caseText(edited))).toEqual(edited);
  expect(edited.decisions.edits!.map(editText)).toEqual([
    'crash n2 at 3 ms',
    'drop reply to RequestVote t1 #1 from n2 to n1',
  ]);
  const rest: readonly Edit[] = [
    { do: 'deliver-first', message, atMs: 2.5 },
    { do: 'time-out', server: 'n2', atMs: 3 },
  ];
  expect(readCase(caseText(editedCase(base, rest))).decisions.edits).toEqual([crash, ...rest]);
  // Of two edits of one message, the later one counts.
  const delay = { do: 'delay', message, byMs: 200 } as const;
  expect(withEdit(withEdit([crash, drop], delay), crash)).toEqual([delay, crash]);
});

suite('a message that is to be delivered first', () => {
  /** n1 and n2 each write to n3: the second message comes at 4 ms, the first at 6 ms, and one that is lost never. */
  const crossing = (why: 'lost' | 'cut' = 'lost') => {
    const script = new Script();
    script.step('n1', 'timer-fire', {});
    const slow = script.send('n1', 'n3');
    const lost = script.send('n1', 'n2');
    script.also('n1', 'drop', { ...lost, why }, 1);
    script.step('n2', 'timer-fire', {});
    const quick = script.send('n2', 'n3');
    script.step('n2', 'timer-fire', {});
    script.step('n3', 'deliver', quick, 2);
    script.step('n2', 'timer-fire', {});
    script.step('n3', 'deliver', slow, 1);
    return new Timeline(traceOf(script.events));
  };
  const arrowTo = ({ arrows }: Timeline, from: string, to: string) =>
    arrows.find(({ data }) => data.from === from && data.to === to)!;

  test('comes right behind the step that is looked at, when it is on its way then', () => {
    const timeline = crossing();
    expect(underWay(timeline, 0).map(({ data }) => data.from)).toEqual(['n1']);
    expect(underWay(timeline, 1).map(({ data }) => data.from)).toEqual(['n2', 'n1']);
    expect(underWay(timeline, 3).map(({ data }) => data.from)).toEqual(['n1']);
    expect(underWay(timeline, 5)).toEqual([]);
    const slow = arrowTo(timeline, 'n1', 'n3');
    expect([0, 1, 2, 3, 4].map((moment) => firstMs(timeline, slow, moment))).toEqual([
      1.001, 2.001, 3.001, 4.001, 5.001,
    ]);
  });

  test('comes as soon as it is sent, when it is not on its way any more', () => {
    const timeline = crossing();
    expect(firstMs(timeline, arrowTo(timeline, 'n1', 'n3'), 5)).toBe(1.001);
    expect(firstMs(timeline, arrowTo(timeline, 'n1', 'n2'), 5)).toBe(1.001);
    // What a cut link never carried cannot be delivered at all.
    const cut = crossing('cut');
    expect(firstMs(cut, arrowTo(cut, 'n1', 'n2'), 0)).toBeUndefined();
  });

  test('comes before what is due at the very time that is looked at', () => {
    const { trace } = crossing();
    // Step 4, in which n3 gets the other message, at the time of step 3.
    const events = trace.events.map((event) => (event.step === 4 ? { ...event, at: 3 } : event));
    const timeline = new Timeline(traceOf(events));
    expect(firstMs(timeline, arrowTo(timeline, 'n1', 'n3'), 2)).toBe(2.999);
    expect(firstMs(timeline, arrowTo(timeline, 'n1', 'n3'), 3)).toBe(3.001);
  });
});

test('a long trace is understood quickly', () => {
  const trace = longTrace();
  const began = performance.now();
  const timeline = new Timeline(trace);
  laneStretches(timeline);
  stateAfter(trace, trace.events.length - 1);
  // A bound for a busy machine; it takes a few dozen milliseconds.
  expect(performance.now() - began).toBeLessThan(3_000);
});

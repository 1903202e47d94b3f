import type { Grading, LabPlan, LabResult, RunnerEvent, TestFailure, TestPlan, TestResult } from '#runner';
import type { StoryLine } from '#scenario';

/** Made-up gradings, for the tests of reports and screens. Nothing here comes from a real run. */

const STORY: readonly StoryLine[] = [
  { step: 12, atMs: 150, text: 'partition n1 | n2 n3', topic: 'fault' },
  { step: 31, atMs: 281, server: 'n1', text: 'candidate, term 4', topic: 'role' },
  { step: 33, atMs: 284.25, server: 'n2', text: 'votes for n1 in term 4', topic: 'reply', evidence: true },
  { step: 36, atMs: 288, server: 'n1', text: 'LEADER, term 4', topic: 'role' },
  { step: 37, atMs: 300, server: 'n3', text: 'candidate, term 4', topic: 'role' },
  { step: 40, atMs: 309.5, server: 'n2', text: 'votes for n3 in term 4', topic: 'reply', evidence: true },
  { step: 41, atMs: 312, server: 'n3', text: 'LEADER, term 4', topic: 'failure' },
];

export const SAMPLE_FAILURE: TestFailure = {
  kind: 'safety',
  rule: 'ElectionSafety',
  sentence: 'At most one leader can be elected in a given term.',
  paper: 'Raft §5.2, Figure 3',
  message: 'n1 and n3 are both leader in term 4; n2 voted for each of them.',
  likelyCause: 'votedFor was cleared although the term did not grow.',
  step: 41,
  atMs: 312,
  evidence: [33, 40, 41],
  location: { file: 'raft.ts', line: 12, column: 5 },
  story: STORY,
  seed: 17,
  replay: 'npm run replay lab1/one-leader seed=17',
};

function plan(id: string, title: string, more: Partial<TestPlan> = {}): TestPlan {
  return { id, title, kind: 'scenario', points: 6, paper: 'Raft §5.2', runs: 100, hidden: false, ...more };
}

/** A test that passed, unless told otherwise. */
function result(test: TestPlan, more: Partial<TestResult> = {}): TestResult {
  const work = { runsDone: test.runs, events: 4200, virtualMs: 300_000, wallMs: 40, hash: '0123456789abcdef' };
  return { ...test, earned: test.points, status: 'passed', ...work, reached: {}, console: [], ...more };
}

const FAILED = { status: 'failed', earned: 0, runsDone: 17, failure: SAMPLE_FAILURE } as const;
const NOT_STARTED = { status: 'not-started', earned: 0, runsDone: 0, events: 0, virtualMs: 0 } as const;

const ELECTED = plan('lab1/initial-election', 'a leader is elected');
const ONE_LEADER = plan('lab1/one-leader', 'a term has at most one leader, whatever the network does', { points: 8 });
const RETURN = plan('lab1/return', 'a leader that comes back steps down', { kind: 'rule', runs: 1 });
const SECRET = plan('lab1/secret', 'what no student may read', { hidden: true, points: 4 });
const SLOW = plan('lab1/slow', 'elections end in large clusters', { kind: 'adversary' });
const APPEND = plan('lab2/append', 'appends reach every follower');
const COMMIT = plan('lab2/commit', 'a majority commits', { points: 8 });
const BACKUP = plan('lab3/backup', 'a log survives a restart');

export const LAB1_PLAN: LabPlan = {
  id: 'lab1',
  title: 'Leader election',
  points: 30,
  paper: 'Raft §5.1–5.2',
  tests: [ELECTED, ONE_LEADER, RETURN, SECRET, SLOW],
};

function lab(id: string, title: string, tests: readonly TestResult[]): LabResult {
  const earned = tests.reduce((sum, test) => sum + test.earned, 0);
  return { id, title, earned, points: tests.reduce((sum, test) => sum + test.points, 0), tests };
}

/** A grading of these labs. */
export function gradingOf(labs: readonly LabResult[], more: Partial<Grading> = {}): Grading {
  return {
    kit: { version: '0.1.0', commit: 'b8c2f2f' },
    node: 'v20.20.0',
    impl: 'skeleton',
    submission: { sha256: 'ab12' },
    suites: ['labs/lab1/suites'],
    seed: 1,
    labs,
    earned: labs.reduce((sum, { earned }) => sum + earned, 0),
    points: labs.reduce((sum, { points }) => sum + points, 0),
    ...more,
  };
}

/** Every status but `unknown` and `kit-error`, in three labs. */
export const MIXED_GRADING = gradingOf([
  lab('lab1', 'Leader election', [
    result(ELECTED),
    result(ONE_LEADER, { ...FAILED, console: ['n2: voting', 'n2: \u001b[31mvoting again'] }),
    result(RETURN),
    result(SECRET, { ...FAILED, failure: { ...SAMPLE_FAILURE, message: 'what no student may read' } }),
    result(SLOW, { status: 'not-run', earned: 0, runsDone: 0 }),
  ]),
  lab('lab2', 'Log replication', [
    result(APPEND, { ...NOT_STARTED, note: 'the code throws NotImplemented for lab 2' }),
    result(COMMIT, { ...NOT_STARTED, note: 'the code throws NotImplemented for lab 2' }),
  ]),
  lab('lab3', 'Persistence', [result(BACKUP, { ...NOT_STARTED, note: 'the code throws NotImplemented for lab 3' })]),
]);

/** Full marks in lab 1. */
export const PERFECT_GRADING = gradingOf([
  lab(
    'lab1',
    'Leader election',
    LAB1_PLAN.tests.map((test) => result(test)),
  ),
]);

/** No verdict for one test, and a fault of the kit in another. */
export const TROUBLED_GRADING = gradingOf(
  [
    lab('lab1', 'Leader election', [
      result(ELECTED),
      result(RETURN, { status: 'kit-error', earned: 0, note: 'The planted violation was not reported.' }),
      result(SLOW, { status: 'unknown', earned: 0, note: 'No verdict after 60 s; last seen at raft.ts:40.' }),
    ]),
  ],
  { typeErrors: "raft.ts:7:3: Property 'term' is missing; 2 more errors" },
);

/** Nothing written yet. */
export const EMPTY_GRADING = gradingOf([
  lab(
    'lab1',
    'Leader election',
    LAB1_PLAN.tests.map((test) => result(test, { ...NOT_STARTED, note: 'the code throws NotImplemented for lab 1' })),
  ),
]);

/** The events of a grading: the plan, every verdict, the end. */
export function eventsOf(grading: Grading): RunnerEvent[] {
  const labs = grading.labs.map(({ id, title, points, tests }) => ({ id, title, points, paper: 'Raft §5', tests }));
  return [
    { type: 'planned', impl: grading.impl, seed: grading.seed, labs },
    { type: 'type-checked', typeErrors: grading.typeErrors },
    ...grading.labs.flatMap((each) => each.tests.map((test) => ({ type: 'test-finished', result: test }) as const)),
    { type: 'finished', grading },
  ];
}

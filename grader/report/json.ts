import type { Grading, LabResult, TestFailure, TestResult } from '#runner';

/** Number of the document's format. It grows when a field is taken away or changes its meaning. */
const FORMAT_VERSION = 1;

function failureDocument(failure: TestFailure) {
  const { kind, rule, sentence, paper, message, seed, replay, step, location } = failure;
  return { kind, rule, sentence, paper, message, seed, replay, steps: step, location };
}

function testDocument(test: TestResult) {
  const { id, title, points, earned, status, runsDone: runs, events, virtualMs, wallMs, hash } = test;
  const failure = test.failure && failureDocument(test.failure);
  const seeds = test.tally && { passed: test.tally.passed, failed: test.tally.failed };
  return { id, title, points, earned, status, runs, events, virtualMs, wallMs, hash, failure, seeds };
}

function labDocument({ id, title, earned, points, tests }: LabResult) {
  return { id, title, earned, points, tests: tests.map(testDocument) };
}

/**
 * A grading as one JSON document, for programs. Fields are listed one by one, so that a new field in the runner's types does
 * not slip into a published format. It names hidden tests in full: it is for whoever may run them.
 */
export function renderJson(grading: Grading): string {
  const { node, impl, suites, seed, earned, points } = grading;
  const version = FORMAT_VERSION;
  const kit = { version: grading.kit.version, commit: grading.kit.commit };
  const submission = { sha256: grading.submission.sha256 };
  const labs = grading.labs.map(labDocument);
  const document = { version, kit, node, impl, submission, suites, seed, labs, earned, points };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

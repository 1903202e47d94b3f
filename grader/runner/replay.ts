import { type Case, type CaseComparison, caseFailure, compareWithCase, editText, type Trace } from '#scenario';
import { UsageError } from './errors.ts';
import { DEFAULT_SEED } from './grade.ts';
import { describeKit, KIT_ROOT } from './kit.ts';
import { recallGrading } from './memory.ts';
import { replayCaseCommand, replayCommand } from './replay-command.ts';
import type { TestPlan, TestResult } from './report.ts';
import { findTestId } from './selection.ts';
import { type Session, type SessionOptions, withSession } from './session.ts';
import { readCaseFile } from './smallest.ts';
import { TestRun } from './test-run.ts';
import type { RunReport } from './worker/protocol.ts';

/** What is asked for of a replay, whatever it plays. */
export interface ReplayManner extends Omit<SessionOptions, 'labs' | 'jobs'> {
  /** See `GradeOptions.memory`. */
  readonly memory?: string;
  /** Also write down everything that can be looked at. */
  readonly trace?: boolean;
  /** The story of a failure is all that was recorded. */
  readonly full?: boolean;
  /** Also write down the run of the same test with this seed, to compare. */
  readonly compare?: number;
}

/** A replay that is asked for. */
export interface ReplayOptions extends ReplayManner {
  /** Lab and slug; of the slug, a part that no other test of the lab has is enough. */
  readonly test: string;
  /** Default: the seed with which the last grading saw the test fail; else 1. */
  readonly seed?: number;
}

/** One run, played again. */
export interface Replay {
  readonly impl: string;
  readonly plan: TestPlan;
  readonly seed: number;
  /** Of this run alone; a failure has its story. */
  readonly result: TestResult;
  /** How it compares with the last grading, or with its case, in a few words; absent when there is nothing to compare with. */
  readonly comparison?: string;
  /** The command to type to play it once more. */
  readonly command: string;
  /** The run as a case, to make others of. Absent without a verdict. */
  readonly case?: Case;
  /** When it was asked for; absent without a verdict, for code that is not there yet, and for hidden tests. */
  readonly trace?: Trace;
  /** Another run to compare it with: the one that was asked for, or, of a case with edits, the run without these. */
  readonly other?: OtherRun;
}

/** A run beside another. */
export interface OtherRun {
  /** What it is, in a few words. */
  readonly name: string;
  readonly trace: Trace;
}

/**
 * Plays one run of one test and keeps what led to its failure.
 *
 * @throws `KitError` and `LoadError`, and {@link UsageError} when there is no such test
 */
export async function replay(options: ReplayOptions): Promise<Replay> {
  const { memory } = options;
  const last = memory === undefined ? undefined : await recallGrading(memory);
  return withTest(options.test, options, async (session, found) => {
    const { id } = found;
    const known = last?.impl === session.impl ? last.failures.filter((failure) => failure.id === id) : [];
    const seed = options.seed ?? known[0]?.seed ?? DEFAULT_SEED;
    const command = replayCommand(id, seed, options);
    const { run, ...played } = await play(session, found, { seed, command }, options);
    const before = known.find((failure) => failure.seed === seed);
    if (before === undefined) return played;
    const changed = before.sha256 !== session.submission.sha256;
    return { ...played, comparison: compare(before, run, played.result, changed) };
  });
}

/**
 * Plays the run of a case file.
 *
 * @param file - path of the file
 * @throws as {@link replay} does, and {@link UsageError} when the file holds no case, or none that can be played
 */
export async function replayCase(file: string, options: ReplayManner): Promise<Replay> {
  // The kit's own commands name a file of the kit's as seen from there, wherever they are typed.
  const known = await readCaseFile(file, [options.cwd ?? process.cwd(), KIT_ROOT]);
  return withTest(`${known.lab}/${known.test}`, options, async (session, found) => {
    const command = replayCaseCommand(file, options);
    const { run, ...played } = await play(session, found, { ...known, command }, options);
    const { status, note } = played.result;
    // With other decisions a test may come where its author has never been: a server that it counts on is down.
    if (status === 'kit-error') throw new UsageError(`the test cannot be played as ${file} says: ${note}`);
    const report = run.report;
    if (report === undefined) return played;
    return { ...played, comparison: tellComparison(known, compareWithCase(known, report), played.result) };
  });
}

/** Opens a session for one test. @param id - or a part of it, behind the lab, that only one test has */
async function withTest(
  id: string,
  options: ReplayManner,
  use: (session: Session, test: TestPlan) => Promise<Replay>,
): Promise<Replay> {
  const lab = /^(lab\d+)\//.exec(id)?.[1];
  if (lab === undefined)
    throw new UsageError(`"${id}" names no test: write lab and test, such as lab1/initial-election`);
  return withSession({ ...options, labs: [lab], jobs: 1 }, async (session) => {
    const tests = session.labs.flatMap((each) => each.tests);
    const ids = tests.map((test) => test.id);
    const meant = findTestId(id, ids);
    const found = tests.find((test) => test.id === meant);
    if (found !== undefined) return use(session, found);
    throw new UsageError(`there is no test "${id}": ${lab} has ${ids.join(', ')}`);
  });
}

/** A run to play: a seed, and what is decided in it. */
type Asked = Pick<Case, 'seed'> & Partial<Pick<Case, 'decisions' | 'failure'>>;

/** Plays one run, and the one to compare it with. */
async function play(
  session: Session,
  test: TestPlan,
  asked: Asked & { readonly command: string },
  options: ReplayManner,
): Promise<Replay & { readonly run: PlayedRun }> {
  const { seed, decisions = {}, command } = asked;
  const isTraced = options.trace === true && !test.hidden;
  const kit = isTraced ? (await describeKit()).version : undefined;
  const once = (what: Asked): Promise<PlayedRun> => playOnce(session, test, what, kit, options);
  const run = await once(asked);
  const { report } = run;
  const result = run.test.result(() => command);
  const { impl } = session;
  const played = { impl, plan: run.test.plan, seed, result, command, run };
  if (report === undefined) return played;
  const [lab, slug] = test.id.split('/') as [string, string];
  // Of a case with edits, what is known is the run that they were made to.
  const failure = (decisions.edits ?? []).length > 0 ? asked : caseFailure(report);
  const own: Case = {
    format: 1,
    lab,
    test: slug,
    seed,
    ...(failure.failure && { failure: failure.failure }),
    decisions,
  };
  const { trace } = report;
  if (trace === undefined) return { ...played, case: own };
  const other = await playOther(asked, options.compare, once);
  return { ...played, case: own, trace, ...(other && { other }) };
}

async function playOther(
  { seed, decisions: { edits = [], ...decisions } = {} }: Asked,
  compare: number | undefined,
  once: (what: Asked) => Promise<PlayedRun>,
): Promise<OtherRun | undefined> {
  if (compare === undefined && edits.length === 0) return undefined;
  const { report } = await once(compare === undefined ? { seed, decisions } : { seed: compare });
  const name = compare === undefined ? 'Run without the edits' : `Run with seed ${compare}`;
  return report?.trace && { name, trace: report.trace };
}

/** One run that was played. */
interface PlayedRun {
  readonly test: TestRun;
  /** Absent when there is no verdict. */
  readonly report: RunReport | undefined;
}

async function playOnce(
  { workers }: Session,
  test: TestPlan,
  { seed, decisions }: Asked,
  kit: string | undefined,
  { signal, full }: ReplayManner,
): Promise<PlayedRun> {
  const run = new TestRun({ ...test, runs: 1 }, seed);
  const [lab, slug] = test.id.split('/') as [string, string];
  const outcome = await workers.run({
    ...{ lab, slug, seed, runs: 1, checkTwice: true, allSeeds: false },
    ...(decisions && { decisions }),
    ...(kit !== undefined && { traceFor: kit }),
    ...(full === true && { tellAll: full }),
  });
  if (outcome.type === 'stopped') throw signal!.reason;
  run.end(run.take()!, outcome, 0);
  return { test: run, report: outcome.type === 'ran' ? outcome.runs[0] : undefined };
}

/** How a case's replay ended, in one sentence. */
function tellComparison(known: Case, { outcome, exact, unmet }: CaseComparison, { failure }: TestResult): string {
  const describe = (one: { readonly rule: string; readonly step: number } | undefined): string =>
    one === undefined ? 'no failure' : `${one.rule} at step ${one.step}`;
  const was = describe(known.failure);
  const now = describe(failure);
  const some = unmet[0] === undefined ? '' : `, such as "${unmet[0]}"`;
  const edits = known.decisions.edits ?? [];
  if (edits.length > 0) {
    if (outcome === 'diverged') return `diverged: the run does not come to all edits of the case${some}`;
    const same = outcome === 'same failure' ? 'the same failure, ' : '';
    return `what if (${edits.map(editText).join('; ')}): ${same}${now}; without the edits: ${was}`;
  }
  switch (outcome) {
    case 'same failure':
      if (exact) return 'the failure of the case: same step, rule and hash';
      return `the failure of the case, though the code has changed: it was ${was}, now it is at step ${failure!.step}`;
    case 'another failure':
      return `another failure than the case's: it was ${was}, now ${now}`;
    case 'passes':
      return `the failure of the case, ${was}, does not happen any more`;
    case 'diverged':
      return `diverged: the run no longer comes to all decisions of the case${some}, so it says little about ${was}`;
  }
}

function compare(
  before: { rule: string; step: number; hash: string },
  run: PlayedRun,
  result: TestResult,
  changed: boolean,
): string {
  const { failure } = result;
  const same = failure?.rule === before.rule && failure.step === before.step;
  if (same && run.report?.hash === before.hash) return 'same step, rule and hash as when it was graded';
  const was = `it was ${before.rule} at step ${before.step}`;
  const now = failure === undefined ? `now it is ${result.status}` : `now ${failure.rule} at step ${failure.step}`;
  const rest = same ? 'now the same rule and step, but another hash' : now;
  return changed ? `the code has changed since: ${was}, ${rest}` : `the code is the same, but ${was}, ${rest}`;
}

import { workerData } from 'node:worker_threads';
import { playCanary } from '#scenario';
import { claimSlot, type ProgressSlot } from '../progress-board.ts';
import type { Bundle } from '../submission/bundle.ts';
import { evaluateSubmission, type Submission } from '../submission/evaluate.ts';
import { LoadError } from '../submission/load-error.ts';
import { lockIntrinsics } from '../submission/lockdown.ts';
import { CappedLines } from './capped-lines.ts';
import { contractFailure } from './contract-failure.ts';
import { drain, turn } from './event-loop.ts';
import { Judge } from './judge.ts';
import { BrokenSuite, type LabModules, type LoadedLab, loadLab } from './plan.ts';
import {
  EXIT_SPOILED,
  type MinimiseTask,
  type PrepareAnswer,
  type RunReport,
  type RunTask,
  type ThreadTask,
  type WorkerModule,
} from './protocol.ts';

/**
 * What a worker bundle exports. It is called once per thread, when all of the kit's code is loaded and none of the
 * submission's.
 */
export function serve(modules: readonly LabModules[]): WorkerModule {
  const slot = claimSlot((workerData as { board: SharedArrayBuffer }).board);
  const lines = new CappedLines();
  const intrinsics = lockIntrinsics();
  let labs: ReadonlyMap<string, LoadedLab> | undefined;
  let evaluated: { sha256: string; submission: Submission } | undefined;

  const load = (): ReadonlyMap<string, LoadedLab> => {
    labs ??= new Map(modules.map((lab) => [lab.id, loadLab(lab)]));
    return labs;
  };
  const evaluate = (bundle: Bundle): Submission => {
    if (evaluated?.sha256 !== bundle.sha256) {
      const onConsole = (_level: string, text: string): void => lines.add(text);
      const submission = evaluateSubmission(bundle, { onConsole, lastStep: slot.lastStep });
      evaluated = { sha256: bundle.sha256, submission };
    }
    return evaluated.submission;
  };

  const prepare = (ticket: number, bundle: Bundle): PrepareAnswer => {
    slot.begin(ticket);
    try {
      const plans = [...load().values()].map(({ plan }) => plan);
      // Evaluated once for nothing, so that code that does not even load is told as that, and not test by test.
      evaluate(bundle).newIncarnation();
      return { type: 'ready', labs: plans };
    } catch (error) {
      if (error instanceof BrokenSuite) return { type: 'broken-suite', message: error.message };
      if (error instanceof LoadError) return { type: 'broken-submission', message: error.message };
      throw error;
    } finally {
      // The first call puts back what it can.
      if (intrinsics.tampered() !== undefined && intrinsics.tampered() !== undefined) endThread();
    }
  };

  const judgeOf = (task: ThreadTask & MinimiseTask): Judge => {
    slot.begin(task.ticket);
    const lab = load().get(task.lab)!;
    const test = lab.tests.get(task.slug)!;
    return new Judge(lab.definition, test, evaluate(task.submission), intrinsics, lines);
  };
  const run = async (task: ThreadTask & RunTask): Promise<RunReport[]> => {
    const judge = judgeOf(task);
    const reports = await playSeeds(judge, task, slot);
    if (judge.spoiled) endThread();
    const last = reports.at(-1)!;
    if (last.outcome === 'passed' && !(await playCanary({ drain, turn }))) {
      const failure = contractFailure(
        'the submission disabled the grader: a violation that the kit plants went unseen',
      );
      reports[reports.length - 1] = { ...last, outcome: 'failed', failure };
    }
    return reports;
  };
  return {
    prepare: async ({ ticket, submission }) => prepare(ticket, submission),
    run: async (task) => ({ runs: await run(task) }),
    async minimise(task) {
      const judge = judgeOf(task);
      const smallest = await judge.minimise(
        task.seed,
        () => slot.cancelled,
        () => slot.advance(),
      );
      if (judge.spoiled) endThread();
      return smallest === undefined ? {} : { smallest };
    },
  };
}

/** A thread that is not to be used any more plays no further seed. */
async function playSeeds(judge: Judge, task: RunTask, slot: ProgressSlot): Promise<RunReport[]> {
  const reports: RunReport[] = [];
  let hasFailed = false;
  for (let seed = task.seed; seed < task.seed + task.runs; seed++) {
    const report = await judge.judge(seed, task.checkTwice && seed === task.seed, task);
    // Of many failures only one is told in full, and the others need not be sent.
    reports.push(hasFailed ? withoutStory(report) : report);
    hasFailed ||= report.outcome === 'failed';
    slot.advance();
    const goesOn = report.outcome === 'passed' || (task.allSeeds && report.outcome === 'failed' && !judge.spoiled);
    if (!goesOn || slot.cancelled) break;
  }
  return reports;
}

function withoutStory(report: RunReport): RunReport {
  if (report.failure === undefined) return report;
  return { ...report, console: [], failure: { ...report.failure, story: [] } };
}

/** What cannot be put back would follow the submission into the next test, so the thread ends once its answer has left. */
function endThread(): void {
  setTimeout(() => process.exit(EXIT_SPOILED), 0);
}

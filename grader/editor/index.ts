/**
 * Plays a lab's tests under vitest, so that an editor can run and debug one of them with breakpoints in the student's own
 * files. The grader's verdict is the one that counts: here the code runs as it is, without step counter, without isolation,
 * and with one set of module variables for all servers.
 *
 * @module
 */
import path from 'node:path';
import { describe, type TestContext, test } from 'vitest';
import type { RaftConstructor } from '#contract';
import { type Platform, type RunResult, runTest, type TestDefinition } from '#scenario';
import { renderFailure } from '../report/failure.ts';
import { KIT_ROOT } from '../runner/kit.ts';
import { discoverLabs, type LabSource } from '../runner/labs.ts';
import { type LastGrading, recallGrading } from '../runner/memory.ts';
import { replayCommand } from '../runner/replay-command.ts';
import { drain, turn } from '../runner/worker/event-loop.ts';
import { type LoadedLab, loadLab } from '../runner/worker/plan.ts';

/** An editor is for looking closely; many schedules are the grader's business. */
const RUNS_MAX = 5;
const WIDTH = 100;

/**
 * Registers each test of a lab with vitest. `RAFTLAB_IMPL` names other code than `skeleton`, `RAFTLAB_SEED` the one seed to
 * play; without it, the seed with which the last grading saw the test fail, and the first few.
 *
 * @param folder - the lab's
 */
export async function defineLab(folder: string): Promise<void> {
  const { RAFTLAB_IMPL: impl = 'skeleton', RAFTLAB_SEED, RAFTLAB_MEMORY } = process.env;
  const lab = await importLab(path.basename(folder));
  const { Raft } = (await import(path.resolve(KIT_ROOT, impl, 'raft.ts'))) as { Raft: RaftConstructor };
  const last = await recallGrading(RAFTLAB_MEMORY || path.join(KIT_ROOT, '.raftlab'));
  describe(`${lab.plan.id} ${lab.plan.title}`, () => {
    for (const definition of lab.tests.values()) {
      if (definition.visibility === 'hidden') continue;
      const id = `${lab.plan.id}/${definition.slug}`;
      const seeds = RAFTLAB_SEED ? [Number(RAFTLAB_SEED)] : seedsOf(id, definition, impl, last);
      test(`${definition.slug}: ${definition.title}`, (context) => play(lab, definition, seeds, Raft, impl, context));
    }
  });
}

async function importLab(id: string): Promise<LoadedLab> {
  const labs = await discoverLabs(KIT_ROOT, []);
  const source = labs.find((lab) => lab.id === id) as LabSource;
  const suites = await Promise.all(
    source.suites.map(async (suite) => ({ ...suite, module: await import(suite.file) })),
  );
  return loadLab({ id, file: source.file, module: await import(source.file), suites });
}

function seedsOf(id: string, { runs }: TestDefinition, impl: string, last: LastGrading | undefined): readonly number[] {
  const failed = last?.impl === impl ? last.failures.filter((failure) => failure.id === id) : [];
  const first = Array.from({ length: Math.min(runs, RUNS_MAX) }, (_, i) => i + 1);
  return [...new Set([...failed.map(({ seed }) => seed), ...first])];
}

/** Plays seeds until one fails. What the code threw is thrown on with its stack, so that the editor goes to the line. */
async function play(
  lab: LoadedLab,
  definition: TestDefinition,
  seeds: readonly number[],
  Raft: RaftConstructor,
  impl: string,
  context: TestContext,
): Promise<void> {
  for (const seed of seeds) {
    let thrown: unknown;
    const platform: Platform = {
      load: () => Raft,
      drain,
      turn,
      locate(error) {
        thrown = error;
        return undefined;
      },
    };
    const result = await runTest(platform, { lab: lab.definition, test: definition, seed, record: true });
    if (result.outcome === 'not-started')
      context.skip(`to do: the code still throws NotImplemented('${result.missing}')`);
    if (result.outcome === 'failed') throw failureError(result, `${lab.plan.id}/${definition.slug}`, impl, thrown);
  }
}

function failureError({ failure, seed }: RunResult, id: string, impl: string, thrown: unknown): Error {
  const told = { ...failure!, seed, replay: replayCommand(id, seed, { impl }) };
  const style = { ascii: false, hints: `npm run hint ${id}` };
  const error = new Error([`seed ${seed}`, ...renderFailure(told, WIDTH, style)].join('\n'));
  error.name = failure!.rule;
  const stack = thrown instanceof Error && thrown.stack !== undefined ? thrown.stack.split('\n') : [];
  // Frames of the kit say nothing to a student.
  const frames = stack.filter((line) => /^\s+at /.test(line) && line.includes(path.resolve(KIT_ROOT, impl) + path.sep));
  error.stack = [`${error.name}: ${error.message}`, ...frames].join('\n');
  return error;
}

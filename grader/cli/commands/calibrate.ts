import path from 'node:path';
import { calibrate, isCalibrated } from '../../author/calibrate.ts';
import {
  boundaryLines,
  budgetLines,
  closingLines,
  headLine,
  storyLines,
  verdictLines,
} from '../../author/calibration-lines.ts';
import { EXIT } from '../exit-codes.ts';
import type { Command } from '../surroundings.ts';
import { type OptionSpecs, readWords, refuseEatenOptions } from '../words.ts';
import { memoryFolder } from './grade-request.ts';

const OPTIONS = {
  runs: { type: 'number', min: 1, example: '200' },
  only: { type: 'text', example: 'variant:' },
  test: { type: 'text', example: 'swarm' },
  jobs: { type: 'number', min: 1, example: '2' },
  fresh: { type: 'flag' },
  budgets: { type: 'flag' },
  stories: { type: 'flag' },
  help: { type: 'flag' },
} as const satisfies OptionSpecs;

/** Schedules of each test that a correct Raft must pass. */
const RUNS_DEFAULT = 1_000;

const HELP = `npm run calibrate [lab ...] [option=value ...]

Grades the grader: every wrong Raft must be caught, and every unusual but correct one must pass. What is found is kept in
.raftlab/calibration.json, so that an interrupted calibration goes on where it was.

  runs=<number>    schedules of each test for correct Rafts; default ${RUNS_DEFAULT}
  only=<text>      only what has this in its name, such as only=variant: or only=mutant:lab1/two-votes
  test=<text>      only tests that have this in their id or title: for one that was changed
  jobs=<number>    workers; default one per core
  fresh            begin anew
  stories          also make each mutant's failure as small as can be, and tell how long its story is
  budgets          also tell the highest values of what the budgets limit

Exit codes: 0 all is well, 1 a mutant lives or a correct Raft fails, 2 wrong usage, 4 the kit is at fault,
130 interrupted.
`;

/** `npm run calibrate`. */
export const calibrateCommand: Command = {
  async run(words, { environment, stdout, signal }) {
    refuseEatenOptions(environment, OPTIONS);
    const { positionals, text, number, flag } = readWords(words, OPTIONS);
    if (flag('help')) {
      stdout.write(HELP);
      return EXIT.fullMarks;
    }
    const print = (lines: readonly string[]): void => stdout.write(`${lines.join('\n')}\n`);
    const [only, test, jobs] = [text('only'), text('test'), number('jobs')];
    const started = performance.now();
    print([headLine()]);
    const calibration = await calibrate({
      labs: positionals,
      runs: number('runs') ?? RUNS_DEFAULT,
      fresh: flag('fresh'),
      stories: flag('stories'),
      stateFile: path.join(memoryFolder(environment), 'calibration.json'),
      signal,
      onVerdict: (verdict) => print(verdictLines(verdict)),
      ...(only !== undefined && { only }),
      ...(test !== undefined && { test }),
      ...(jobs !== undefined && { jobs }),
    });
    print([...boundaryLines(calibration), '', ...closingLines(calibration, performance.now() - started)]);
    if (flag('stories')) print(['', ...storyLines(calibration)]);
    if (flag('budgets')) print(['', ...budgetLines(calibration)]);
    if (calibration.interrupted) return EXIT.interrupted;
    return isCalibrated(calibration) ? EXIT.fullMarks : EXIT.failed;
  },
};

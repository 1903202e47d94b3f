import { replay, replayCase, UsageError } from '#runner';
import { detailLines, STATUS_WORDS, shownTitle } from '../../report/index.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { chooseManner } from '../mode.ts';
import type { Command } from '../surroundings.ts';
import { type OptionSpecs, readWords, refuseEatenOptions } from '../words.ts';
import { COMMON_OPTIONS, generate, MEMORY } from './grade-request.ts';

const OPTIONS: OptionSpecs = {
  ...COMMON_OPTIONS,
  case: { type: 'text', example: '.raftlab/cases/lab1-swarm-seed3.json' },
};
const WIDTH_DEFAULT = 80;
const EXAMPLE = 'npm run replay lab1/initial-election seed=17';

const HELP = `npm run replay <lab>/<test> [option=value ...]
npm run replay case=<file> [option=value ...]

Plays one run of one test again and tells what led to its failure. A case file is what a grading leaves of a failure:
the smallest run that shows it.

  seed=<number>    default the seed with which the last grading saw the test fail
  impl=<code>      as in npm run grade
  suite=<folder>   as in npm run grade
  ascii            nothing but ASCII characters
`;

/** `npm run replay`. */
export const replayCommand: Command = {
  async run(words, surroundings) {
    const { environment, cwd, stdout, signal, columns, isTerminal } = surroundings;
    refuseEatenOptions(environment, OPTIONS);
    const { positionals, text, number, flag } = readWords(words, OPTIONS);
    if (flag('help')) {
      stdout.write(HELP);
      return EXIT.fullMarks;
    }
    const [impl, seed, suite, file] = [text('impl'), number('seed'), text('suite'), text('case')];
    const options = {
      cwd,
      signal,
      memory: MEMORY,
      generate,
      ...(impl !== undefined && { impl }),
      ...(suite !== undefined && { suites: [suite] }),
    };
    const [test, ...rest] = positionals;
    if (file !== undefined && (test !== undefined || seed !== undefined))
      throw new UsageError('a case names its own test and seed: write npm run replay case=<file>');
    if (file === undefined && (test === undefined || rest.length > 0))
      throw new UsageError(`replay takes one test: ${EXAMPLE}`);
    const played =
      file === undefined
        ? await replay({ ...options, test: test!, ...(seed !== undefined && { seed }) })
        : await replayCase(file, options);
    const { ascii } = chooseManner({
      ...surroundings,
      format: 'plain',
      plain: true,
      ascii: flag('ascii'),
      toFile: false,
    });
    const { result, comparison } = played;
    const width = isTerminal && columns !== undefined ? columns : WIDTH_DEFAULT;
    stdout.write(
      `${result.id} seed ${played.seed}, ${played.impl}: ${STATUS_WORDS[result.status]}: ${shownTitle(result)}\n`,
    );
    for (const line of detailLines(result, width, { ascii })) stdout.write(`${line.text}\n`);
    if (comparison !== undefined) stdout.write(`compared: ${comparison}\n`);
    return exitCodeOf([result.status]);
  },
};

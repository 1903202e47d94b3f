import { replay, UsageError } from '#runner';
import { detailLines, STATUS_WORDS, shownTitle } from '../../report/index.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { chooseManner } from '../mode.ts';
import type { Command } from '../surroundings.ts';
import { type OptionSpecs, readWords, refuseEatenOptions } from '../words.ts';
import { COMMON_OPTIONS, generate, MEMORY } from './grade-request.ts';

const OPTIONS: OptionSpecs = COMMON_OPTIONS;
const WIDTH_DEFAULT = 80;
const EXAMPLE = 'npm run replay lab1/initial-election seed=17';

const HELP = `npm run replay <lab>/<test> [option=value ...]

Plays one run of one test again and tells what led to its failure.

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
    const [test, ...rest] = positionals;
    if (test === undefined || rest.length > 0) throw new UsageError(`replay takes one test: ${EXAMPLE}`);
    const [impl, seed, suite] = [text('impl'), number('seed'), text('suite')];
    const played = await replay({
      test,
      cwd,
      signal,
      memory: MEMORY,
      generate,
      ...(impl !== undefined && { impl }),
      ...(seed !== undefined && { seed }),
      ...(suite !== undefined && { suites: [suite] }),
    });
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

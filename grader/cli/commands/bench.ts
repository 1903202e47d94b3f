import { UsageError } from '#runner';
import { runBench } from '../../author/bench/run.ts';
import { TABLE_NAMES } from '../../author/bench/table.ts';
import { EXIT } from '../exit-codes.ts';
import type { Command } from '../surroundings.ts';
import { type OptionSpecs, readWords, refuseEatenOptions } from '../words.ts';

const OPTIONS = {
  only: { type: 'choice', choices: TABLE_NAMES },
  impl: { type: 'text', example: 'skeleton' },
  help: { type: 'flag' },
} as const satisfies OptionSpecs;

const HELP = `npm run bench [option=value ...]

Measures the kit and a Raft, and prints tables.

  only=<table>   one table: ${TABLE_NAMES.join(', ')}
  impl=<code>    whose figures: default solutions; or skeleton, checkpoint:<lab>, the path of a folder with raft.ts

speed and schedules are of this machine. elections and headline are virtual times, the same on every machine; headline
stands beside the reference at the end of lab 5. recovery has both.
`;

/** `npm run bench`. */
export const benchCommand: Command = {
  async run(words, { environment, cwd, stdout, signal }) {
    refuseEatenOptions(environment, OPTIONS);
    const { positionals, text, flag } = readWords(words, OPTIONS);
    if (flag('help')) {
      stdout.write(HELP);
      return EXIT.fullMarks;
    }
    if (positionals.length > 0)
      throw new UsageError(`bench knows options only: write only=${positionals[0]} for one table`);
    const only = text('only');
    const tables = TABLE_NAMES.filter((name) => only === undefined || name === only);
    return runBench({ tables, impl: text('impl') ?? 'solutions', cwd, signal });
  },
};

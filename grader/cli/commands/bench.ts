import { UsageError } from '#runner';
import { runBench } from '../../author/bench/run.ts';
import type { Command } from '../surroundings.ts';

/** `npm run bench`. */
export const benchCommand: Command = {
  async run(words, { signal }) {
    if (words.length > 0) throw new UsageError('bench takes no options: npm run bench');
    return runBench(signal);
  },
};

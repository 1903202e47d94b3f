import { UsageError } from '#runner';
import { findStaleSkeletonFiles, writeSkeleton } from '../../author/skeleton.ts';
import { EXIT } from '../exit-codes.ts';
import type { Command } from '../surroundings.ts';
import { type OptionSpecs, readWords } from '../words.ts';

const OPTIONS: OptionSpecs = { help: { type: 'flag' } };

const HELP = `npm run author <task>

For those who write the labs.

  skeleton   write skeleton/ anew from solutions/
  check      tell whether skeleton/ is what solutions/ generates

Exit codes: 0 done, 1 the skeleton is not what it should be, 2 wrong usage.
`;

/** `npm run author`. */
export const authorCommand: Command = {
  async run(words, { stdout }) {
    const { positionals, flag } = readWords(words, OPTIONS);
    if (flag('help')) {
      stdout.write(HELP);
      return EXIT.fullMarks;
    }
    switch (positionals.join(' ')) {
      case 'skeleton':
        stdout.write(`written: ${(await writeSkeleton()).map((name) => `skeleton/${name}`).join(', ')}\n`);
        return EXIT.fullMarks;
      case 'check': {
        const stale = await findStaleSkeletonFiles();
        stdout.write(
          stale.length === 0
            ? 'skeleton/ is what solutions/ generates\n'
            : `not what solutions/ generates: ${stale.map((name) => `skeleton/${name}`).join(', ')}; write npm run author skeleton\n`,
        );
        return stale.length === 0 ? EXIT.fullMarks : EXIT.failed;
      }
      default:
        throw new UsageError('author has two tasks: npm run author skeleton, and npm run author check');
    }
  },
};

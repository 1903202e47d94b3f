import { findTestId, findTestInNeed, KIT_ROOT, listHints, listLabs, revealHints, UsageError } from '#runner';
import { hintLines } from '../../report/index.ts';
import { EXIT } from '../exit-codes.ts';
import { lineWidth } from '../line-width.ts';
import { chooseManner } from '../mode.ts';
import { suggest } from '../suggest.ts';
import type { Command } from '../surroundings.ts';
import { type OptionSpecs, readWords, refuseEatenOptions } from '../words.ts';
import { memoryFolder } from './grade-request.ts';

const OPTIONS = {
  again: { type: 'flag' },
  all: { type: 'flag' },
  ascii: { type: 'flag' },
  help: { type: 'flag' },
} as const satisfies OptionSpecs;
const WIDTH_DEFAULT = 80;
const EXAMPLE = 'npm run hint lab1/initial-election';

const HELP = `npm run hint [<lab> | <lab>/<test>]

Shows the next hint for a test. Each test has a ladder of hints: where to look, what to ask, nearly the answer. Hints cost
nothing. Without a test: for the first that failed in the last grading, or that waits for code.

  again   the hint that was shown last
  all     the whole ladder
  ascii   nothing but ASCII characters
`;

/** `npm run hint`. */
export const hintCommand: Command = {
  async run(words, surroundings) {
    const { environment, stdout } = surroundings;
    refuseEatenOptions(environment, OPTIONS);
    const { positionals, flag } = readWords(words, OPTIONS);
    if (flag('help')) {
      stdout.write(HELP);
      return EXIT.fullMarks;
    }
    const memory = memoryFolder(environment);
    const test = await chooseTest(positionals, memory);
    const which = flag('all') ? 'all' : flag('again') ? 'again' : 'next';
    const hints = await revealHints({ memory, test, which });
    if (hints.length === 0) throw new UsageError(await explainMissing(test));
    const { ascii } = chooseManner({
      ...surroundings,
      format: 'plain',
      plain: true,
      ascii: flag('ascii'),
      toFile: false,
    });
    const width = lineWidth(surroundings) ?? WIDTH_DEFAULT;
    for (const hint of hints) {
      const lines = hintLines(hint, width, { ascii, next: `npm run hint ${test}` });
      // In a ladder shown as a whole the next hint is the next paragraph.
      const shown = hint === hints.at(-1) ? lines : lines.slice(0, -1);
      for (const { text } of shown) stdout.write(`${text}\n`);
      if (hint !== hints.at(-1)) stdout.write('\n');
    }
    return EXIT.fullMarks;
  },
};

async function chooseTest([word, ...rest]: readonly string[], memory: string): Promise<string> {
  if (rest.length > 0) throw new UsageError(`hint takes one test, but not also ${rest.join(' ')}: ${EXAMPLE}`);
  if (word !== undefined && !/^lab\d+$/.test(word)) return findTest(word);
  const found = await findTestInNeed(KIT_ROOT, memory, word);
  if (found !== undefined) return found;
  throw new UsageError(
    `no grading has left a test${word === undefined ? '' : ` of ${word}`} to mend: name one, such as ${EXAMPLE}`,
  );
}

/** The test that is named, or the only one whose name has this in it. */
async function findTest(word: string): Promise<string> {
  const [lab = '', part] = word.split('/');
  const labs = part === undefined ? await listLabs(KIT_ROOT) : [lab];
  const tests = (await Promise.all(labs.map((each) => listHints(KIT_ROOT, each)))).flat();
  return findTestId(word, tests) ?? word;
}

async function explainMissing(test: string): Promise<string> {
  const [lab = '', slug] = test.split('/');
  if (slug === undefined) return `there is no test with "${test}" in its name: write lab and test, such as ${EXAMPLE}`;
  const known = await listHints(KIT_ROOT, lab);
  const meant = suggest(test, known);
  if (meant !== undefined) return `there are no hints for "${test}": did you mean ${meant}?`;
  return `there are no hints for "${test}": ${known.length === 0 ? `${lab} has none` : `there are some for ${known.join(', ')}`}`;
}

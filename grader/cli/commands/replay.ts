import { type Replay, replay, replayCase, UsageError } from '#runner';
import { detailLines, STATUS_WORDS, shownTitle } from '../../report/index.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../../viewer/index.ts';
import { EXIT, exitCodeOf } from '../exit-codes.ts';
import { lineWidth } from '../line-width.ts';
import { chooseManner } from '../mode.ts';
import type { Command, Surroundings } from '../surroundings.ts';
import { drawRun, exportRun } from '../trace-files.ts';
import { type OptionSpecs, readWords, refuseEatenOptions, type Words } from '../words.ts';
import { COMMON_OPTIONS, generate, memoryFolder } from './grade-request.ts';

const OPTIONS = {
  ...COMMON_OPTIONS,
  case: { type: 'text', example: '.raftlab/cases/lab1-swarm-seed3.json' },
  full: { type: 'flag' },
  open: { type: 'flag' },
  export: { type: 'choice', choices: EXPORT_FORMATS },
  compare: { type: 'number', min: 0, example: '18' },
} as const satisfies OptionSpecs;
const WIDTH_DEFAULT = 80;
const EXAMPLE = 'npm run replay lab1/initial-election seed=17';

const HELP = `npm run replay <lab>/<test> [option=value ...]
npm run replay case=<file> [option=value ...]

Plays one run of one test again and tells what led to its failure. A case file is what a grading leaves of a failure,
the smallest run that shows it; or what the viewer writes of a "what if".

  full             the whole story of a failure: every event of every server, not a choice of them
  open             draw the run: writes a page and opens it in the browser
  compare=<seed>   with open: beside the run of the same test with another seed
  export=<format>  write the run for another tool: mermaid, shiviz or chrome
  seed=<number>    default the seed with which the last grading saw the test fail
  impl=<code>      as in npm run grade
  suite=<folder>   as in npm run grade
  ascii            nothing but ASCII characters
`;

/** `npm run replay`. */
export const replayCommand: Command = {
  async run(words, surroundings) {
    refuseEatenOptions(surroundings.environment, OPTIONS);
    const asked = readWords(words, OPTIONS);
    if (asked.flag('help')) {
      surroundings.stdout.write(HELP);
      return EXIT.fullMarks;
    }
    const options = readOptions(asked, surroundings);
    const played = await play(asked, options);
    tell(played, options.full, asked.flag('ascii'), surroundings);
    const { stdout } = surroundings;
    const format = asked.text('export') as ExportFormat | undefined;
    if (format !== undefined) stdout.write(`${format}: ${await exportRun(played, format, options, surroundings)}\n`);
    if (asked.flag('open')) stdout.write(`viewer: ${await drawRun(played, options, surroundings)}\n`);
    else if (played.case !== undefined && !played.plan.hidden) stdout.write(`viewer: ${played.command} open\n`);
    return exitCodeOf([played.result.status]);
  },
};

type Options = ReturnType<typeof readOptions>;

/** @throws {@link UsageError} */
function readOptions({ positionals, text, number, flag }: Words, { cwd, environment, signal }: Surroundings) {
  const [impl, suite, caseFile, compare] = [text('impl'), text('suite'), text('case'), number('compare')];
  const [test, ...rest] = positionals;
  if (caseFile !== undefined && (test !== undefined || number('seed') !== undefined))
    throw new UsageError('a case names its own test and seed: write npm run replay case=<file>');
  if (caseFile === undefined && (test === undefined || rest.length > 0)) {
    const also = rest.length > 0 ? `, but not also ${rest.join(' ')}` : '';
    throw new UsageError(`replay takes one test${also}: ${EXAMPLE}`);
  }
  if (compare !== undefined && !flag('open'))
    throw new UsageError(`two runs are compared in the viewer: write open compare=${compare}`);
  return {
    cwd,
    signal,
    memory: memoryFolder(environment),
    generate,
    full: flag('full'),
    trace: flag('open') || text('export') !== undefined,
    ...(impl !== undefined && { impl }),
    ...(suite !== undefined && { suites: [suite] }),
    ...(caseFile !== undefined && { caseFile }),
    ...(compare !== undefined && { compare }),
  };
}

function play({ positionals, number }: Words, options: Options): Promise<Replay> {
  if (options.caseFile !== undefined) return replayCase(options.caseFile, options);
  const seed = number('seed');
  return replay({ ...options, test: positionals[0]!, ...(seed !== undefined && { seed }) });
}

function tell(played: Replay, full: boolean, asciiOnly: boolean, surroundings: Surroundings): void {
  const { result, seed, impl, comparison } = played;
  const { stdout } = surroundings;
  const { ascii } = chooseManner({ ...surroundings, format: 'plain', plain: true, ascii: asciiOnly, toFile: false });
  const width = lineWidth(surroundings) ?? WIDTH_DEFAULT;
  stdout.write(`${result.id} seed ${seed}, ${impl}: ${STATUS_WORDS[result.status]}: ${shownTitle(result)}\n`);
  for (const { text } of detailLines(result, width, { ascii, full })) stdout.write(`${text}\n`);
  if (comparison !== undefined) stdout.write(`compared: ${comparison}\n`);
}

import { type Grading, grade } from '#runner';
import { createPlainReporter, renderJson } from '../../report/index.ts';
import { EXIT, exitCodeOfGrading } from '../exit-codes.ts';
import { lineWidth } from '../line-width.ts';
import { chooseManner, type Manner } from '../mode.ts';
import { fileOutput, type Output } from '../output.ts';
import type { Command, Surroundings } from '../surroundings.ts';
import { type GradeRequest, readGradeRequest } from './grade-request.ts';

const HELP = `npm run grade [lab ...] [option=value ...]

Grades the code in skeleton/ with the tests of the labs named, or of all labs.

  impl=<code>      other code: solutions, checkpoint:<lab>, or the path of a folder with raft.ts
  only=<text>      only tests that have this in their id or title
  seed=<number>    the first seed of every test; default 1
  runs=<number>    schedules of each test; default as each test says
  all              go on behind a seed that fails: which seeds fail, and how stable each test is (try it with runs=1000)
  jobs=<number>    workers; default one per core
  suite=<folder>   further tests: lab1.ts, lab1-<name>.ts, lab1/<name>.ts
  format=<name>    auto, tui, plain or json
  output=<file>    write there
  plain            plain lines, also on a terminal
  ascii            nothing but ASCII characters

Exit codes: 0 full marks, 1 something failed, 2 wrong usage, 3 the submission does not load,
4 the kit itself is at fault, 5 no verdict within the budget, 130 interrupted.
`;

/** `npm run grade`. */
export const gradeCommand: Command = {
  async run(words, surroundings) {
    const request = readGradeRequest(words, surroundings);
    if (request.help) {
      surroundings.stdout.write(HELP);
      return EXIT.fullMarks;
    }
    const manner = chooseManner({ ...request, ...surroundings, toFile: request.output !== undefined });
    if (manner.mode === 'tui') return showScreen(request, manner, surroundings, false);
    const output = request.output === undefined ? surroundings.stdout : await fileOutput(request.output);
    const grading = await gradeInText(request, manner, surroundings, output);
    await output.close();
    return exitCodeOfGrading(grading);
  },
};

async function gradeInText(
  { options }: GradeRequest,
  { mode, ascii }: Manner,
  surroundings: Surroundings,
  output: Output,
): Promise<Grading> {
  const { signal, stderr } = surroundings;
  if (mode === 'plain') {
    const columns = lineWidth(surroundings);
    const width = columns === undefined ? {} : { width: columns };
    return grade({
      ...options,
      signal,
      onEvent: createPlainReporter((text) => output.write(text), { ascii, ...width }),
    });
  }
  const grading = await grade({ ...options, signal });
  output.write(renderJson(grading));
  // The document has no place for these, and nobody who reads it should miss them.
  if (grading.typeErrors !== undefined) stderr.write(`types: ${grading.typeErrors}\n`);
  for (const { id, status, note } of grading.labs.flatMap((lab) => lab.tests)) {
    if (status === 'kit-error' || status === 'unknown') stderr.write(`${id}: ${note}\n`);
  }
  return grading;
}

/** @param watch - also run when the code changes */
export async function showScreen(
  { options }: GradeRequest,
  { color, ascii }: Manner,
  surroundings: Surroundings,
  watch: boolean,
): Promise<number> {
  const { setVariable, signal } = surroundings;
  // It is read as the screen's libraries load.
  if (!color) setVariable('FORCE_COLOR', '0');
  const { ScreenSession } = await import('../screen-session.ts');
  return new ScreenSession(options, { ascii, signal, watch, place: surroundings }).show();
}

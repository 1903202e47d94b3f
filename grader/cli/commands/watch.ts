import { displayPath } from '#runner';
import { createPlainReporter, type PlainOptions } from '../../report/index.ts';
import type { TuiEvent } from '../../tui/index.ts';
import { canBeMended, EXIT } from '../exit-codes.ts';
import { watchFolder } from '../folder-watch.ts';
import { GradingSeries } from '../grading-series.ts';
import { lineWidth } from '../line-width.ts';
import { chooseManner, type Manner } from '../mode.ts';
import type { Command, Surroundings } from '../surroundings.ts';
import { showScreen } from './grade.ts';
import { type GradeRequest, readWatchRequest } from './grade-request.ts';

const HELP = `npm run watch [lab ...] [option=value ...]

Grades the code in skeleton/ whenever a file of it is saved. Tests that failed when they last ran come first, and the first
that fails ends the run: one thing to mend at a time. A save during a run ends it and begins the next.

  all              run the tests behind one that fails, too
  impl=<code>      other code: the path of a folder with raft.ts
  only=<text>      only tests that have this in their id or title
  seed=<number>    the first seed of every test; default 1
  runs=<number>    schedules of each test; default as each test says
  jobs=<number>    workers; default one per core
  suite=<folder>   further tests, as in npm run grade
  plain            plain lines, also on a terminal
  ascii            nothing but ASCII characters

Ends with q or Ctrl-C. Exit codes: 130 after Ctrl-C, else as those of npm run grade for the last run.
`;

/** `npm run watch`. */
export const watchCommand: Command = {
  async run(words, surroundings) {
    const request = readWatchRequest(words, surroundings);
    if (request.help) {
      surroundings.stdout.write(HELP);
      return EXIT.fullMarks;
    }
    const manner = chooseManner({ ...request, ...surroundings, toFile: false });
    if (manner.mode === 'tui') return showScreen(request, manner, surroundings, true);
    return watchInText(request, manner, surroundings);
  },
};

/** Plain lines: each run as `grade` tells it, and between two runs what was saved. */
async function watchInText({ options }: GradeRequest, { ascii }: Manner, surroundings: Surroundings): Promise<number> {
  const { stdout, signal } = surroundings;
  const columns = lineWidth(surroundings);
  const width = columns === undefined ? {} : { width: columns };
  let hear: (event: TuiEvent) => void = () => undefined;
  const series = new GradingSeries({ ...options, signal }, (event) => hear(event));
  const folder = await series.open();
  const report = createWatchReporter((text) => stdout.write(text), { ascii, ...width }, displayPath(folder));
  const first = new Promise<void>((resolve, reject) => {
    hear = (event) => {
      // What cannot be mended by a save is a wrong command, as long as nothing has run.
      if (event.type === 'stopped' && !canBeMended(series.error)) return reject(series.error);
      hear = report;
      report(event);
      resolve();
    };
  });
  let savedAt = 0;
  const watcher = await watchFolder(folder, {
    onStir() {
      savedAt = performance.now();
      series.cancel();
    },
    onSettled(names) {
      stdout.write(`\nsaved: ${names.join(', ')}\n`);
      series.start(options, savedAt);
    },
  });
  const ended = aborted(signal);
  try {
    series.start(options);
    await Promise.race([first, ended]);
    await ended;
  } finally {
    watcher.close();
    await series.close();
  }
  return EXIT.interrupted;
}

function createWatchReporter(
  write: (text: string) => void,
  options: PlainOptions,
  folder: string,
): (event: TuiEvent) => void {
  const report = createPlainReporter(write, options);
  let answered = '';
  return (event) => {
    if (event.type === 'planned') answered = '';
    if (event.type === 'answered') answered = `first verdict ${(event.afterMs / 1_000).toFixed(2)} s after the save; `;
    else if (event.type === 'stopped') write(`${event.message}\n`);
    else if (event.type !== 'hinted' && event.type !== 'viewed') report(event);
    if (event.type !== 'finished' && event.type !== 'stopped') return;
    write(`${answered}watching ${folder}/: save a file to run again, Ctrl-C to end\n`);
    answered = '';
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

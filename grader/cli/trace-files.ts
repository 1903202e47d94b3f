import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Replay, type ReplayManner, replayCaseCommand, UsageError } from '#runner';
import { type ExportFormat, exportTrace, renderViewer, type ViewerExtra } from '../viewer/index.ts';
import { type Desktop, openFile } from './open-file.ts';

/** Folder of pages and exports, inside that of what one command leaves to the next. */
const FOLDER = 'traces';

/** A replay whose run can be shown. */
type ShownRun = Replay & Required<Pick<Replay, 'trace' | 'case'>>;

/** Where files go, and how the run was asked for. */
export interface TraceFileOptions extends Pick<ReplayManner, 'impl' | 'suites'> {
  /** `.raftlab` of the project. */
  readonly memory: string;
  /** The case file that was played, if it was one. */
  readonly caseFile?: string;
}

/** Where the command was typed, and in front of what. */
export type Place = Desktop & { readonly cwd: string };

/**
 * Draws a run: writes the viewer's page, and opens it when somebody sits in front of a desktop.
 *
 * @returns what became of it, in a few words
 * @throws {@link UsageError} when the file cannot be written
 */
export async function drawRun(replay: Replay, options: TraceFileOptions, place: Place): Promise<string> {
  const run = shownRun(replay);
  if (typeof run === 'string') return run;
  const { trace, command, other } = run;
  const page = renderViewer(trace, { replay: command, whatIf: whatIfOf(run, options), ...(other && { other }) });
  const file = await write(`${stemOf(run, options)}.html`, page, options);
  const opened = await openFile(file, place);
  return `${path.relative(place.cwd, file)} (${opened ? 'opened' : 'open it'} in a browser)`;
}

/** Writes a run in the format of another tool. @returns and throws as {@link drawRun} does */
export async function exportRun(
  replay: Replay,
  format: ExportFormat,
  options: TraceFileOptions,
  { cwd }: Place,
): Promise<string> {
  const run = shownRun(replay);
  if (typeof run === 'string') return run;
  const { ending, text } = exportTrace(run.trace, format);
  return path.relative(cwd, await write(`${stemOf(run, options)}.${ending}`, text, options));
}

/** @returns the replay with its run; or, in a few words, why there is nothing to show */
function shownRun(replay: Replay): ShownRun | string {
  const { plan, result, trace, case: own } = replay;
  if (trace !== undefined && own !== undefined) return { ...replay, trace, case: own };
  return `nothing to show: ${plan.hidden ? 'it is a hidden test' : (result.note ?? 'the run came to no end')}`;
}

/** A case may be named as the run that it was made from; each has a file of its own. */
function stemOf({ plan, seed }: Replay, { caseFile }: TraceFileOptions): string {
  return caseFile === undefined ? `${plan.id.replace('/', '-')}-seed${seed}` : `case-${path.parse(caseFile).name}`;
}

function whatIfOf(run: ShownRun, options: TraceFileOptions): NonNullable<ViewerExtra['whatIf']> {
  // An edit of a case with edits goes into a file of the same name.
  const stem = stemOf(run, options).replace(/^case-|-what-if$/g, '');
  const file = `${stem}-what-if.json`;
  return { base: run.case, file, command: `${replayCaseCommand(file, options)} open` };
}

async function write(name: string, text: string, { memory }: TraceFileOptions): Promise<string> {
  const folder = path.join(memory, FOLDER);
  const file = path.join(folder, name);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(file, text);
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${(error as Error).message}`);
  }
  return file;
}

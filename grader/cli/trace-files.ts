import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Replay, type ReplayManner, replayCaseCommand, UsageError } from '#runner';
import { type ExportFormat, exportTrace, renderViewer, type ViewerExtra } from '../viewer/index.ts';

/** Folder of pages and exports, inside that of what one command leaves to the next. */
const FOLDER = 'traces';

/** A replay whose run can be shown. */
export type ShownRun = Replay & Required<Pick<Replay, 'trace' | 'case'>>;

/** Where files go, and how the run was asked for. */
export interface TraceFileOptions extends Pick<ReplayManner, 'impl' | 'suites'> {
  /** `.raftlab` of the project. */
  readonly memory: string;
  /** The case file that was played, if it was one. */
  readonly caseFile?: string;
}

/** @returns the replay with its run; or, as one sentence, why there is nothing to show */
export function shownRun(replay: Replay): ShownRun | string {
  const { plan, result, trace, case: own } = replay;
  if (trace !== undefined && own !== undefined) return { ...replay, trace, case: own };
  return `nothing to show: ${plan.hidden ? 'it is a hidden test' : (result.note ?? 'the run came to no end')}`;
}

/** Writes the viewer's page of a run. @returns its path. @throws {@link UsageError} when it cannot be written */
export function writePage(run: ShownRun, options: TraceFileOptions): Promise<string> {
  const { trace, command: replay, other } = run;
  const page = renderViewer(trace, { replay, whatIf: whatIfOf(run, options), ...(other && { other }) });
  return write(`${stemOf(run, options)}.html`, page, options);
}

/** Writes a run in the format of another tool. @returns the file's path. @throws as {@link writePage} does */
export function writeExport(run: ShownRun, format: ExportFormat, options: TraceFileOptions): Promise<string> {
  const { ending, text } = exportTrace(run.trace, format);
  return write(`${stemOf(run, options)}.${ending}`, text, options);
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

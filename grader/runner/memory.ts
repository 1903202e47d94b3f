import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A failing run, as it was. */
export interface RememberedFailure {
  /** Lab and slug. */
  readonly id: string;
  readonly seed: number;
  readonly rule: string;
  readonly step: number;
  /** The run's trace hash. */
  readonly hash: string;
  /** The submission's. */
  readonly sha256: string;
}

/** What gradings leave behind, so that a replay knows the seed, and can say whether it is the same failure. */
export interface LastGrading {
  readonly version: 2;
  readonly impl: string;
  /** Of the tests that failed when they last ran: those of the last grading first. */
  readonly failures: readonly RememberedFailure[];
}

const FILE = 'last.json';

/** @param folder - `.raftlab` of the project */
export async function rememberGrading(folder: string, last: LastGrading): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, FILE), `${JSON.stringify(last, null, 2)}\n`);
}

/** @returns `undefined` when there was none, or when what it left cannot be read */
export async function recallGrading(folder: string): Promise<LastGrading | undefined> {
  try {
    const last = JSON.parse(await readFile(path.join(folder, FILE), 'utf8')) as LastGrading;
    return last.version === 2 && Array.isArray(last.failures) ? last : undefined;
  } catch {
    return undefined;
  }
}

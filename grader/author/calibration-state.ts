import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Verdict } from './verdict.ts';

interface Entry {
  /** Of all that the verdict rests on. */
  readonly hash: string;
  readonly verdict: Verdict;
}

interface Contents {
  readonly version: 2;
  readonly entries: Readonly<Record<string, Entry>>;
}

/** The verdicts of earlier calibrations, each as long as all that it rests on stays the same. */
export class CalibrationState {
  readonly #file: string;
  readonly #entries: Map<string, Entry>;

  private constructor(file: string, entries: Map<string, Entry>) {
    this.#file = file;
    this.#entries = entries;
  }

  /** @param fresh - forget what is there */
  static async open(file: string, fresh: boolean): Promise<CalibrationState> {
    const text = fresh ? undefined : await readFile(file, 'utf8').catch(() => undefined);
    const contents = text === undefined ? undefined : parse(text);
    return new CalibrationState(file, new Map(Object.entries(contents?.entries ?? {})));
  }

  find(key: string, hash: string): Verdict | undefined {
    const entry = this.#entries.get(key);
    return entry?.hash === hash ? entry.verdict : undefined;
  }

  /** Written at once, whole or not at all: the next moment may bring the end. */
  async save(key: string, hash: string, verdict: Verdict): Promise<void> {
    this.#entries.set(key, { hash, verdict });
    const contents: Contents = { version: 2, entries: Object.fromEntries(this.#entries) };
    await mkdir(path.dirname(this.#file), { recursive: true });
    await writeFile(`${this.#file}.new`, JSON.stringify(contents, undefined, 1));
    await rename(`${this.#file}.new`, this.#file);
  }
}

/** What cannot be read is as good as nothing: a calibration can always be made again. */
function parse(text: string): Contents | undefined {
  try {
    const contents = JSON.parse(text) as Contents;
    return contents.version === 2 ? contents : undefined;
  } catch {
    return undefined;
  }
}

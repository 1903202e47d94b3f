import { displayPath, type GradeOptions, replay, replayCase, revealHints, type TestResult } from '#runner';
import { loadTui, startTui, type TuiActions, type TuiEvent, type TuiSession } from '../tui/index.ts';
import { canBeMended, EXIT, explainError } from './exit-codes.ts';
import { type FolderWatch, watchFolder } from './folder-watch.ts';
import { GradingSeries } from './grading-series.ts';
import { drawRun, type Place } from './trace-files.ts';

/** How a screen is shown. */
export interface ScreenOptions {
  readonly ascii: boolean;
  /** Ends the run that is on. */
  readonly signal: AbortSignal;
  /** Also run when the code changes. */
  readonly watch: boolean;
  readonly place: Place;
}

/** Gradings one after the other, as keys, and changes of the code, ask for them. */
export class ScreenSession implements TuiSession {
  readonly ascii: boolean;
  readonly actions: TuiActions;
  watching: string | undefined;
  readonly #signal: AbortSignal;
  readonly #watch: boolean;
  readonly #series: GradingSeries;
  readonly #place: Place;
  /** Ends a drawing that is under way when the screen closes. */
  readonly #closing = new AbortController();
  #isDrawing = false;
  /** What the command asks for. */
  readonly #options: GradeOptions;
  /** What the last run was asked for. */
  #request: GradeOptions;
  /** All since the last `planned`: a screen that comes late has to hear them. */
  #events: TuiEvent[] = [];
  readonly #listeners = new Set<(event: TuiEvent) => void>();

  constructor(options: GradeOptions, { ascii, signal, watch, place }: ScreenOptions) {
    const { only: _, stopAtFirst: __, ...all } = options;
    this.#options = options;
    this.#request = options;
    this.#signal = signal;
    this.#watch = watch;
    this.#place = place;
    this.#series = new GradingSeries({ ...options, signal }, (event) => this.#tell(event));
    this.ascii = ascii;
    this.actions = {
      rerun: () => this.#start(this.#request),
      runOnly: (id) => this.#start({ ...all, tests: [id] }),
      moreRuns: (factor) => this.#start({ ...this.#request, runsFactor: (this.#request.runsFactor ?? 1) * factor }),
      all: () => this.#start(all),
      hint: (id) => void this.#showHint(id),
      view: (failed) => void this.#draw(failed),
      interrupt: () => this.#series.cancel(),
    };
  }

  /**
   * Shows the first run and those that follow, until the user leaves.
   *
   * @returns the exit code
   * @throws what keeps the first run from being planned: there is nothing to show then
   */
  async show(): Promise<number> {
    const first = new Promise<TuiEvent>((resolve) => this.#listeners.add(resolve));
    const watcher = this.#watch ? await this.#watchCode() : undefined;
    this.#start(this.#request);
    loadTui();
    try {
      const isOver = (await first).type === 'stopped' && !(this.#watch && canBeMended(this.#series.error));
      if (isOver) throw this.#series.error;
      const exit = await Promise.race([startTui(this), this.#killed()]);
      return exit === undefined || exit.interrupted ? EXIT.interrupted : this.#series.exitCode;
    } finally {
      watcher?.close();
      this.#closing.abort();
      await this.#series.close();
    }
  }

  /** A signal from outside: the screen takes Ctrl-C as a key, but not before it is there. */
  #killed(): Promise<undefined> {
    return new Promise((resolve) => {
      if (this.#signal.aborted) resolve(undefined);
      else this.#signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
  }

  subscribe(listener: (event: TuiEvent) => void): () => void {
    for (const event of this.#events) listener(event);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #watchCode(): Promise<FolderWatch> {
    const folder = await this.#series.open();
    this.watching = `${displayPath(folder)}/`;
    let savedAt = 0;
    return watchFolder(folder, {
      onStir: () => {
        savedAt = performance.now();
        this.#series.cancel();
      },
      onSettled: () => this.#start(this.#options, savedAt),
    });
  }

  #start(request: GradeOptions, savedAt?: number): void {
    this.#request = request;
    this.#series.start(request, savedAt);
  }

  async #showHint(test: string): Promise<void> {
    const { memory = '', root } = this.#options;
    const [hint] = await revealHints({ memory, test, which: 'next', ...(root !== undefined && { root }) });
    this.#tell({ type: 'hinted', test, hint });
  }

  async #draw({ id: test, failure }: TestResult): Promise<void> {
    if (this.#isDrawing || failure === undefined) return;
    this.#isDrawing = true;
    const tell = (text: string): void => this.#tell({ type: 'viewed', test, text });
    tell('drawing…');
    try {
      const signal = AbortSignal.any([this.#signal, this.#closing.signal]);
      const options = { ...this.#options, memory: this.#options.memory ?? '', signal, trace: true };
      const caseFile = failure.smallest?.file;
      const { seed } = failure;
      const played = await (caseFile === undefined
        ? replay({ ...options, test, seed })
        : replayCase(caseFile, options));
      tell(await drawRun(played, { ...options, ...(caseFile !== undefined && { caseFile }) }, this.#place));
    } catch (error) {
      tell(explainError(error).message);
    } finally {
      this.#isDrawing = false;
    }
  }

  #tell(event: TuiEvent): void {
    if (event.type === 'planned') this.#events = [];
    this.#events.push(event);
    for (const listener of this.#listeners) listener(event);
  }
}

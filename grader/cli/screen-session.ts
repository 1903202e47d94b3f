import { type GradeOptions, grade } from '#runner';
import { startTui, type TuiActions, type TuiEvent, type TuiSession } from '../tui/index.ts';
import { EXIT, exitCodeOfGrading, explainError } from './exit-codes.ts';

/** Gradings one after the other, as the keys of the screen ask for them. */
export class ScreenSession implements TuiSession {
  readonly ascii: boolean;
  readonly actions: TuiActions;
  readonly #signal: AbortSignal;
  /** All since the last `planned`: a screen that comes late has to hear them. */
  #events: TuiEvent[] = [];
  readonly #listeners = new Set<(event: TuiEvent) => void>();
  /** What the last run was asked for. */
  #request: GradeOptions;
  #abort = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #exitCode: number = EXIT.interrupted;
  #error: unknown;

  /**
   * @param options - what the command asks for
   * @param signal - ends the run that is on
   */
  constructor(options: GradeOptions, ascii: boolean, signal: AbortSignal) {
    const { only: _, ...all } = options;
    this.#request = options;
    this.#signal = signal;
    this.ascii = ascii;
    this.actions = {
      rerun: () => this.#start(this.#request),
      runOnly: (id) => this.#start({ ...all, tests: [id] }),
      moreRuns: (factor) => this.#start({ ...this.#request, runsFactor: (this.#request.runsFactor ?? 1) * factor }),
      all: () => this.#start(all),
      interrupt: () => this.#abort.abort(),
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
    this.#start(this.#request);
    if ((await first).type === 'stopped') throw this.#error;
    const exit = await Promise.race([startTui(this), this.#killed()]);
    this.#abort.abort();
    await this.#running;
    return exit === undefined || exit.interrupted ? EXIT.interrupted : this.#exitCode;
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

  #start(request: GradeOptions): void {
    this.#request = request;
    this.#abort = new AbortController();
    const signal = AbortSignal.any([this.#abort.signal, this.#signal]);
    this.#running = grade({ ...request, signal, onEvent: (event) => this.#tell(event) }).then(
      (grading) => {
        this.#exitCode = exitCodeOfGrading(grading);
      },
      (error) => {
        const { code, message } = explainError(error);
        this.#exitCode = code;
        this.#error = error;
        this.#tell({ type: 'stopped', message });
      },
    );
  }

  #tell(event: TuiEvent): void {
    if (event.type === 'planned') this.#events = [];
    this.#events.push(event);
    for (const listener of this.#listeners) listener(event);
  }
}

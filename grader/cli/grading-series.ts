import { type GradeOptions, openWarmGrader, type SessionOptions, type WarmGrader } from '#runner';
import type { TuiEvent } from '../tui/index.ts';
import { EXIT, exitCodeOfGrading, explainError } from './exit-codes.ts';

/** Gradings one after the other, over workers that stay up. A new one ends the one that is on. */
export class GradingSeries {
  readonly #options: SessionOptions;
  readonly #hear: (event: TuiEvent) => void;
  #grader: Promise<WarmGrader> | undefined;
  #abort = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #exitCode: number = EXIT.interrupted;
  #error: unknown;

  /** @param hear - gets the events of the present grading; of one that another has ended, nothing is heard any more */
  constructor(options: SessionOptions, hear: (event: TuiEvent) => void) {
    this.#options = options;
    this.#hear = hear;
  }

  /** The exit code of the last grading. */
  get exitCode(): number {
    return this.#exitCode;
  }

  /** What ended the last grading when it ended with `stopped`. */
  get error(): unknown {
    return this.#error;
  }

  /**
   * Starts the workers, unless they are up.
   *
   * @returns the submission's folder, as an absolute path
   * @throws the errors of {@link openWarmGrader}
   */
  async open(): Promise<string> {
    this.#grader ??= openWarmGrader(this.#options);
    // What was not there may be there the next time.
    this.#grader.catch(() => {
      this.#grader = undefined;
    });
    return (await this.#grader).folder;
  }

  /**
   * Grades anew.
   *
   * @param savedAt - reading of `performance.now()` when the code changed; then `answered` tells how long the first verdict took
   */
  start(request: GradeOptions, savedAt?: number): void {
    this.cancel();
    const abort = new AbortController();
    this.#abort = abort;
    const hear = (event: TuiEvent): void => {
      if (abort.signal.aborted) return;
      const isAnswer = event.type === 'test-finished' || event.type === 'stopped';
      if (isAnswer && savedAt !== undefined) {
        this.#hear({ type: 'answered', afterMs: performance.now() - savedAt });
        savedAt = undefined;
      }
      this.#hear(event);
    };
    this.#running = this.#running.then(() => this.#run(request, abort.signal, hear));
  }

  /** Ends the grading that is on. */
  cancel(): void {
    this.#abort.abort();
  }

  /** Ends everything. */
  async close(): Promise<void> {
    this.cancel();
    await this.#running;
    const grader = await this.#grader?.catch(() => undefined);
    grader?.close();
  }

  async #run(request: GradeOptions, signal: AbortSignal, hear: (event: TuiEvent) => void): Promise<void> {
    if (signal.aborted) return;
    try {
      await this.open();
      const grading = await (await this.#grader!).grade({ ...request, signal, onEvent: hear });
      this.#exitCode = exitCodeOfGrading(grading);
    } catch (error) {
      if (signal.aborted) return;
      const { code, message } = explainError(error);
      this.#exitCode = code;
      this.#error = error;
      hear({ type: 'stopped', message });
    }
  }
}

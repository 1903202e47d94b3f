const LINES_MAX = 500;
const CHARACTERS_MAX = 64 * 1_024;

/** The latest lines of a text, up to a limit; of those before them only the number is kept. */
export class CappedLines {
  #lines: string[] = [];
  #characters = 0;
  #dropped = 0;
  /** While set, nothing is taken: for runs that repeat another. */
  muted = false;

  add(line: string): void {
    if (this.muted) return;
    this.#lines.push(line);
    this.#characters += line.length;
    // In batches, because taking the first of a list costs as much as the list is long.
    if (this.#lines.length > 2 * LINES_MAX || this.#characters > 2 * CHARACTERS_MAX) this.#trim();
  }

  clear(): void {
    this.#lines = [];
    this.#characters = 0;
    this.#dropped = 0;
  }

  /** The lines; before them, when some are missing, one that says how many. */
  list(): readonly string[] {
    this.#trim();
    return this.#dropped === 0 ? this.#lines : [`… ${this.#dropped} lines before these`, ...this.#lines];
  }

  #trim(): void {
    let kept = 0;
    let characters = 0;
    for (const line of this.#lines.toReversed()) {
      characters += line.length;
      if (kept === LINES_MAX || characters > CHARACTERS_MAX) break;
      kept++;
    }
    this.#dropped += this.#lines.length - kept;
    this.#lines = this.#lines.slice(this.#lines.length - kept);
    this.#characters = this.#lines.reduce((total, line) => total + line.length, 0);
  }
}

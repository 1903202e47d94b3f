/** Ends a run: what an observer reported, or what a server's code threw. */
export class RunEnded extends Error {
  override readonly name = 'RunEnded';
  /** The report. */
  readonly reason: unknown;

  constructor(reason: unknown) {
    super('the run has ended');
    this.reason = reason;
  }
}

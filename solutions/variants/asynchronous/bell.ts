/** Wakes tasks. A ring that nobody waits for is lost. */
export class Bell {
  private sleepers: (() => void)[] = [];

  /** Resolves at the next ring. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.sleepers.push(resolve);
    });
  }

  /** Wakes everybody who waits now. */
  ring(): void {
    const sleepers = this.sleepers;
    this.sleepers = [];
    for (const wake of sleepers) wake();
  }
}

import type { Env, Timer } from '#contract';

/** The one timer that makes a server campaign. Each time that it is armed it draws anew. */
export class ElectionTimer {
  private readonly env: Env;
  private readonly onTimeout: () => Promise<void>;
  private timer: Timer | undefined;

  constructor(env: Env, onTimeout: () => Promise<void>) {
    this.env = env;
    this.onTimeout = onTimeout;
  }

  /**
   * Starts waiting from now. The law favours long times: few servers then draw a time close to the shortest one, so the
   * first candidate is more often alone than with a uniform law.
   */
  arm(): void {
    const chance = this.env.random();
    this.wait(chance * (2 - chance));
  }

  /** Like {@link ElectionTimer.arm}, after a round without a winner: waits up to twice as long beyond the minimum. */
  armForRetry(): void {
    this.wait(this.env.random() + this.env.random());
  }

  /** Stops waiting. */
  stop(): void {
    this.env.clock.clear(this.timer);
  }

  private wait(share: number): void {
    const { electionTimeoutMsMin: min, electionTimeoutMsMax: max } = this.env.timing;
    this.stop();
    this.timer = this.env.clock.setTimeout(this.onTimeout, min + (max - min) * share);
  }
}

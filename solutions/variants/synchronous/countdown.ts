import type { Env } from '#contract';

/** Length of a tick, in milliseconds: the resolution of all that this server does by itself. */
export const TICK_MS = 10;

/**
 * Counts the ticks of silence after which this server campaigns (Raft paper, section 5.2). Each restart draws anew, so
 * that equal draws of two servers do not stay equal.
 */
export class Countdown {
  private readonly env: Env;
  private ticksLeft = 0;

  /** @param env - gives the limits and the chance */
  constructor(env: Env) {
    this.env = env;
  }

  /** Begins again, with a fresh draw. */
  restart(): void {
    const { electionTimeoutMsMin, electionTimeoutMsMax } = this.env.timing;
    // The first tick may come at once, so that n ticks last between n - 1 and n tick lengths. Where the limits are too
    // close together for any n to fit, the lower one is kept: campaigning too early disturbs a leader that is well.
    const fewest = Math.ceil(electionTimeoutMsMin / TICK_MS) + 1;
    const most = Math.max(fewest, Math.floor(electionTimeoutMsMax / TICK_MS));
    this.ticksLeft = fewest + Math.floor(this.env.random() * (most - fewest + 1));
  }

  /** Counts one tick, and says whether time is up. */
  tick(): boolean {
    this.ticksLeft -= 1;
    return this.ticksLeft <= 0;
  }
}

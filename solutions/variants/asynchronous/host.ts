import type { Env } from '#contract';
import type { Disk } from './disk.ts';
import type { Log } from './log.ts';

/** What a campaign and a leadership see of their server. */
export interface Host {
  /** The server's world. */
  readonly env: Env;
  /** The server's log. */
  readonly log: Log;
  /** The server's disk. */
  readonly disk: Disk;
  /** Highest index known to be committed. */
  commitIndex(): number;
  /** Commits and applies up to `index`, if that is news. */
  commitTo(index: number): void;
  /** Steps down when `term` is newer than the server's. */
  observeTerm(term: number): void;
  /** Turns the candidate into the leader of its term. */
  win(): void;
  /** Turns the leader into a follower, in its own term. */
  resign(): void;
}

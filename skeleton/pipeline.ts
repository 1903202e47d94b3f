import type { AppendEntriesArgs } from '#contract';
import { NotImplemented } from '#contract';
import type { Progress } from './progress.ts';

/**
 * The requests with entries that are under way to one follower, lab 6: the next one leaves before the one before it is
 * answered, in the hope that all arrive (thesis, section 10.2.2). While they are under way `nextIndex` stands behind the
 * last of them; a refusal or a loss takes it back.
 *
 * How many may be under way is found out: one, until it is proven where the follower stands, and one more with each
 * success. A request that arrives before the one that it follows is refused, and so a link that reorders much gets few at
 * a time, in place of a whole window again and again.
 */
export class Pipeline {
  private readonly progress: Progress;

  constructor(progress: Progress) {
    this.progress = progress;
  }

  /** Whether nothing is under way. */
  get idle(): boolean {
    throw new NotImplemented('lab 6');
  }

  /** Whether no more may be under way. */
  get full(): boolean {
    throw new NotImplemented('lab 6');
  }

  /** Notes that `request` is under way; the next one will go on behind it. */
  started(request: AppendEntriesArgs): void {
    throw new NotImplemented('lab 6');
  }

  /** The follower has come further, to `matchIndex`. What that covers is no longer under way, answered or not. */
  advanced(matchIndex: number): void {
    throw new NotImplemented('lab 6');
  }

  /**
   * The follower refused `request`, and so it will refuse all that follow it.
   *
   * @returns `false` when that is known already, or means nothing any more
   */
  refused(request: AppendEntriesArgs): boolean {
    throw new NotImplemented('lab 6');
  }

  /** `request` will not be answered: the next heartbeat may try again, and until then nothing more is sent. */
  lost(request: object): void {
    throw new NotImplemented('lab 6');
  }

  /** A heartbeat is due. */
  onBeat(): void {
    throw new NotImplemented('lab 6');
  }

  /** Begins again with one request. Answers to those under way still prove what they prove, but nobody waits for them. */
  private restart(): void {
    throw new NotImplemented('lab 6');
  }
}

/** Index of the last entry that a request brings. */
function endOf(request: AppendEntriesArgs): number {
  throw new NotImplemented('lab 6');
}

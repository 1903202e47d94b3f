import type { AppendEntriesArgs } from '#contract';
// until lab6
//| import { NotImplemented } from '#contract';
// end
import type { Progress } from './progress.ts';

// solution lab6
/** Most requests under way to one follower: what is lost or refused together must not grow with the load. */
const REQUESTS_MAX = 16;

/** Heartbeats without any progress after which all that is under way counts as lost. */
const PATIENCE_BEATS = 2;
// end

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
  // solution lab6
  /** What is under way, oldest first. Each begins where the one before it ends. */
  private requests: AppendEntriesArgs[] = [];
  /** How many may be under way. */
  private width = 1;
  private beatsLeft = PATIENCE_BEATS;
  // end

  constructor(progress: Progress) {
    this.progress = progress;
  }

  // solution lab6
  /** Whether nothing is under way. */
  get idle(): boolean {
    return this.requests.length === 0;
  }

  /** Whether no more may be under way. */
  get full(): boolean {
    return this.requests.length >= this.width;
  }

  /** Notes that `request` is under way; the next one will go on behind it. */
  started(request: AppendEntriesArgs): void {
    if (this.idle) this.beatsLeft = PATIENCE_BEATS;
    this.requests.push(request);
    this.progress.nextIndex = endOf(request) + 1;
  }

  /** The follower has come further, to `matchIndex`. What that covers is no longer under way, answered or not. */
  advanced(matchIndex: number): void {
    this.requests = this.requests.filter((request) => endOf(request) > matchIndex);
    this.width = Math.min(REQUESTS_MAX, this.width + 1);
    this.beatsLeft = PATIENCE_BEATS;
  }

  /**
   * The follower refused `request`, and so it will refuse all that follow it.
   *
   * @returns `false` when that is known already, or means nothing any more
   */
  refused(request: AppendEntriesArgs): boolean {
    if (!this.requests.includes(request)) return false;
    this.restart();
    return true;
  }

  /** `request` will not be answered: the next heartbeat may try again, and until then nothing more is sent. */
  lost(request: object): void {
    if (!this.requests.some((each) => each === request)) return;
    this.width = 1;
    this.beatsLeft = 1;
  }

  /** A heartbeat is due. */
  onBeat(): void {
    if (this.idle) return;
    this.beatsLeft -= 1;
    if (this.beatsLeft > 0) return;
    const oldest = this.requests[0]!;
    this.progress.nextIndex = Math.max(this.progress.matchIndex, oldest.prevLogIndex) + 1;
    this.restart();
  }

  /** Begins again with one request. Answers to those under way still prove what they prove, but nobody waits for them. */
  private restart(): void {
    this.requests = [];
    this.width = 1;
  }
  // end
}

// solution lab6
/** Index of the last entry that a request brings. */
function endOf(request: AppendEntriesArgs): number {
  return request.prevLogIndex + request.entries.length;
}
// end

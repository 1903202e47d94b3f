import type { AppendEntriesArgs } from '#contract';
// until lab2
//| import { NotImplemented } from '#contract';
// end
// solution lab6
import { Pipeline } from './pipeline.ts';
// end

/**
 * What a leader knows of one follower during its term (Raft paper, Figure 2: `nextIndex[]` and `matchIndex[]`).
 *
 * Invariant: `matchIndex < nextIndex`. `matchIndex` is proven by a reply of this term and only grows; entries commit by it.
 * `nextIndex` is a guess: refusals lower it, down to `matchIndex + 1`, until the first success, and from then on it is
 * exactly `matchIndex + 1` (in lab 6, with requests under way, behind the last of them).
 *
 * One request that brings the follower forward (entries, or a snapshot) is under way at a time; in lab 6 this is true of
 * snapshots only. Its answer ends it. Since an answer may never come, so do a number of heartbeats, and a loss ends it with
 * the next heartbeat: a follower that is down costs no more than one message per heartbeat.
 */
export class Progress {
  /** Index of the highest entry that the follower is known to share with this leader. */
  matchIndex = 0;
  /** Index of the next entry to send. */
  nextIndex: number;
  private underWay: { readonly request: object; beatsLeft: number } | undefined;
  // solution lab6
  /** The requests with entries that are under way. */
  readonly pipeline = new Pipeline(this);
  // end

  /** @param nextIndex - the first guess: just behind the leader's last entry */
  constructor(nextIndex: number) {
    this.nextIndex = nextIndex;
  }

  /** Whether nothing more may be sent to bring the follower forward until there is an answer. */
  get busy(): boolean {
    // solution lab6
    if (this.pipeline.full) return true;
    // end
    return this.underWay !== undefined;
  }

  /**
   * Notes that `request` is under way.
   *
   * @param beats - calls of {@link onBeat} until it counts as lost. The first may come at once, so that 1 gives an answer no
   * time, and 2 a whole heartbeat
   */
  started(request: object, beats: number): void {
    this.underWay = { request, beatsLeft: beats };
  }

  /** `request` was answered. Others that are under way still are. */
  answered(request: object): void {
    if (this.underWay?.request === request) this.underWay = undefined;
  }

  /** `request` will not be answered, or not usefully: the next heartbeat may try again. */
  lost(request: object): void {
    // solution lab6
    this.pipeline.lost(request);
    // end
    if (this.underWay?.request === request) this.underWay.beatsLeft = 1;
  }

  /** A heartbeat is due. */
  onBeat(): void {
    // solution lab6
    this.pipeline.onBeat();
    // end
    if (this.underWay === undefined) return;
    this.underWay.beatsLeft -= 1;
    if (this.underWay.beatsLeft === 0) this.underWay = undefined;
  }

  // solution lab2
  /** The follower holds what the leader holds up to `index`. Replies overtake each other, so `index` may be old. */
  confirm(index: number): void {
    // solution lab6
    if (index > this.matchIndex) this.pipeline.advanced(index);
    // end
    this.matchIndex = Math.max(this.matchIndex, index);
    this.nextIndex = Math.max(this.nextIndex, this.matchIndex + 1);
  }

  /**
   * The follower refused `request`.
   *
   * @param hint - the `nextIndex` that the refusal suggests
   * @returns `false` when the refusal answers an older guess, or denies what has been proven since: it then says nothing
   */
  refuse(request: AppendEntriesArgs, hint: number): boolean {
    const { prevLogIndex } = request;
    // until lab6
    //| if (prevLogIndex !== this.nextIndex - 1 || prevLogIndex <= this.matchIndex) return false;
    // end
    // solution lab6
    if (!this.pipeline.refused(request)) return false;
    // end
    this.nextIndex = Math.max(this.matchIndex + 1, Math.min(hint, prevLogIndex));
    // until lab6
    //| // Whatever is under way starts from the guess that was just refused.
    //| this.underWay = undefined;
    // end
    return true;
  }
  // end
}

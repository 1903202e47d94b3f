import type { AppendEntriesArgs } from '#contract';
import { NotImplemented } from '#contract';

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

  /** @param nextIndex - the first guess: just behind the leader's last entry */
  constructor(nextIndex: number) {
    this.nextIndex = nextIndex;
  }

  /** Whether nothing more may be sent to bring the follower forward until there is an answer. */
  get busy(): boolean {
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
    if (this.underWay?.request === request) this.underWay.beatsLeft = 1;
  }

  /** A heartbeat is due. */
  onBeat(): void {
    if (this.underWay === undefined) return;
    this.underWay.beatsLeft -= 1;
    if (this.underWay.beatsLeft === 0) this.underWay = undefined;
  }

  /** The follower holds what the leader holds up to `index`. Replies overtake each other, so `index` may be old. */
  confirm(index: number): void {
    throw new NotImplemented('lab 2');
  }

  /**
   * The follower refused `request`.
   *
   * @param hint - the `nextIndex` that the refusal suggests
   * @returns `false` when the refusal answers an older guess, or denies what has been proven since: it then says nothing
   */
  refuse(request: AppendEntriesArgs, hint: number): boolean {
    throw new NotImplemented('lab 2');
  }
}

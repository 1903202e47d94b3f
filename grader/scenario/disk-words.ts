import type { HardState } from '#contract';
import type { DiskContents, Write } from '#kernel';

/** Writes of a list that are named one by one. */
const WRITES_SHOWN = 3;

/** @returns one change of a disk in a few words, for example `term 3, vote for n5` or `entry 4:t3` */
export function describeWrite(write: Write): string {
  switch (write.kind) {
    case 'hardState':
      return describeHardState(write);
    case 'append':
      return `entry ${write.entry.index}:t${write.entry.term}`;
    case 'truncate':
      return `the removal of its log from ${write.index} on`;
    case 'snapshot':
      return `the snapshot through ${write.snapshot.lastIncludedIndex}:t${write.snapshot.lastIncludedTerm}`;
    case 'discard':
      return `the removal of its log up to ${write.index}`;
  }
}

/** @returns what a restarted server finds, in a few words */
export function describeDisk({ currentTerm, votedFor, snapshot, log, base, lastIndex }: DiskContents): string {
  const through = snapshot && `snapshot through ${snapshot.lastIncludedIndex}:t${snapshot.lastIncludedTerm}`;
  const entries = log.length === 0 ? 'no entries' : `entries ${base + 1} to ${lastIndex}:t${log.at(-1)!.term}`;
  return [describeHardState({ currentTerm, votedFor }), ...(through === undefined ? [] : [through]), entries].join(
    ', ',
  );
}

function describeHardState({ currentTerm, votedFor }: HardState): string {
  return `term ${currentTerm}, ${votedFor === null ? 'no vote' : `vote for ${votedFor}`}`;
}

/**
 * @param unflushed - what was written since the last flush, oldest first
 * @param lost - how many of these a crash has taken, from the end
 * @returns what became of them, to go on from `crashes`; nothing when there were none
 */
export function describeLoss(unflushed: readonly Write[], lost: number): string {
  const kept = unflushed.length - lost;
  const parts = [
    ...(kept > 0 ? [`keeps ${list(unflushed.slice(0, kept))}`] : []),
    ...(lost > 0 ? [`loses ${list(unflushed.slice(kept))}`] : []),
  ];
  return parts.length === 0 ? '' : `; unflushed: ${parts.join(', ')}`;
}

function list(writes: readonly Write[]): string {
  const shown = writes.slice(0, WRITES_SHOWN).map(describeWrite).join('; ');
  const more = writes.length - WRITES_SHOWN;
  return more > 0 ? `${shown}; and ${more} more` : shown;
}

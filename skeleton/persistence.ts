import { NotImplemented } from '#contract';
import type { Raft } from './raft.ts';

/**
 * Takes back from the disk what Figure 2 calls persistent: term, vote and log, and from lab 4 the snapshot. Nothing else
 * survives: a restarted server follows, and knows of no commitment beyond its snapshot.
 *
 * The other half of lab 3 stands where promises are made. Each change of term, vote or log is written at once, in memory
 * and to the buffers of the disk, and `flushSync` comes before the message that rests on it: a granted vote, a request for
 * votes, a success.
 */
export function restore(raft: Raft): void {
  throw new NotImplemented('lab 3');
}

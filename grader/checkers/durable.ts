import type { AppendEntriesArgs, AppendEntriesReply, InstallSnapshotArgs, InstallSnapshotReply } from '#contract';
import type { Call, DiskContents, Host, Reply } from '#kernel';

/** @returns the highest index up to which a server's log, as it sees it, is on its disk for good */
export function durableThrough({ disk }: Host): number {
  const { durable, view, firstUnsettled } = disk;
  const through = Math.min(durable.lastIndex, view.lastIndex, firstUnsettled - 1);
  return Math.max(through, durable.snapshot?.lastIncludedIndex ?? 0);
}

/** What usually makes a server promise what a failed disk did not take. */
export const ERROR_SWALLOWED =
  'its disk has failed: the StorageError of a write or a flush is caught, and the server goes on';

/** @returns the term that survives a crash now: of the hard state or of the last entry, whichever is larger */
export function durableTerm({ currentTerm, log, snapshot }: DiskContents): number {
  return Math.max(currentTerm, log.at(-1)?.term ?? 0, snapshot?.lastIncludedTerm ?? 0);
}

/** @returns whether a disk holds what a leader has up to an index, where it has an entry of `term`: in the log or in the snapshot */
export function holds({ log, base, snapshot }: DiskContents, index: number, term: number): boolean {
  return index === 0 || (snapshot?.lastIncludedIndex ?? 0) >= index || log[index - base - 1]?.term === term;
}

/** @returns the index up to which a success covers the leader's log; 0 for a refusal, for other requests, and for parts of a snapshot */
export function coveredIndex({ method, args }: Call, reply: Reply): number {
  if (method === 'AppendEntries' && (reply as AppendEntriesReply).success) {
    const { prevLogIndex, entries } = args as AppendEntriesArgs;
    return prevLogIndex + entries.length;
  }
  if (method === 'InstallSnapshot' && (reply as InstallSnapshotReply).success && (args as InstallSnapshotArgs).done) {
    return (args as InstallSnapshotArgs).lastIncludedIndex;
  }
  return 0;
}

/** @param call - of AppendEntries or InstallSnapshot. @returns the term of the entry up to which it covers the leader's log */
export function coveredTerm({ method, args }: Call): number {
  if (method === 'InstallSnapshot') return (args as InstallSnapshotArgs).lastIncludedTerm;
  const { prevLogTerm, entries } = args as AppendEntriesArgs;
  return entries.at(-1)?.term ?? prevLogTerm;
}

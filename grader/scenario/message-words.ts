import type {
  AppendEntriesArgs,
  AppendEntriesReply,
  InstallSnapshotArgs,
  RequestVoteArgs,
  RequestVoteReply,
} from '#contract';
import type { Call, Reply } from '#kernel';

/** Entries of a message that are named. */
const ENTRIES_SHOWN = 3;

/** @returns a request in a few words, for example `RequestVote t3` */
export function describeArgs({ method, args }: Call): string {
  if (method === 'RequestVote') {
    const { preVote, term, lastLogIndex, lastLogTerm } = args as RequestVoteArgs;
    const last = lastLogIndex > 0 ? ` (last ${lastLogIndex}:t${lastLogTerm})` : '';
    return `${preVote === true ? 'pre-vote request' : 'RequestVote'} t${term}${last}`;
  }
  if (method === 'InstallSnapshot') {
    const { term, lastIncludedIndex, lastIncludedTerm, offset, data, done } = args as InstallSnapshotArgs;
    const part =
      offset === 0 && done ? '' : `, characters ${offset} to ${offset + data.length}${done ? ', the last' : ''}`;
    return `InstallSnapshot t${term} through ${lastIncludedIndex}:t${lastIncludedTerm}${part}`;
  }
  if (method !== 'AppendEntries') return `${method} t${args.term}`;
  const { term, entries, prevLogIndex, prevLogTerm, leaderCommit } = args as AppendEntriesArgs;
  if (entries.length === 0 && prevLogIndex === 0) return `heartbeat t${term}`;
  const list = entries
    .slice(0, ENTRIES_SHOWN)
    .map(({ index, term: of, command, kind }) => `${index}:t${of}=${command ?? kind}`);
  const more = entries.length > ENTRIES_SHOWN ? ` … ${entries.length} in all` : '';
  return `AppendEntries t${term} prev ${prevLogIndex}:t${prevLogTerm} [${list.join(' ')}${more}] commit ${leaderCommit}`;
}

/** @returns what tells a request from others of its kind, for an answer that comes later */
export function describeRequest({ method, args }: Call): string {
  switch (method) {
    case 'AppendEntries': {
      const { prevLogIndex, entries } = args as AppendEntriesArgs;
      if (entries.length === 0) return `a heartbeat behind ${prevLogIndex}`;
      const last = prevLogIndex + entries.length;
      return entries.length === 1 ? `entry ${last}` : `entries ${prevLogIndex + 1} to ${last}`;
    }
    case 'InstallSnapshot':
      return `the snapshot through ${(args as InstallSnapshotArgs).lastIncludedIndex}`;
    default:
      return `${method} t${args.term}`;
  }
}

/** @returns a reply in a few words, for example `vote t3` */
export function describeReply({ method, args }: Call, reply: Reply): string {
  if (method === 'RequestVote') {
    const what = (args as RequestVoteArgs).preVote === true ? 'pre-vote' : 'vote';
    return `${(reply as RequestVoteReply).voteGranted ? '' : 'no '}${what} t${reply.term}`;
  }
  if (method === 'TimeoutNow') return `answer t${reply.term}`;
  return `${(reply as AppendEntriesReply).success ? 'success' : 'refusal'} t${reply.term}`;
}

/** @returns whether an answer to the request says something about the log: a heartbeat of an empty log does not ask */
export function isAboutLog({ method, args }: Call): boolean {
  if (method !== 'AppendEntries') return method === 'InstallSnapshot';
  const { entries, prevLogIndex } = args as AppendEntriesArgs;
  return entries.length > 0 || prevLogIndex > 0;
}

/** @returns whether a message does more than keep followers quiet: it carries entries, a snapshot, a vote, a refusal */
export function isWeighty({ method, args }: Call, reply?: Reply): boolean {
  if (method === 'AppendEntries') {
    const refused = reply !== undefined && !(reply as AppendEntriesReply).success;
    return refused || (args as AppendEntriesArgs).entries.length > 0;
  }
  if (method !== 'RequestVote') return true;
  return (args as RequestVoteArgs).preVote !== true && (reply === undefined || (reply as RequestVoteReply).voteGranted);
}

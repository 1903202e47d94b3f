import type { AppendEntriesArgs, AppendEntriesReply, LogEntry, RequestVoteArgs } from '#contract';
import type { Call, Reply } from '#kernel';
import type { TraceEntry, TraceMessage } from './trace-format.ts';

/** Entries of a message that a trace keeps. */
const ENTRIES_MAX = 8;
/** Characters of a text of a submission that a trace keeps. */
const TEXT_MAX = 200;
/** Characters of a command that a trace keeps. */
const COMMAND_MAX = 40;

/** Entries are frozen and travel far: each is described once. */
const described = new WeakMap<LogEntry, TraceEntry>();

/** @returns an entry as a trace keeps it */
export function traceEntry(entry: LogEntry): TraceEntry {
  const known = described.get(entry);
  if (known !== undefined) return known;
  const made: TraceEntry = [entry.term, cut(entry.command ?? entry.kind, COMMAND_MAX)];
  described.set(entry, made);
  return made;
}

/** @returns a text of any length, cut to what a trace keeps */
export function cut(text: string, max = TEXT_MAX): string {
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}

/**
 * @param copy - of a reply: which one to its request, from 1
 * @returns what a trace keeps of a message. Only fields of the contract: a submission may have added what is not JSON.
 */
export function traceMessage(message: number, call: Call, reply: Reply | undefined, copy = 1): TraceMessage {
  const { method, occurrence, args } = call;
  const request = call.from.id;
  const answer = call.to.id;
  if (reply === undefined) {
    const way = { phase: 'request', from: request, to: answer } as const;
    return { message, method, ...way, term: args.term, occurrence, ...requestFields(call) };
  }
  const way = { phase: 'reply', from: answer, to: request } as const;
  const which = { term: reply.term, occurrence, requestTerm: args.term, ...(copy > 1 ? { copy } : {}) };
  return { message, method, ...way, ...which, ...replyFields(call, reply) };
}

function requestFields({ method, args }: Call): Partial<TraceMessage> {
  switch (method) {
    case 'RequestVote': {
      const { lastLogIndex, lastLogTerm, preVote, transfer } = args as RequestVoteArgs;
      return {
        lastLogIndex,
        lastLogTerm,
        ...(preVote === true ? { preVote } : {}),
        ...(transfer === true ? { transfer } : {}),
      };
    }
    case 'AppendEntries': {
      const { prevLogIndex, prevLogTerm, leaderCommit, entries } = args as AppendEntriesArgs;
      const first = entries.slice(0, ENTRIES_MAX).map(traceEntry);
      return { prevLogIndex, prevLogTerm, leaderCommit, entries: first, entryCount: entries.length };
    }
    case 'InstallSnapshot': {
      const { lastIncludedIndex, lastIncludedTerm } = args as { lastIncludedIndex: number; lastIncludedTerm: number };
      return { lastIncludedIndex, lastIncludedTerm };
    }
    case 'TimeoutNow':
      return {};
  }
}

function replyFields({ method, args }: Call, reply: Reply): Partial<TraceMessage> {
  if ('voteGranted' in reply && method === 'RequestVote') {
    const preVote = (args as RequestVoteArgs).preVote === true;
    return { voteGranted: reply.voteGranted, ...(preVote ? { preVote } : {}) };
  }
  if (method !== 'AppendEntries') return 'success' in reply ? { success: reply.success } : {};
  const { success, conflictIndex, conflictTerm } = reply as AppendEntriesReply;
  const { prevLogIndex, entries } = args as AppendEntriesArgs;
  return {
    success,
    prevLogIndex,
    entryCount: entries.length,
    ...(conflictIndex === undefined ? {} : { conflictIndex }),
    ...(conflictTerm === undefined ? {} : { conflictTerm }),
  };
}

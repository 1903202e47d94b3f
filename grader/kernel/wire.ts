import {
  type AppendEntriesArgs,
  type AppendEntriesReply,
  type Configuration,
  ContractError,
  type InstallSnapshotArgs,
  type InstallSnapshotReply,
  type LogEntry,
  type Membership,
  type RequestVoteArgs,
  type RequestVoteReply,
  type Snapshot,
  type Status,
  type TimeoutNowArgs,
  type TimeoutNowReply,
} from '#contract';

/** The kinds of request, by the names of the paper and the thesis. */
export type Method = 'RequestVote' | 'AppendEntries' | 'InstallSnapshot' | 'TimeoutNow';

/** All kinds of request; a kind's place in this list is its number in hashes and decision keys. */
export const METHODS: readonly Method[] = ['RequestVote', 'AppendEntries', 'InstallSnapshot', 'TimeoutNow'];

/** Any request. */
export type Args = RequestVoteArgs | AppendEntriesArgs | InstallSnapshotArgs | TimeoutNowArgs;

/** Any reply. */
export type Reply = RequestVoteReply | AppendEntriesReply | InstallSnapshotReply | TimeoutNowReply;

/** Deepest nesting of a message: far more than any needs, and an end for one that contains itself. */
const DEPTH_MAX = 32;

/**
 * Freezes a value and all that it holds. An entry that is frozen already is passed over, which makes sending the same
 * entries again cheap.
 *
 * @throws `ContractError` when the value contains itself
 */
export function deepFreeze<T>(value: T, depth = 0): T {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEPTH_MAX) throw new ContractError('a message must not contain itself');
  Object.freeze(value);
  if (Array.isArray(value)) {
    for (const item of value) {
      if (typeof item === 'object' && item !== null && !isFrozenEntry(item)) deepFreeze(item, depth + 1);
    }
  } else {
    for (const key in value) {
      const part = value[key];
      if (typeof part === 'object' && part !== null) deepFreeze(part, depth + 1);
    }
  }
  return value;
}

function isFrozenEntry(item: object): boolean {
  if (!Object.isFrozen(item)) return false;
  const { kind, configuration } = item as Partial<LogEntry>;
  return configuration === undefined && (kind === 'command' || kind === 'noop');
}

/** @returns what is wrong with a request, or `undefined` */
export function faultInArgs(method: Method, args: unknown): string | undefined {
  if (!isRecord(args)) return `the arguments of ${method} must be an object, not ${show(args)}`;
  switch (method) {
    case 'RequestVote':
      return (
        faultInNumber(args, 'term') ??
        faultInText(args, 'candidateId') ??
        faultInNumber(args, 'lastLogIndex') ??
        faultInNumber(args, 'lastLogTerm') ??
        faultInFlag(args, 'preVote') ??
        faultInFlag(args, 'transfer')
      );
    case 'AppendEntries':
      return (
        faultInNumber(args, 'term') ??
        faultInText(args, 'leaderId') ??
        faultInNumber(args, 'prevLogIndex') ??
        faultInNumber(args, 'prevLogTerm') ??
        faultInNumber(args, 'leaderCommit') ??
        faultInEntries(args.entries, args.prevLogIndex as number)
      );
    case 'InstallSnapshot':
      return (
        faultInNumber(args, 'term') ??
        faultInText(args, 'leaderId') ??
        faultInNumber(args, 'offset') ??
        (typeof args.done === 'boolean' ? undefined : `done must be true or false, not ${show(args.done)}`) ??
        faultInSnapshot(args)
      );
    case 'TimeoutNow':
      return faultInNumber(args, 'term') ?? faultInText(args, 'leaderId');
  }
}

/** @returns what is wrong with a reply, or `undefined` */
export function faultInReply(method: Method, reply: unknown): string | undefined {
  if (!isRecord(reply)) return `a reply to ${method} must be an object or undefined, not ${show(reply)}`;
  const term = faultInNumber(reply, 'term');
  if (term !== undefined || method === 'TimeoutNow') return term;
  const flag = method === 'RequestVote' ? 'voteGranted' : 'success';
  if (typeof reply[flag] !== 'boolean') return `${flag} must be true or false, not ${show(reply[flag])}`;
  return (
    (reply.conflictIndex === undefined ? undefined : faultInHint(reply, 'conflictIndex')) ??
    (reply.conflictTerm === undefined ? undefined : faultInHint(reply, 'conflictTerm'))
  );
}

/** @returns what is wrong with one entry, or `undefined` */
export function faultInEntry(entry: unknown): string | undefined {
  if (!isRecord(entry)) return `an entry must be an object, not ${show(entry)}`;
  const fault = faultInNumber(entry, 'index') ?? faultInNumber(entry, 'term');
  if (fault !== undefined) return `in an entry, ${fault}`;
  if (entry.index === 0)
    return 'there is no entry 0: the first has index 1; keep a sentinel of your own out of rpc and storage';
  if (entry.kind === 'command') return faultInText(entry, 'command');
  if (entry.kind === 'config') return faultInConfiguration(entry.configuration);
  return entry.kind === 'noop' ? undefined : `an entry's kind must be command, noop or config, not ${show(entry.kind)}`;
}

/** @returns what is wrong with a snapshot (or with the same fields of InstallSnapshot), or `undefined` */
export function faultInSnapshot(snapshot: unknown): string | undefined {
  if (!isRecord(snapshot)) return `a snapshot must be an object, not ${show(snapshot)}`;
  return (
    faultInNumber(snapshot, 'lastIncludedIndex') ??
    faultInNumber(snapshot, 'lastIncludedTerm') ??
    (typeof snapshot.data === 'string' ? undefined : `data must be a string, not ${show(snapshot.data)}`) ??
    faultInConfiguration(snapshot.configuration)
  );
}

/**
 * @param known - a configuration that was found right before, and is not looked at again
 * @returns what is wrong with a status, or `undefined`
 */
export function faultInStatus(status: unknown, known: Configuration | undefined): string | undefined {
  if (!isRecord(status) || status instanceof Promise) return `it must return an object, not ${show(status)}`;
  const { role } = status as unknown as Status;
  if (role !== 'follower' && role !== 'candidate' && role !== 'leader')
    return `role must be follower, candidate or leader, not ${show(role)}`;
  return (
    faultInNumber(status, 'currentTerm') ??
    faultInNumber(status, 'commitIndex') ??
    faultInNumber(status, 'lastApplied') ??
    faultInNumber(status, 'lastLogIndex') ??
    (status.leader === undefined ? undefined : faultInText(status, 'leader')) ??
    (known !== undefined && status.configuration === known ? undefined : faultInConfiguration(status.configuration))
  );
}

/** @returns what is wrong with the answer to `propose`, `changeMembership` or `transferLeadership`, or `undefined` */
export function faultInProposeResult(result: unknown): string | undefined {
  if (!isRecord(result) || result instanceof Promise) return `it must return an object, not ${show(result)}`;
  if (result.accepted === true) return faultInNumber(result, 'index') ?? faultInNumber(result, 'term');
  if (result.accepted !== false) return `accepted must be true or false, not ${show(result.accepted)}`;
  return result.leader === undefined ? undefined : faultInText(result, 'leader');
}

/** @returns the size of a message on the wire, in bytes: a compact encoding's, so that budgets do not depend on names of fields */
export function sizeInBytes(message: Args | Reply): number {
  let bytes = 48;
  if ('entries' in message) for (const entry of message.entries) bytes += entryBytes(entry);
  if ('data' in message) bytes += message.data.length;
  return bytes;
}

/** @returns the size of an entry on the wire or on disk, in bytes */
export function entryBytes(entry: LogEntry): number {
  return 24 + (entry.command?.length ?? 0) + (entry.configuration === undefined ? 0 : 64);
}

/** @returns `true` for what `env.apply` gets in place of an entry */
export function isSnapshot(item: LogEntry | Snapshot): item is Snapshot {
  return 'lastIncludedIndex' in item;
}

function faultInEntries(entries: unknown, prevLogIndex: number): string | undefined {
  if (!Array.isArray(entries)) return `entries must be an array, not ${show(entries)}`;
  for (let i = 0; i < entries.length; i++) {
    const fault = faultInEntry(entries[i]);
    if (fault !== undefined) return fault;
    if ((entries[i] as LogEntry).index !== prevLogIndex + 1 + i) {
      return `entries must go on from prevLogIndex ${prevLogIndex} without a gap, but entry number ${i} has index ${(entries[i] as LogEntry).index}`;
    }
  }
  return undefined;
}

/** @returns what is wrong with a configuration, or `undefined` */
function faultInConfiguration(configuration: unknown): string | undefined {
  const fault = faultInMembership(configuration);
  const next = isRecord(configuration) ? (configuration as unknown as Configuration).next : undefined;
  return fault ?? (next === undefined ? undefined : faultInMembership(next));
}

function faultInMembership(membership: unknown): string | undefined {
  if (!isRecord(membership)) return `a configuration must be an object, not ${show(membership)}`;
  const { voters, learners } = membership as unknown as Membership;
  for (const list of [voters, learners]) {
    if (!Array.isArray(list) || !list.every((id) => typeof id === 'string'))
      return 'a configuration needs voters and learners, both arrays of server ids';
  }
  return undefined;
}

function faultInNumber(record: Record<string, unknown>, key: string): string | undefined {
  const value = record[key];
  // Checked by hand because it runs several times for every message of every run.
  if (typeof value === 'number' && value >= 0 && Number.isSafeInteger(value)) return undefined;
  return `${key} must be a whole number of at least 0, not ${show(value)}`;
}

/** A hint may use a number such as -1 for "none". */
function faultInHint(record: Record<string, unknown>, key: string): string | undefined {
  return Number.isSafeInteger(record[key]) ? undefined : `${key} must be a whole number, not ${show(record[key])}`;
}

function faultInText(record: Record<string, unknown>, key: string): string | undefined {
  return typeof record[key] === 'string' ? undefined : `${key} must be a string, not ${show(record[key])}`;
}

function faultInFlag(record: Record<string, unknown>, key: string): string | undefined {
  const value = record[key];
  return value === undefined || typeof value === 'boolean'
    ? undefined
    : `${key} must be true or absent, not ${show(value)}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Names a wrong value in a message without running any of its code. */
export function show(value: unknown): string {
  if (value === null || typeof value !== 'object')
    return typeof value === 'string'
      ? JSON.stringify(value.slice(0, 40))
      : typeof value === 'symbol'
        ? 'a symbol'
        : typeof value === 'function'
          ? 'a function'
          : String(value);
  return value instanceof Promise ? 'a promise' : Array.isArray(value) ? 'an array' : 'an object';
}

import type { AppendEntriesArgs, LogEntry, RequestVoteArgs, RequestVoteReply, ServerId } from '#contract';
import type { Call, Host, Reply, Write } from '#kernel';
import type { TraceEntry, TraceLog, TraceNode, TraceNodePatch } from './trace-format.ts';
import { cut, traceEntry } from './trace-message.ts';

/** Timers that a trace shows of a server. */
const TIMERS_MAX = 3;

/**
 * What can be seen of one server: its status, its disk, and what its messages give away. Before a server uses its disk (labs 1
 * and 2) its vote is known from the votes that it sends, and its log from what it sends, acknowledges and applies.
 */
export class Sight {
  readonly host: Host;
  /** As it was last told to the trace. */
  node: TraceNode;
  /** Entries that were seen, by index; used until the disk has a log. */
  #seen: (TraceEntry | null)[] = [];
  #vote: { readonly term: number; readonly to: ServerId } | undefined;
  #votesOnDisk = false;
  #logOnDisk = false;
  #matchIndex: Record<ServerId, number> = {};
  /** The log as it was last made, and for which state of the disk or of {@link #seen}. */
  #log: TraceLog = { base: 0, entries: [] };
  #logChanged = false;

  constructor(host: Host) {
    this.host = host;
    this.node = this.#look();
  }

  /** Looks again. @returns what is different from the last time, if anything */
  change(): TraceNodePatch | undefined {
    const node = this.#look();
    const patch = difference(this.node, node);
    this.node = node;
    return patch;
  }

  /** The server lost its memory; what is on the disk stays. */
  forget(): void {
    this.#seen = [];
    this.#vote = undefined;
    this.#matchIndex = {};
    this.#logChanged = true;
  }

  /** It leads a new term, so nobody has acknowledged anything. */
  leads(): void {
    this.#matchIndex = {};
  }

  /** It wrote to its disk. */
  wrote(write: Write): void {
    if (write.kind === 'hardState') this.#votesOnDisk = true;
    else this.#logOnDisk = true;
    this.#logChanged = true;
  }

  /** It accepted a client's command. */
  accepted(index: number, term: number, command: string): void {
    this.#learn(index, [term, cut(command, 40)]);
  }

  /** It gave an entry to its state machine. */
  applied(entry: LogEntry): void {
    this.#learn(entry.index, traceEntry(entry));
  }

  /** It sent a request, which says what it is and has. */
  sent({ method, args, from }: Call): void {
    if (method === 'RequestVote') {
      if ((args as RequestVoteArgs).preVote !== true) this.#vote = { term: args.term, to: from.id };
    } else if (method === 'AppendEntries') {
      const { prevLogIndex, entries } = args as AppendEntriesArgs;
      for (const [n, entry] of entries.entries()) this.#learn(prevLogIndex + 1 + n, traceEntry(entry));
    }
  }

  /** It answered a request: with a vote, or with the promise that it holds what the leader holds. */
  answered({ method, args, from }: Call, reply: Reply, leader: Sight): void {
    if (method === 'RequestVote') {
      const granted = (reply as RequestVoteReply).voteGranted && (args as RequestVoteArgs).preVote !== true;
      if (granted) this.#vote = { term: reply.term, to: from.id };
    } else if (method === 'AppendEntries' && 'success' in reply && reply.success) {
      const { prevLogIndex, entries } = args as AppendEntriesArgs;
      // What stands before an entry that is known is known as far as it can be.
      for (let index = prevLogIndex; index > 0 && this.#seen[index - 1] == null; index--) {
        const known = leader.#seen[index - 1];
        if (known != null) this.#learn(index, known);
      }
      for (const [n, entry] of entries.entries()) this.#learn(prevLogIndex + 1 + n, traceEntry(entry));
    }
  }

  /** It heard that another server holds its log up to some index. */
  heard({ method, args, to }: Call, reply: Reply): void {
    if (method !== 'AppendEntries' || !('success' in reply) || !reply.success) return;
    const { prevLogIndex, entries } = args as AppendEntriesArgs;
    const known = this.#matchIndex[to.id] ?? 0;
    const match = Math.max(known, prevLogIndex + entries.length);
    if (match > known) this.#matchIndex = { ...this.#matchIndex, [to.id]: match };
  }

  #learn(index: number, entry: TraceEntry): void {
    const place = index - 1;
    const known = this.#seen[place];
    if (known != null && known[0] === entry[0] && known[1] === entry[1]) return;
    while (this.#seen.length < place) this.#seen.push(null);
    // An entry of another term at this place means that what stood behind it is gone.
    if (known != null && known[0] !== entry[0]) this.#seen.length = place;
    this.#seen[place] = entry;
    this.#logChanged = true;
  }

  #look(): TraceNode {
    const { host } = this;
    const { status, life } = host;
    const timers = life === undefined ? [] : [...life.timers.values()].map(({ event }) => event.timeUs);
    return {
      up: host.up,
      paused: host.paused,
      diskFailed: host.disk.failed,
      role: status?.role ?? null,
      currentTerm: status?.currentTerm ?? null,
      votedFor: this.#votedFor(),
      leader: status?.leader ?? null,
      commitIndex: status?.commitIndex ?? null,
      lastApplied: status?.lastApplied ?? null,
      lastLogIndex: status?.lastLogIndex ?? null,
      timers: timers
        .sort((a, b) => a - b)
        .slice(0, TIMERS_MAX)
        .map((us) => us / 1_000),
      matchIndex: status?.role === 'leader' ? this.#matchIndex : null,
      log: this.#logNow(),
    };
  }

  #votedFor(): ServerId | null {
    const { disk, status } = this.host;
    if (this.#votesOnDisk) return disk.view.votedFor;
    const vote = this.#vote;
    return vote === undefined || (status !== undefined && status.currentTerm !== vote.term) ? null : vote.to;
  }

  #logNow(): TraceLog {
    const { disk, status } = this.host;
    if (this.#logOnDisk) {
      if (this.#logChanged) this.#log = { base: disk.view.base, entries: disk.view.log.map(traceEntry) };
      this.#logChanged = false;
      return this.#log;
    }
    // A step that appends is over only when the status says so, too.
    const length = status?.lastLogIndex ?? this.#seen.length;
    if (!this.#logChanged && length === this.#log.entries.length) return this.#log;
    this.#seen.length = Math.min(this.#seen.length, length);
    const entries = [...this.#seen];
    while (entries.length < Math.min(length, 10_000)) entries.push(null);
    this.#log = { base: 0, entries };
    this.#logChanged = false;
    return this.#log;
  }
}

/** @returns what turns one state into the other, or `undefined` when they are alike */
function difference(from: TraceNode, to: TraceNode): TraceNodePatch | undefined {
  const patch: Record<string, unknown> = {};
  for (const key of FIELDS) if (from[key] !== to[key]) patch[key] = to[key];
  if (from.timers.join() !== to.timers.join()) patch.timers = to.timers;
  if (from.log !== to.log) {
    const log = logDifference(from.log, to.log);
    if (log !== undefined) patch.log = log;
  }
  return Object.keys(patch).length === 0 ? undefined : (patch as TraceNodePatch);
}

function logDifference(from: TraceLog, to: TraceLog): TraceNodePatch['log'] {
  let same = to.base;
  const end = to.base + to.entries.length;
  while (same < end && isSame(from.entries[same - from.base], to.entries[same - to.base])) same++;
  if (same === end && from.base === to.base && from.entries.length === to.entries.length) return undefined;
  return { base: to.base, from: same + 1, entries: to.entries.slice(same - to.base) };
}

function isSame(a: TraceEntry | null | undefined, b: TraceEntry | null | undefined): boolean {
  return a === b || (a != null && b != null && a[0] === b[0] && a[1] === b[1]);
}

const FIELDS = [
  'up',
  'paused',
  'diskFailed',
  'role',
  'currentTerm',
  'votedFor',
  'leader',
  'commitIndex',
  'lastApplied',
  'lastLogIndex',
  'matchIndex',
] as const;

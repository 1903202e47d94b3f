import type {
  AppendEntriesArgs,
  AppendEntriesReply,
  InstallSnapshotArgs,
  InstallSnapshotReply,
  LogEntry,
  RequestVoteArgs,
  RequestVoteReply,
  ServerId,
  Snapshot,
} from '#contract';
import type { Reply } from '#kernel';
import type { Incoming, ScriptedCluster } from './scripted.ts';

/** What a scripted follower begins with. */
export interface FollowerOptions {
  /** Its log. Default: empty. */
  readonly log?: readonly LogEntry[];
  /** Latest term that it has seen. Default: that of its last entry. */
  readonly currentTerm?: number;
  /** Who got its vote in that term. Default: nobody. */
  readonly votedFor?: ServerId;
  /** Whether its refusals say where its log and the leader's part (Raft paper, end of section 5.3). Default: `false`. */
  readonly hints?: boolean;
}

/**
 * A scripted peer that keeps a log and answers truthfully, as Figure 2 demands of a follower: what it acknowledges, it
 * holds. A test decides which requests it handles as they come; the others wait until the test lets it
 * {@link ScriptedFollower.catchUp | catch up}. What is lost on the way is the network's business.
 */
export class ScriptedFollower {
  readonly id: ServerId;
  /** The entry with index `i` stands at `i - 1`. What only a snapshot brought stands there as no-ops. */
  readonly log: LogEntry[];
  /** The snapshot that it has installed last. */
  snapshot: Snapshot | undefined;
  currentTerm: number;
  votedFor: ServerId | undefined;
  /** The highest commit index that a leader has told it. */
  toldCommit = 0;
  /** Which AppendEntries it handles as they come. */
  handles: (args: AppendEntriesArgs) => boolean = () => true;
  /** Which InstallSnapshot it handles as they come. */
  installs: (args: InstallSnapshotArgs) => boolean = () => true;
  /** The parts of a snapshot that it has got so far. */
  #parts = { lastIncludedIndex: 0, data: '' };
  readonly #cluster: ScriptedCluster;
  readonly #hints: boolean;

  constructor(cluster: ScriptedCluster, id: ServerId, options: FollowerOptions = {}) {
    const { log = [], votedFor, hints = false } = options;
    this.#cluster = cluster;
    this.id = id;
    this.log = [...log];
    this.currentTerm = options.currentTerm ?? this.log.at(-1)?.term ?? 0;
    this.votedFor = votedFor;
    this.#hints = hints;
  }

  /** Index of its last entry; 0 when its log is empty. */
  get lastIndex(): number {
    return this.log.length;
  }

  /** Answers a request as it comes. @returns `undefined` for one that is left to the test */
  receive({ method, args }: Incoming): Reply | undefined {
    if (method === 'RequestVote') return this.#vote(args as RequestVoteArgs);
    if (method === 'InstallSnapshot') {
      return this.installs(args as InstallSnapshotArgs) ? this.install(args as InstallSnapshotArgs) : undefined;
    }
    if (method !== 'AppendEntries' || !this.handles(args as AppendEntriesArgs)) return undefined;
    return this.append(args as AppendEntriesArgs);
  }

  /**
   * Handles AppendEntries that wait, oldest first.
   *
   * @param choose - which of them; by default all
   * @returns how many
   */
  catchUp(choose: (args: AppendEntriesArgs) => boolean = () => true): number {
    const waiting = this.waiting().filter(({ args }) => choose(args));
    for (const request of waiting) this.#cluster.answer(request, this.append(request.args));
    return waiting.length;
  }

  /** @returns the AppendEntries that it has let wait, oldest first */
  waiting(): Incoming<AppendEntriesArgs>[] {
    return this.#cluster.incoming.filter(
      ({ peer, method, answered }) => peer === this.id && method === 'AppendEntries' && !answered,
    ) as Incoming<AppendEntriesArgs>[];
  }

  /** Does what a follower does with AppendEntries (Figure 2). */
  append({ term, prevLogIndex, prevLogTerm, entries, leaderCommit }: AppendEntriesArgs): AppendEntriesReply {
    if (term < this.currentTerm) return { term: this.currentTerm, success: false };
    this.#observe(term);
    if (!this.#has(prevLogIndex, prevLogTerm)) return { term, success: false, ...this.#hint(prevLogIndex) };
    for (const entry of entries) {
      if (this.#has(entry.index, entry.term)) continue;
      this.log.length = entry.index - 1;
      this.log.push(entry);
    }
    this.toldCommit = Math.max(this.toldCommit, Math.min(leaderCommit, prevLogIndex + entries.length));
    return { term, success: true };
  }

  /** Does what a follower does with InstallSnapshot, in one part or in several (Figure 13). */
  install(args: InstallSnapshotArgs): InstallSnapshotReply {
    const { term, lastIncludedIndex, lastIncludedTerm, configuration, offset, done } = args;
    if (term < this.currentTerm) return { term: this.currentTerm, success: false };
    this.#observe(term);
    if (offset === 0) this.#parts = { lastIncludedIndex, data: '' };
    const { data } = this.#parts;
    if (this.#parts.lastIncludedIndex !== lastIncludedIndex || offset > data.length) return { term, success: false };
    this.#parts.data = data.slice(0, offset) + args.data;
    if (!done || lastIncludedIndex <= (this.snapshot?.lastIncludedIndex ?? 0)) return { term, success: true };
    if (this.#termAt(lastIncludedIndex) !== lastIncludedTerm) {
      this.log.length = 0;
      for (let index = 1; index <= lastIncludedIndex; index++)
        this.log.push({ index, term: lastIncludedTerm, kind: 'noop' });
    }
    this.snapshot = { lastIncludedIndex, lastIncludedTerm, configuration, data: this.#parts.data };
    this.toldCommit = Math.max(this.toldCommit, lastIncludedIndex);
    return { term, success: true };
  }

  #vote({ term, candidateId, lastLogIndex, lastLogTerm }: RequestVoteArgs): RequestVoteReply {
    this.#observe(term);
    const lastTerm = this.#termAt(this.lastIndex)!;
    const upToDate = lastLogTerm > lastTerm || (lastLogTerm === lastTerm && lastLogIndex >= this.lastIndex);
    const free = this.votedFor === undefined || this.votedFor === candidateId;
    const voteGranted = term === this.currentTerm && free && upToDate;
    if (voteGranted) this.votedFor = candidateId;
    return { term: this.currentTerm, voteGranted };
  }

  #observe(term: number): void {
    if (term <= this.currentTerm) return;
    this.currentTerm = term;
    this.votedFor = undefined;
  }

  /** Whether it has the leader's entry: below its snapshot all leaders have the same. */
  #has(index: number, term: number): boolean {
    return index < (this.snapshot?.lastIncludedIndex ?? 0) || this.#termAt(index) === term;
  }

  #termAt(index: number): number | undefined {
    return index === 0 ? 0 : this.log[index - 1]?.term;
  }

  #hint(prevLogIndex: number): Pick<AppendEntriesReply, 'conflictIndex' | 'conflictTerm'> {
    if (!this.#hints) return {};
    const conflictTerm = this.#termAt(prevLogIndex);
    if (conflictTerm === undefined) return { conflictIndex: this.lastIndex + 1 };
    return { conflictIndex: this.log.findIndex(({ term }) => term === conflictTerm) + 1, conflictTerm };
  }
}

/**
 * Makes every peer of a scripted cluster a truthful follower.
 *
 * @param options - what each begins with, in the order of the peers; the last one goes for those behind it, too
 * @returns the followers, in the order of the peers
 */
export function scriptFollowers(
  cluster: ScriptedCluster,
  options: readonly FollowerOptions[] = [],
): readonly ScriptedFollower[] {
  const followers = cluster.peers.map((id, i) => new ScriptedFollower(cluster, id, options[i] ?? options.at(-1)));
  cluster.auto = (request) => followers.find(({ id }) => id === request.peer)?.receive(request);
  return followers;
}

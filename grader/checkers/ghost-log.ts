import type { AppendEntriesArgs, AppendEntriesReply, Configuration, InstallSnapshotArgs, ServerId } from '#contract';
import type { Call, Host, Observer, Reply, World } from '#kernel';
import { durableThrough } from './durable.ts';
import type { EntryBook } from './entry-book.ts';
import { indexOfAll, indexOfQuorum } from './quorum.ts';

/** One entry that is truly committed. */
export interface Committed {
  /** Its term; `undefined` while the chain to it is not known. */
  term: number | undefined;
  /** The term of the leader under which it became committed. */
  readonly inTerm: number;
  /** The step in which it became committed. */
  readonly step: number;
}

/** What a term's leader and its followers have shown of that term. */
interface TermRecord {
  /** Who leads it. */
  leader: Host | undefined;
  /** The configuration that it used last. */
  configuration: Configuration | undefined;
  /** The leader's last index when it was elected: whatever stands behind it has the leader's term. */
  electedWith: number;
  /** For each server, the highest index that its successes in this term, or its own log, cover. */
  readonly held: Map<ServerId, number>;
  /** The highest entry of the leader's log that was on the wire. */
  anchorIndex: number;
  anchorTerm: number;
}

/**
 * What is truly committed, told from outside: by the acknowledgements that have left, and by the log of the leader that
 * they are for. A prefix is committed when a quorum holds an entry of the leader's own term, or when every voter holds it.
 */
export class GhostLog implements Observer {
  /** Entry `i` of the log stands at `i`; 0 stands for the empty prefix. */
  readonly entries: Committed[] = [{ term: 0, inTerm: 0, step: 0 }];
  readonly #world: World;
  readonly #book: EntryBook;
  readonly #durable: boolean;
  readonly #terms = new Map<number, TermRecord>();
  /** Two commits that contradict each other, for the rule that reports it. */
  conflict:
    | { readonly index: number; readonly was: Committed; readonly term: number; readonly inTerm: number }
    | undefined;

  /** @param durable - a leader's own entries count only when they are on its disk for good (from lab 3) */
  constructor(world: World, book: EntryBook, durable: boolean) {
    this.#world = world;
    this.#book = book;
    this.#durable = durable;
  }

  /** Index of the last committed entry. */
  get lastIndex(): number {
    return this.entries.length - 1;
  }

  /** @returns who holds how much in a term, for a message */
  describe(term: number): string {
    const held = this.#terms.get(term)?.held ?? new Map();
    return [...held].map(([id, index]) => `${id} up to ${index}`).join(', ') || 'nobody anything';
  }

  /** @returns who holds a log up to an index in a term */
  holders(term: number, through: number): Set<ServerId> {
    const held = this.#terms.get(term)?.held ?? new Map<ServerId, number>();
    return new Set([...held].flatMap(([id, index]) => (index >= through ? [id] : [])));
  }

  /** @returns the leader's last index when it was elected in a term */
  electedWith(term: number): number | undefined {
    const record = this.#terms.get(term);
    return record?.leader === undefined ? undefined : record.electedWith;
  }

  requestSent({ from, method, args }: Call): void {
    const record = this.#record(args.term);
    if (method === 'AppendEntries') {
      const { term, prevLogIndex, prevLogTerm, entries, leaderCommit } = args as AppendEntriesArgs;
      anchor(record, prevLogIndex + entries.length, entries.at(-1)?.term ?? prevLogTerm);
      // What a scripted leader says is committed is: the test answers for it.
      if (from.scripted) this.#commit(Math.min(leaderCommit, record.anchorIndex), term, record);
    } else if (method === 'InstallSnapshot' && from.scripted) {
      const { term, lastIncludedIndex, lastIncludedTerm } = args as InstallSnapshotArgs;
      anchor(record, lastIncludedIndex, lastIncludedTerm);
      this.#commit(lastIncludedIndex, term, record);
    }
  }

  replySent(call: Call, reply: Reply): void {
    if ((reply as AppendEntriesReply).success !== true) return;
    const { args, to } = call;
    if (call.method === 'AppendEntries') {
      const { prevLogIndex, entries } = args as AppendEntriesArgs;
      this.#hold(args.term, to.id, prevLogIndex + entries.length);
    } else if (call.method === 'InstallSnapshot' && (args as InstallSnapshotArgs).done) {
      this.#hold(args.term, to.id, (args as InstallSnapshotArgs).lastIncludedIndex);
    }
  }

  stepped(...[host, status, previous]: Parameters<NonNullable<Observer['stepped']>>): void {
    if (status.role !== 'leader') return;
    const record = this.#record(status.currentTerm);
    if (record.leader === undefined) {
      record.leader = host;
      // One event at a time: nothing but its own entries was appended in the step in which it won.
      record.electedWith = previous?.lastLogIndex ?? 0;
    }
    if (record.leader !== host) return;
    const changed = record.configuration !== undefined && record.configuration !== status.configuration;
    record.configuration = status.configuration;
    this.#hold(status.currentTerm, host.id, this.#durable ? durableThrough(host) : status.lastLogIndex);
    if (changed) this.#count(status.currentTerm, record);
  }

  #hold(term: number, id: ServerId, index: number): void {
    const record = this.#record(term);
    if (index <= (record.held.get(id) ?? 0)) return;
    record.held.set(id, index);
    if (index > this.lastIndex) this.#count(term, record);
  }

  /** Finds how far a term's commitment reaches. */
  #count(term: number, record: TermRecord): void {
    const { configuration, held } = record;
    if (configuration === undefined) return;
    const byQuorum = indexOfQuorum(configuration, held);
    this.#commit(byQuorum > record.electedWith ? byQuorum : indexOfAll(configuration, held), term, record);
  }

  #commit(index: number, inTerm: number, record: TermRecord): void {
    if (index <= this.lastIndex) return;
    const step = this.#world.step;
    const known = this.lastIndex;
    // The leader's own entries have its term; what stands before them is found along the chain.
    let term: number | undefined =
      record.leader !== undefined && index > record.electedWith
        ? inTerm
        : this.#book.termBefore(record.anchorIndex, record.anchorTerm, index);
    const found: (number | undefined)[] = [];
    for (let i = index; i > known; i--) {
      found.push(term);
      term = term === undefined ? undefined : this.#book.find(i, term)?.prevTerm;
    }
    for (const each of found.reverse()) this.entries.push({ term: each, inTerm, step });
    const last = this.entries[known]!;
    if (term !== undefined && last.term !== undefined && last.term !== term)
      this.conflict ??= { index: known, was: last, term, inTerm };
  }

  #record(term: number): TermRecord {
    const known = this.#terms.get(term);
    if (known !== undefined) return known;
    const record: TermRecord = {
      leader: undefined,
      configuration: undefined,
      electedWith: 0,
      held: new Map(),
      anchorIndex: 0,
      anchorTerm: 0,
    };
    this.#terms.set(term, record);
    return record;
  }
}

/** Notes an entry of a term's leader that was on the wire, if it is the highest so far. */
function anchor(record: TermRecord, index: number, term: number): void {
  if (index <= record.anchorIndex) return;
  record.anchorIndex = index;
  record.anchorTerm = term;
}

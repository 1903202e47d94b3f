import type { AppendEntriesArgs } from '#contract';
import type { Observer, World } from '#kernel';

/** Counts the situations that a run reached, so that a test can state what it must have seen. */
export class Milestones implements Observer {
  readonly counts: Record<string, number> = {};
  readonly #leaders = new Set<string>();
  readonly #candidates = new Map<number, Set<string>>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Counts a situation by name. */
  reached(what: string, times = 1): void {
    this.counts[what] = (this.counts[what] ?? 0) + times;
  }

  /** Notes how high something went. The name begins with `max:`, and the highest of all runs counts. */
  rose(what: `max:${string}`, value: number): void {
    this.counts[what] = Math.max(this.counts[what] ?? 0, value);
  }

  stepped(...[host, status, previous]: Parameters<NonNullable<Observer['stepped']>>): void {
    const { role, currentTerm } = status;
    if (previous !== undefined && previous.role === role && previous.currentTerm === currentTerm) return;
    if (role === 'leader' && !this.#leaders.has(`${host.id} ${currentTerm}`)) {
      this.#leaders.add(`${host.id} ${currentTerm}`);
      this.reached('elections');
      if (currentTerm > 1 && this.#world.nowUs > 0) this.reached('electionsAfterTerm1');
    }
    if (role === 'candidate') {
      const rivals = this.#candidates.get(currentTerm) ?? new Set();
      this.#candidates.set(currentTerm, rivals.add(host.id));
      if (rivals.size === 2) this.reached('rivalCandidates');
    }
    if (previous?.role === 'leader' && role !== 'leader') this.reached('stepDowns');
    if (previous?.role === 'candidate' && role === 'follower') this.reached('candidatesThatGaveWay');
  }

  requestArrived({ method, args, to }: Parameters<NonNullable<Observer['requestArrived']>>[0]): void {
    const term = to.status?.currentTerm ?? 0;
    if (args.term >= term) return;
    this.reached(method === 'RequestVote' ? 'staleVoteRequests' : 'staleAppends');
    if (method === 'AppendEntries' && (args as AppendEntriesArgs).entries.length > 0) this.reached('staleEntries');
  }

  replyArrived(...[call]: Parameters<NonNullable<Observer['replyArrived']>>): void {
    if (call.args.term < (call.from.status?.currentTerm ?? 0)) {
      this.reached(call.method === 'RequestVote' ? 'staleVoteReplies' : 'staleAppendReplies');
    }
  }

  messageDropped(): void {
    this.reached('messagesDropped');
  }

  messageDuplicated(): void {
    this.reached('duplicates');
  }

  messageDelayed(): void {
    this.reached('delays');
  }

  crashed(...[, lostWrites]: Parameters<NonNullable<Observer['crashed']>>): void {
    this.reached('crashes');
    if (lostWrites > 0) this.reached('crashesWithLoss');
  }
}

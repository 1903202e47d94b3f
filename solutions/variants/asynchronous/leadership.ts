import type { LogEntry, ServerId, Timer } from '#contract';
import type { Host } from './host.ts';
import { hasQuorum, membersOf } from './quorum.ts';
import { Replicator } from './replicator.ts';

/** One server's leadership in one term (Raft paper, section 5.3). It adds no entry of its own to the log. */
export class Leadership {
  private readonly host: Host;
  private readonly term: number;
  private readonly replicators = new Map<ServerId, Replicator>();
  private active = true;
  private heartbeat: Timer | undefined;
  /** How far this server's own log is durable. */
  private ownMatch: number;

  /** @param term - the term that this server won; it has flushed its log since the last entry was written */
  constructor(host: Host, term: number) {
    this.host = host;
    this.term = term;
    this.ownMatch = host.log.lastIndex;
    for (const peer of membersOf(host.log.configuration)) {
      if (peer === host.env.id) continue;
      this.replicators.set(peer, new Replicator(host, term, peer, () => this.advanceCommit()));
    }
  }

  /** Tells everybody who leads, and goes on doing so. */
  start(): void {
    const { clock, timing } = this.host.env;
    this.heartbeat = clock.setInterval(() => this.tick(), timing.heartbeatMs);
    this.tick();
    for (const replicator of this.replicators.values()) void replicator.run();
  }

  /** Ends it: not a single message follows. */
  stop(): void {
    this.active = false;
    this.host.env.clock.clear(this.heartbeat);
    for (const replicator of this.replicators.values()) replicator.stop();
  }

  /** Appends a client's command. Sending does not wait for this server's own disk (thesis, section 10.2.1). */
  propose(command: string): LogEntry {
    const entry: LogEntry = { index: this.host.log.lastIndex + 1, term: this.term, kind: 'command', command };
    this.host.log.append([entry]);
    void this.countOwn(entry.index);
    for (const replicator of this.replicators.values()) replicator.wake();
    return entry;
  }

  private tick(): void {
    for (const replicator of this.replicators.values()) replicator.tick();
  }

  private async countOwn(index: number): Promise<void> {
    await this.host.disk.sync();
    this.ownMatch = Math.max(this.ownMatch, index);
    this.advanceCommit();
  }

  /** Commits what a quorum holds, if the last of it is of this term (Raft paper, section 5.4.2). */
  private advanceCommit(): void {
    if (!this.active) return;
    const { env, log } = this.host;
    const matchOf = (id: ServerId) => (id === env.id ? this.ownMatch : (this.replicators.get(id)?.matchIndex ?? 0));
    const matches = membersOf(log.configuration).map(matchOf);
    const held = matches.filter((index) => hasQuorum(log.configuration, (id) => matchOf(id) >= index));
    const index = Math.max(0, ...held);
    if (log.termAt(index) === this.term) this.host.commitTo(index);
  }
}

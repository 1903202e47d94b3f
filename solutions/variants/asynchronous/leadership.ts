import type { Configuration, LogEntry, Membership, ServerId, Timer } from '#contract';
import type { Host } from './host.ts';
import { hasQuorum, membersOf, votersOf } from './quorum.ts';
import { Replicator } from './replicator.ts';

/** One server's leadership in one term (Raft paper, section 5.3). It begins without a no-op. */
export class Leadership {
  private readonly host: Host;
  private readonly term: number;
  private readonly replicators = new Map<ServerId, Replicator>();
  private active = true;
  private started = false;
  private successor: ServerId | undefined;
  private told: ServerId | undefined;
  private patience: Timer | undefined;
  private heartbeat: Timer | undefined;
  /** How far this server's own log is durable. */
  private ownMatch: number;

  /** @param term - the term that this server won; it has flushed its log since the last entry was written */
  constructor(host: Host, term: number) {
    this.host = host;
    this.term = term;
    this.ownMatch = host.log.lastIndex;
    this.serveMembers();
  }

  /** Whether it is on its way to somebody else, and takes no commands. */
  get handsOver(): boolean {
    return this.successor !== undefined;
  }

  /** Tells everybody who leads, and goes on doing so. */
  start(): void {
    const { clock, timing } = this.host.env;
    this.heartbeat = clock.setInterval(() => this.tick(), timing.heartbeatMs);
    this.tick();
    for (const replicator of this.replicators.values()) void replicator.run();
    this.started = true;
    this.advanceCommit();
  }

  /** Ends it: not a single message follows. */
  stop(): void {
    this.active = false;
    this.host.env.clock.clear(this.heartbeat);
    this.host.env.clock.clear(this.patience);
    for (const replicator of this.replicators.values()) replicator.stop();
  }

  /** Appends a client's command. Sending does not wait for this server's own disk (thesis, section 10.2.1). */
  propose(command: string): LogEntry {
    return this.append({ index: this.host.log.lastIndex + 1, term: this.term, kind: 'command', command });
  }

  /**
   * Begins a change, through a joint configuration whatever the target is. Since both sets decide there, nothing of this term
   * need be committed before.
   */
  change({ voters, learners }: Membership): LogEntry | undefined {
    const { log } = this.host;
    const { next, ...old } = log.configuration;
    const underWay = next !== undefined || log.configurationIndex > this.host.commitIndex();
    if (underWay || this.handsOver || voters.length === 0) return undefined;
    return this.reconfigure({ ...old, next: { voters: [...voters], learners: [...learners] } });
  }

  /** Begins to hand over. @returns whether it does */
  handOver(to: ServerId): boolean {
    const { env, log } = this.host;
    if (this.handsOver || to === env.id || !votersOf(log.configuration).includes(to)) return false;
    this.successor = to;
    this.patience = env.clock.setTimeout(() => {
      this.successor = undefined;
    }, env.timing.electionTimeoutMsMax);
    void this.proceed();
    return true;
  }

  /** Tells the successor to campaign once it has everything. */
  private async proceed(): Promise<void> {
    const { env, log } = this.host;
    const to = this.successor;
    if (to === undefined || this.replicators.get(to)?.matchIndex !== log.lastIndex || this.told === to) return;
    this.told = to;
    const reply = await env.rpc.timeoutNow(to, { term: this.term, leaderId: env.id });
    this.told = undefined;
    if (reply !== undefined) this.host.observeTerm(reply.term);
  }

  private reconfigure(configuration: Configuration): LogEntry {
    const entry: LogEntry = { index: this.host.log.lastIndex + 1, term: this.term, kind: 'config', configuration };
    this.host.log.append([entry]);
    this.serveMembers();
    return this.written(entry);
  }

  private append(entry: LogEntry): LogEntry {
    this.host.log.append([entry]);
    return this.written(entry);
  }

  private written(entry: LogEntry): LogEntry {
    void this.countOwn(entry.index);
    for (const replicator of this.replicators.values()) replicator.wake();
    return entry;
  }

  /** Begins to serve those who have come; those who have left are served until the change is committed. */
  private serveMembers(): void {
    const { env, log } = this.host;
    const members = membersOf(log.configuration).filter((id) => id !== env.id);
    for (const peer of members) {
      if (this.replicators.has(peer)) continue;
      const replicator = new Replicator(this.host, this.term, peer, () => this.advanceCommit());
      this.replicators.set(peer, replicator);
      if (this.started) void replicator.run();
    }
    if (log.configurationIndex > this.host.commitIndex()) return;
    for (const [peer, replicator] of this.replicators) {
      if (members.includes(peer)) continue;
      replicator.tick(); // The last it hears is that it is out.
      replicator.stop();
      this.replicators.delete(peer);
    }
  }

  /** Goes on with a change, once what is there is committed by this leader. */
  private afterCommit(): void {
    const { env, log } = this.host;
    const { next, voters } = log.configuration;
    if (log.configurationIndex > this.host.commitIndex() || log.termAt(this.host.commitIndex()) !== this.term) return;
    if (next !== undefined) this.reconfigure(next);
    else if (voters.includes(env.id)) this.serveMembers();
    else {
      this.tick();
      this.host.resign();
    }
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
    this.afterCommit();
    void this.proceed();
  }
}

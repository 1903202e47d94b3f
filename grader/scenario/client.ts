import type { ProposeResult, ServerId } from '#contract';
import type { Cluster, Patience } from './cluster.ts';
import { ExpectationFailed } from './expectation.ts';

/**
 * What a client knows of its command. `done`: applied at the index and in the term that it was accepted for. `lost`: something
 * else was applied there, so this attempt never will be. `unknown`: neither yet; it may still happen.
 */
export type Outcome = 'done' | 'lost' | 'unknown';

/** A command that a server has accepted. */
export interface Submission {
  readonly command: string;
  /** The server that accepted it. */
  readonly server: ServerId;
  readonly index: number;
  readonly term: number;
  /** When, in virtual milliseconds. */
  readonly atMs: number;
}

/** How often a client comes again that was asked to try later, and how many milliseconds lie between. */
const LATER_TIMES = 20;
const LATER_MS = 10;

/** How many milliseconds a client gives a new leader that has told nobody yet that a command is committed. */
const NEW_LEADER_MS = 1_000;

/** A client of a cluster: it offers commands and finds out what became of them. */
export class Client {
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Offers a command to one server, once. @returns its answer; `undefined` when it is down or dies before it answers */
  async propose(server: ServerId, command: string): Promise<ProposeResult | undefined> {
    const { world } = this.#cluster;
    const host = world.host(server);
    const { life } = host;
    if (life === undefined) return undefined;
    let result: ProposeResult | undefined;
    this.#cluster.offer(server, command, (answer) => {
      result = answer;
    });
    await world.run(world.nowMs + this.#cluster.patienceMs, () => result !== undefined || host.life !== life);
    return result;
  }

  /**
   * Offers a command to a server that must accept it; again, as long as it asks to try later, as it may before an entry of
   * its term is committed.
   *
   * @throws {@link ExpectationFailed} when it does not
   */
  async proposeTo(server: ServerId, command: string): Promise<Submission> {
    const { world } = this.#cluster;
    let result = await this.propose(server, command);
    for (let times = 1; times < LATER_TIMES && result?.accepted === false && result.leader === server; times++) {
      await world.run(world.nowMs + LATER_MS);
      result = await this.propose(server, command);
    }
    if (result?.accepted !== true) {
      throw new ExpectationFailed('liveness', `${server} leads, but does not accept ${command}`, { servers: [server] });
    }
    return { command, server, index: result.index, term: result.term, atMs: this.#cluster.nowMs };
  }

  /** What became of a command, as far as any running server has applied its index. */
  outcome({ index, term, command }: Submission): Outcome {
    for (const id of this.#cluster.ids) {
      const entry = this.#cluster.journal.at(id, index);
      if (entry !== undefined) return entry.term === term && entry.command === command ? 'done' : 'lost';
    }
    return 'unknown';
  }

  /**
   * Has a command carried out: finds a leader, offers it, and waits until the leader has applied it; offers it again when it
   * was lost, or when no leader took it.
   *
   * @param patience - how long in all; and `among`: servers that it can talk to, by default all that run
   * @returns the attempt that was done
   */
  async submit(
    command: string,
    {
      among = this.#cluster.up,
      within = this.#cluster.patienceMs,
      likelyCause,
    }: Patience & { readonly among?: readonly ServerId[] } = {},
  ): Promise<Submission> {
    const cluster = this.#cluster;
    const endMs = cluster.nowMs + within;
    while (cluster.nowMs < endMs) {
      const leader = cluster.agreedLeader(among);
      const result = leader === undefined ? undefined : await this.propose(leader, command);
      if (leader === undefined || result?.accepted !== true) {
        await cluster.run(10);
        continue;
      }
      const attempt: Submission = {
        command,
        server: leader,
        index: result.index,
        term: result.term,
        atMs: cluster.nowMs,
      };
      const decided = (): boolean =>
        cluster.journal.at(leader, attempt.index) !== undefined ||
        this.outcome(attempt) === 'lost' ||
        cluster.status(leader)?.role !== 'leader';
      await cluster.world.run(endMs, decided);
      if (cluster.journal.at(leader, attempt.index) !== undefined && this.outcome(attempt) === 'done') return attempt;
    }
    const who = among.length === cluster.ids.length ? '' : ` among ${among.join(' ')}`;
    throw new ExpectationFailed(
      'liveness',
      `waited ${within} ms for ${command} to be committed and applied${who}: ${cluster.describe()}`,
      likelyCause === undefined ? {} : { likelyCause },
    );
  }

  /**
   * Waits until every server of a group has applied a command's index, and with it the command. A leader that comes meanwhile
   * is given another command when it is slow to tell: one that begins without a no-op may not commit what it has found before
   * it has an entry of its own term (Raft paper, section 5.4.2).
   */
  async everywhere(
    submission: Submission,
    { among = this.#cluster.up, ...patience }: Patience & { readonly among?: readonly ServerId[] } = {},
  ): Promise<void> {
    const cluster = this.#cluster;
    let { term } = submission;
    let askAtMs = cluster.nowMs + NEW_LEADER_MS;
    const askNewLeader = (): void => {
      if (cluster.nowMs < askAtMs) return;
      askAtMs += NEW_LEADER_MS;
      const leader = cluster.agreedLeader(among);
      const { currentTerm = term } = (leader === undefined ? undefined : cluster.status(leader)) ?? {};
      if (leader === undefined || currentTerm === term) return;
      term = currentTerm;
      cluster.offer(leader, `${submission.command}.${term}`);
    };
    const isEverywhere = (): boolean => among.every((id) => (cluster.status(id)?.lastApplied ?? 0) >= submission.index);
    await cluster.until(
      `${among.join(' ')} to apply ${submission.command} at index ${submission.index}`,
      () => {
        if (isEverywhere()) return true;
        askNewLeader();
        return false;
      },
      patience,
    );
  }
}

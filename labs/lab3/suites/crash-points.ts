import type { LogEntry, ServerId } from '#contract';
import { expect, type ScriptedCluster, type ScriptedFollower, scriptFollowers, type TestDefinition } from '#scenario';
import { ScriptedLeader } from '../../lab2/messages.ts';
import { applies, expectNoVote, getsVote, KEPT_WRITES, restart } from '../restarts.ts';

/**
 * A short story, told again and again: in round k the real server dies at its k-th effect (a send, a reply, a write, a
 * flush, an apply), until a round ends without its death. So it dies once at every boundary that there is, however it
 * is written. Behind each death it must stand by what it had promised.
 */

/** Rounds after which a story is given up: whoever takes more effects for it has died often enough. */
const ROUNDS_MAX = 120;

/** Entries that the followers' story has committed. */
const COMMITTED = 2;

/** Where `n1` died, and what its disk kept. */
interface Death {
  readonly round: number;
  readonly keepWrites: number;
}

function describeDeath({ round, keepWrites }: Death): string {
  const kept = keepWrites === 0 ? 'none' : keepWrites === Number.MAX_SAFE_INTEGER ? 'all' : `the first ${keepWrites}`;
  return `n1 died at effect ${round} of the story, and kept ${kept} of its unflushed writes`;
}

/**
 * Tells a story until it ends without a death.
 *
 * @param tell - tells it, and calls `arm` where the effects begin to count
 * @param verify - checks, with `n1` started again, what it has promised
 * @returns at how many boundaries it died
 */
async function everyBoundary(
  cluster: ScriptedCluster,
  keepWrites: number,
  tell: (death: Death, arm: () => void) => Promise<void>,
  verify: (death: Death) => Promise<void>,
): Promise<number> {
  const { world } = cluster;
  for (let round = 1; round <= ROUNDS_MAX; round++) {
    await restart(cluster, 'n1');
    const { incarnation } = world.host('n1');
    const arm = (): void => cluster.crash('n1', { atEffect: round, keepWrites });
    await tell({ round, keepWrites }, arm);
    const survived = world.host('n1').up && world.host('n1').incarnation === incarnation;
    await restart(cluster, 'n1', { keepWrites });
    await verify({ round, keepWrites });
    if (survived) return round - 1;
  }
  return ROUNDS_MAX;
}

/** A follower's story: it votes, stores, commits and applies, gets a request again, votes again, and has an entry replaced. */
class FollowerStory {
  readonly #cluster: ScriptedCluster;
  /** The newest term of the story. */
  #term = 0;
  /** What `n1` must have: it has acknowledged it, and no later leader may have replaced it. */
  #sure: readonly LogEntry[] = [];
  /** The newest vote that has reached its candidate. */
  #vote: { readonly term: number; readonly candidate: ServerId } | undefined;

  constructor(cluster: ScriptedCluster) {
    this.#cluster = cluster;
  }

  /** Two entries that are committed, and more that never will be: what a new life applies again stays little. */
  async prepare(): Promise<void> {
    const leader = this.#leader('n2', [this.#entry([], 1, 1), this.#entry([], 2, 1)]);
    this.#term = leader.term;
    await leader.stores(0, COMMITTED);
    this.#sure = leader.log;
  }

  async tell(arm: () => void): Promise<void> {
    const base = this.#sure;
    const first = this.#leader('n2', [...base, this.#entry(base, 1, 1), this.#entry(base, 2, 1)]);
    const next = this.#leader('n4', [...first.log.slice(0, -1), this.#entry(base, 2, 3), this.#entry(base, 3, 3)], 3);
    this.#term += 3;
    const at = base.length;
    arm();
    await this.#asks('n2', first.term, base);
    await this.#sends(first, at, at + 1, 0);
    await this.#sends(first, at + 1, at + 2, 1);
    await this.#sends(first, at, at + 1, 1);
    await this.#asks('n3', first.term + 1, first.log);
    await this.#sends(next, at + 1, at + 3, 1);
    await this.#sends(next, at + 3, at + 3, COMMITTED);
  }

  async verify(death: Death): Promise<void> {
    const cluster = this.#cluster;
    const story = describeDeath(death);
    if (this.#vote !== undefined) {
      const { term, candidate } = this.#vote;
      await expectNoVote(cluster, 'n5', term, `${story}; it had voted for ${candidate} in term ${term}`);
    }
    const at = this.#sure.length;
    const leader = this.#leader('n5', [...this.#sure, this.#entry(this.#sure, 1, 1)]);
    this.#term = leader.term;
    const reply = await leader.send(at, at);
    expect(
      reply?.success === true,
      `${story}; it had acknowledged the entries up to index ${at}, but now refuses AppendEntries behind index ${at}`,
      { likelyCause: 'what was acknowledged was not flushed before, or is removed by a later write' },
    );
    // From here on its log is known again.
    await leader.stores(at, at + 1, COMMITTED);
    this.#sure = leader.log;
    await applies(cluster, COMMITTED);
  }

  #entry(base: readonly LogEntry[], ahead: number, later: number): LogEntry {
    const index = base.length + ahead;
    const term = this.#term + later;
    return { index, term, kind: 'command', command: `${index}@t${term}` };
  }

  #leader(id: ServerId, log: readonly LogEntry[], later = 1): ScriptedLeader {
    return new ScriptedLeader(this.#cluster, id, this.#term + later, log);
  }

  async #asks(candidate: ServerId, term: number, log: readonly LogEntry[]): Promise<void> {
    if (!this.#cluster.up.includes('n1')) return;
    const last = { index: log.length, term: log.at(-1)?.term ?? 0 };
    if (await getsVote(this.#cluster, candidate, term, last)) this.#vote = { term, candidate };
  }

  async #sends(leader: ScriptedLeader, prev: number, last: number, commit: number): Promise<void> {
    if (!this.#cluster.up.includes('n1')) return;
    // What this request may replace is sure no longer, whether or not an answer comes.
    const clash = this.#sure.findIndex((entry, i) => i < last && leader.log[i]!.term !== entry.term);
    if (clash >= 0) this.#sure = this.#sure.slice(0, clash);
    const reply = await leader.send(prev, last, commit);
    if (reply?.success === true && last > this.#sure.length) this.#sure = leader.log.slice(0, last);
  }
}

/** A leader's story: it is elected, and two commands are committed, for which its own copy is needed. */
class LeaderStory {
  readonly #cluster: ScriptedCluster;
  /** Keeps its log in line with that of `n1`; the others only vote. */
  readonly #partner: ScriptedFollower;
  /** What `n1` has treated as committed. */
  #committed = 0;
  /** The newest term that it has led. */
  #led = 0;

  constructor(cluster: ScriptedCluster) {
    this.#cluster = cluster;
    const [partner, ...others] = scriptFollowers(cluster);
    this.#partner = partner!;
    for (const other of others) other.handles = () => false;
    cluster.world.observers.add({
      stepped: (host, { commitIndex }) => {
        if (host.id === 'n1') this.#committed = Math.max(this.#committed, commitIndex);
      },
      requestSent: ({ from, method, args }) => {
        if (from.id === 'n1' && method === 'AppendEntries') this.#led = Math.max(this.#led, args.term);
      },
    });
  }

  async tell({ round }: Death, arm: () => void): Promise<void> {
    const cluster = this.#cluster;
    // It applies again what is committed before its effects count: that grows from round to round.
    await this.#partnerLeads();
    arm();
    await this.#lives('to be elected', () => cluster.status('n1')!.role === 'leader');
    for (const name of ['x', 'y']) {
      if (!cluster.up.includes('n1')) return;
      let index = 0;
      cluster.offer('n1', `${name}${round}`, (result) => {
        if (result.accepted) index = result.index;
      });
      await this.#lives(
        `to commit ${name}${round}, which ${this.#partner.id} acknowledges`,
        () => index > 0 && cluster.status('n1')!.commitIndex >= index,
      );
    }
  }

  async verify(death: Death): Promise<void> {
    const cluster = this.#cluster;
    const rival = cluster.peers.at(-1)!;
    const committed = this.#committed;
    const story = describeDeath(death);
    if (this.#led > 0)
      await expectNoVote(cluster, rival, this.#led, `${story}; it had voted for itself, and led term ${this.#led}`);
    const leader = this.#partnerAsLeader();
    const reply = await leader.send(committed);
    expect(
      reply?.success === true,
      `${story}; it had committed index ${committed}, for which its own copy was needed, but now does not have the entries up to there`,
      { likelyCause: 'the leader counts its own entries before they are flushed' },
    );
  }

  /** The partner leads for a moment, and commits all that there is: `n1` then begins with nothing left to apply. */
  async #partnerLeads(): Promise<void> {
    const { log, term } = this.#partnerAsLeader();
    this.#partner.log.push({ index: log.length + 1, term, kind: 'noop' });
    const leader = new ScriptedLeader(this.#cluster, this.#partner.id, term, [...this.#partner.log]);
    await leader.stores(this.#committed, leader.log.length, leader.log.length);
    await applies(this.#cluster, leader.log.length);
  }

  #partnerAsLeader(): ScriptedLeader {
    const partner = this.#partner;
    partner.currentTerm = Math.max(partner.currentTerm, this.#cluster.state.currentTerm) + 1;
    return new ScriptedLeader(this.#cluster, partner.id, partner.currentTerm, [...partner.log]);
  }

  /** Waits until something has happened, or `n1` has died. */
  async #lives(what: string, condition: () => boolean): Promise<void> {
    const { incarnation } = this.#cluster.world.host('n1');
    const dead = (): boolean => {
      const host = this.#cluster.world.host('n1');
      return !host.up || host.incarnation !== incarnation;
    };
    await this.#cluster.until(`n1 ${what}, or to die`, () => dead() || condition(), { within: 5_000 });
  }
}

export const tests: readonly TestDefinition[] = [
  {
    slug: 'follower-dies-anywhere',
    title: 'A follower dies between any two things that it does, and stands by what it has promised',
    kind: 'rule',
    points: 7,
    paper: 'Raft Figure 2 (persistent state)',
    sentence:
      'At every moment the disk holds all that a server has promised: votes, terms and acknowledged entries survive a crash at each boundary between writing, flushing and answering.',
    runs: 8,
    reaches: { boundaries: 100 },
    async run(test) {
      const cluster = test.scripted({ size: 5 });
      const story = new FollowerStory(cluster);
      const keepWrites = KEPT_WRITES[test.seed % KEPT_WRITES.length]!;
      if (test.seed > KEPT_WRITES.length) cluster.slowDisk('n1', 3);
      await story.prepare();
      test.reached(
        'boundaries',
        await everyBoundary(
          cluster,
          keepWrites,
          (_, arm) => story.tell(arm),
          (death) => story.verify(death),
        ),
      );
    },
  },
  {
    slug: 'leader-dies-anywhere',
    title: 'A leader dies between any two things that it does, and what it committed is not lost',
    kind: 'rule',
    points: 6,
    paper: 'Raft §5.4, Figure 2 (persistent state)',
    sentence:
      'What a leader has counted on survives its crash at each boundary between writing, flushing and sending: its vote for itself, and its own copy of what is committed.',
    runs: 8,
    reaches: { boundaries: 70 },
    async run(test) {
      const cluster = test.scripted({ size: 3 });
      const story = new LeaderStory(cluster);
      const keepWrites = KEPT_WRITES[test.seed % KEPT_WRITES.length]!;
      if (test.seed > KEPT_WRITES.length) cluster.slowDisk('n1', 3);
      test.reached(
        'boundaries',
        await everyBoundary(
          cluster,
          keepWrites,
          (death, arm) => story.tell(death, arm),
          (death) => story.verify(death),
        ),
      );
    },
  },
];

import { expect, type ScriptedCluster, type TestDefinition } from '#scenario';
import { AT_ONCE_MS, entries, ScriptedLeader } from '../messages.ts';

/** Rule tests of followers: one real server, `n1`, and hand-made messages, one demand of the paper each. */

/** What `n1` has applied must be the first entries of a log, as they were created. */
async function expectApplied(cluster: ScriptedCluster, { log }: ScriptedLeader, count: number): Promise<void> {
  await cluster.run(AT_ONCE_MS);
  const { commitIndex, lastApplied } = cluster.state;
  expect(
    commitIndex === count && lastApplied === count,
    `n1 was told that ${count} entries are committed, and holds them, but its commitIndex is ${commitIndex} and its lastApplied ${lastApplied}`,
    { likelyCause: 'leaderCommit is looked at only in requests with entries, or entries are not applied' },
  );
  for (const entry of log.slice(0, count)) {
    const applied = cluster.journal.at('n1', entry.index);
    expect(
      applied?.term === entry.term && applied.kind === entry.kind && applied.command === entry.command,
      `the leader sent ${JSON.stringify(entry)}, but n1 applied ${JSON.stringify(applied)}`,
    );
  }
}

function expectLogEnd(cluster: ScriptedCluster, end: number, why: string, likelyCause: string): void {
  const { lastLogIndex } = cluster.state;
  expect(lastLogIndex === end, `${why}, but its log ends at ${lastLogIndex}, not ${end}`, { likelyCause });
}

export const tests: readonly TestDefinition[] = [
  {
    slug: 'stores-entries',
    title: 'A follower stores what its leader sends, acknowledges it, and applies it in order once it is committed',
    kind: 'rule',
    points: 3,
    paper: 'Raft §5.3, Figure 2 (AppendEntries, steps 4 and 5)',
    sentence:
      'A follower appends entries that it does not have as they are, each with the term in which it was created, and applies committed entries of every kind to its state machine in log order.',
    runs: 12,
    async run(test) {
      const cluster = test.scripted({ size: 3 });
      const leader = new ScriptedLeader(cluster, 'n2', 4, entries(-1, 1, 1, -2, 2, 2, -4, 4, 4, 4, 4, 4));
      const step = 1 + (test.seed % 5);
      for (let prev = 0; prev < 12; prev += step) {
        const last = Math.min(12, prev + step);
        await leader.stores(prev, last, 0, 'entries that fit behind the log are refused, or not stored');
        expectLogEnd(cluster, last, `n1 acknowledged the entries up to ${last}`, 'the entries are not stored');
      }
      for (const prev of [12, 6, 3, 1, 0]) {
        await leader.stores(prev, prev, 0, 'entries are stored under another term or index than they were sent with');
      }
      expect(
        cluster.state.commitIndex === 0,
        `nothing is committed, but n1's commitIndex is ${cluster.state.commitIndex}`,
      );
      await leader.stores(12, 12, 7);
      await expectApplied(cluster, leader, 7);
      await leader.stores(12, 12, 12);
      await expectApplied(cluster, leader, 12);
    },
  },
  {
    slug: 'checks-consistency',
    title: 'A follower refuses AppendEntries, with entries or without, when its log does not match at prevLogIndex',
    kind: 'rule',
    points: 4,
    paper: 'Raft §5.3, Figure 2 (AppendEntries, step 2)',
    sentence:
      'Reply false if the log does not contain an entry at prevLogIndex whose term matches prevLogTerm; an empty AppendEntries is no exception.',
    runs: 12,
    async run(test) {
      const cluster = test.scripted({ size: 5 });
      const first = new ScriptedLeader(cluster, 'n2', 2, entries(1, 1, 2, 2));
      const leader = new ScriptedLeader(cluster, 'n3', 5, entries(1, 1, 3, 3, 3, 5));
      const before = test.seed % 3 === 0 ? 0 : 4;
      if (before > 0) await first.stores(0, before);
      // Behind the end of the log, and, where there is one, behind an entry of another term.
      for (const prev of [6, 5, ...(before > 0 ? [4, 3] : [3])]) {
        const why =
          prev > before
            ? `n1's log ends at ${before}, before index ${prev}`
            : `n1 has an entry of term 2 at index ${prev}`;
        const last = (test.seed + prev) % 2 === 0 ? prev : Math.min(6, prev + 1 + (test.seed % 2));
        await leader.isRefused(prev, last, Math.min(3, prev), why);
        await leader.isRefused(prev, prev, Math.min(3, prev), why);
        const { commitIndex, lastLogIndex } = cluster.state;
        expect(commitIndex < 3, `n1 refused the leader's entry 3, but treats index ${commitIndex} as committed`);
        expect(lastLogIndex <= before, `n1 refused the entries behind ${prev}, but its log ends at ${lastLogIndex}`);
      }
      const common = before === 0 ? 0 : 2;
      await leader.stores(common, 6, 3);
      await leader.stores(6, 6, 6);
      await expectApplied(cluster, leader, 6);
    },
  },
  {
    slug: 'replaces-only-conflicts',
    title: 'A follower removes entries only where they contradict the leader’s, and then all behind them',
    kind: 'rule',
    points: 4,
    paper: 'Raft §5.3, Figure 2 (AppendEntries, step 3)',
    sentence:
      'If an existing entry conflicts with a new one (same index but different terms), delete the existing entry and all that follow it; otherwise every entry stays, whatever late or repeated requests come.',
    runs: 20,
    async run(test) {
      const cluster = test.scripted({ size: 5 });
      const first = new ScriptedLeader(cluster, 'n2', 2, entries(1, 1, 2, 2, 2));
      await first.stores(0, 5);
      const late = [
        [0, 2],
        [2, 3],
        [0, 5],
        [3, 3],
        [0, 0],
        [1, 4],
      ] as const;
      for (const [prev, last] of late) {
        await first.stores(prev, last);
        expectLogEnd(
          cluster,
          5,
          `nothing contradicts n1's entries 1 to 5, and it got the entries behind ${prev} up to ${last} again`,
          'everything behind prevLogIndex is removed, or the log ends where the request does',
        );
      }
      // The next leader has kept the first entries, and has others behind them.
      const kept = 1 + (test.seed % 4);
      const terms = [1, 1, 2, 2, 2].slice(0, kept);
      const next = new ScriptedLeader(cluster, 'n3', 4, entries(...terms, 4, 4));
      await next.stores(kept, kept);
      expectLogEnd(
        cluster,
        5,
        `nothing that n3 sent contradicts n1's entries`,
        'an empty AppendEntries removes what stands behind prevLogIndex',
      );
      const prev = test.seed % 2 === 0 ? kept : Math.max(0, kept - 2);
      await next.stores(prev, kept + 1);
      expectLogEnd(
        cluster,
        kept + 1,
        `entry ${kept + 1} of term 4 replaces one of term 2 in n1's log, and all behind that`,
        'a conflicting entry is replaced in its place, and those behind it are kept',
      );
      await next.stores(kept + 1, kept + 2, kept + 2);
      await expectApplied(cluster, next, kept + 2);
    },
  },
  {
    slug: 'commits-what-was-verified',
    title: 'A follower commits up to leaderCommit, but no further than the request has verified its log',
    kind: 'rule',
    points: 4,
    paper: 'Raft §5.3, Figure 2 (AppendEntries, step 5)',
    sentence:
      'If leaderCommit > commitIndex, set commitIndex to the smaller of leaderCommit and the index of the last new entry: what stands behind that may be left over from another term.',
    runs: 12,
    async run(test) {
      const cluster = test.scripted({ size: 5 });
      const first = new ScriptedLeader(cluster, 'n2', 2, entries(1, 1, 2, 2, 2, 2));
      await first.stores(0, 6);
      // The leader of term 4 has other entries behind the third, which have not come yet.
      const leader = new ScriptedLeader(cluster, 'n3', 4, entries(1, 1, 2, 4, 4, 4, 4, 4));
      if (test.seed % 2 === 0) await leader.stores(3, 3, 2);
      if (test.seed % 2 === 0) await expectApplied(cluster, leader, 2);
      await leader.stores(3, 3, test.seed % 3 === 0 ? 3 : 5 + (test.seed % 4));
      await expectApplied(cluster, leader, 3);
      await leader.stores(3, 4, 6);
      await expectApplied(cluster, leader, 4);
      await leader.stores(4, 7, 5);
      await expectApplied(cluster, leader, 5);
      await leader.stores(7, 7, 3);
      await leader.stores(2, 4, 4);
      await expectApplied(cluster, leader, 5);
      await leader.stores(7, 7, 7);
      await expectApplied(cluster, leader, 7);
      await leader.stores(7, 8, 7);
      await leader.stores(8, 8, 8);
      await expectApplied(cluster, leader, 8);
    },
  },
  {
    slug: 'refused-appends-count-as-contact',
    title: 'A follower whose log is being repaired does not campaign, however long that takes',
    kind: 'rule',
    points: 2,
    paper: 'Raft §5.2, §5.3',
    sentence:
      'AppendEntries from the current leader keep a follower from starting an election, also when their consistency check fails.',
    runs: 10,
    async run(test) {
      const cluster = test.scripted({ size: 3 });
      const leader = new ScriptedLeader(cluster, 'n2', 3, entries(...Array<number>(40).fill(2)));
      await leader.stores(0, 2);
      for (let prev = 40; prev > 10; prev--) {
        await leader.isRefused(prev, prev, 0, `n1's log ends at 2, before index ${prev}`);
        await cluster.run(cluster.world.timing.heartbeatMs);
        const asked = cluster.incoming.find(({ method }) => method === 'RequestVote');
        expect(asked === undefined, `n1 campaigned at ${asked?.atMs} ms, though it heard from n2 all the time`, {
          likelyCause: 'AppendEntries resets the election timer only when it succeeds',
        });
      }
    },
  },
];

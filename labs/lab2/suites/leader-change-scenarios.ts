import type { AppendEntriesArgs } from '#contract';
import type { HeldMessage } from '#kernel';
import { Client, expect, type Submission, type TestDefinition } from '#scenario';
import { expectDone, expectLost, named, offerAtOnce } from '../stories.ts';

/** Scenarios: a cluster of real servers whose leaders change, so that logs part and must be brought together again. */

export const tests: readonly TestDefinition[] = [
  {
    slug: 'old-leader-returns',
    title: 'A leader that was cut off gives up the commands that nobody else had',
    kind: 'scenario',
    points: 3,
    paper: 'Raft §5.3, §5.4',
    sentence:
      'Conflicting entries in a follower’s log, a former leader’s too, are overwritten with entries from the leader’s log: a client whose command is overwritten must not be told that it was carried out.',
    runs: 20,
    reaches: { truncations: 15, lost: 50 },
    async run(test) {
      const cluster = test.cluster({ size: [3, 5, 4][test.seed % 3]! });
      const client = new Client(cluster);
      const old = await cluster.steadyLeader();
      await client.everywhere(await client.submit('before'));
      cluster.isolate(old);
      const attempts = await offerAtOnce(cluster, old, named('lost', 3));
      const rest = cluster.others(old);
      const done: Submission[] = [];
      for (const command of named('kept', 4)) done.push(await client.submit(command, { among: rest }));
      cluster.heal();
      await cluster.steadyLeader();
      const last = await client.submit('after');
      await client.everywhere(last, { likelyCause: 'the old leader’s entries are not replaced by the new leader’s' });
      expectLost(cluster, attempts, `${old} was alone when it accepted the command, and others were committed there`);
      test.reached('lost', attempts.length);
      expectDone(cluster, done);
    },
  },
  {
    slug: 'long-wrong-suffixes',
    title: 'Logs that part in fifty entries, on both sides, are brought together',
    kind: 'scenario',
    points: 2,
    paper: 'Raft §5.3, Figure 7',
    sentence:
      'The leader forces the followers’ logs to duplicate its own, however many entries they lack or have too many.',
    runs: 6,
    reaches: { truncations: 12, divergentElections: 4 },
    async run(test) {
      const cluster = test.cluster({ size: 5 });
      const client = new Client(cluster);
      const first = await cluster.steadyLeader();
      await client.everywhere(await client.submit('before'));
      const companion = cluster.others(first)[test.seed % 4]!;
      cluster.partition([first, companion], cluster.others(first, companion));
      const firstLost = await offerAtOnce(cluster, first, named('first', 55));
      await cluster.run(100);
      const three = cluster.others(first, companion);
      for (const command of named('kept', 55)) await client.submit(command, { among: three });
      // Of the three, the leader stays with one, in vain; the other joins the first two.
      const second = await cluster.leader({ among: three });
      const other = three.find((id) => id !== second)!;
      cluster.partition(cluster.others(second, other), [second, other]);
      const secondLost = await offerAtOnce(cluster, second, named('second', 55));
      const group = cluster.others(second, other);
      await client.submit('together', { among: group, likelyCause: 'a follower’s log is never repaired' });
      cluster.heal();
      await cluster.steadyLeader();
      await client.everywhere(await client.submit('after'), { likelyCause: 'a follower’s log is never repaired' });
      expectLost(cluster, firstLost, 'only two of five servers had the command');
      expectLost(cluster, secondLost.slice(0, 1), 'only two of five servers had the command');
    },
  },
  {
    slug: 'figure-8',
    title: 'Figure 8, with partitions: an old entry on a majority may yet be overwritten',
    kind: 'scenario',
    points: 3,
    paper: 'Raft §5.4.2, Figure 8',
    sentence:
      'A leader cannot conclude that an entry from a previous term is committed once it is stored on a majority of servers.',
    runs: 40,
    reaches: { leaderPlusOne: 15, oldEntrySpread: 15, truncations: 40 },
    async run(test) {
      const cluster = test.cluster({ size: 5 });
      const client = new Client(cluster);
      const s1 = await cluster.steadyLeader();
      await client.everywhere(await client.submit('before'));
      const [s2, s3, s4, s5] = cluster.others(s1) as [string, string, string, string];
      // (a) S1 brings an entry to S2 only.
      cluster.partition([s1, s2], [s3, s4, s5]);
      await offerAtOnce(cluster, s1, ['x']);
      await cluster.run(20);
      // (b) S5, or whoever the others elect, takes another one, and keeps it to itself.
      const heartbeats = cluster.hold({ method: 'AppendEntries', when: ({ from }) => from.id !== s1 });
      const rivals = [s3, s4, s5];
      const leads = (id: string): boolean => cluster.status(id)?.role === 'leader';
      await cluster.until('three of five servers to elect a leader', () => rivals.some(leads));
      const rival = rivals.find(leads)!;
      cluster.isolate(rival);
      heartbeats.drop();
      heartbeats.stop();
      await offerAtOnce(cluster, rival, ['y']);
      // (c) S1 and S2 are back with one more; one of them leads, and brings it the old entry.
      const third = [s3, s4, s5].find((id) => id !== rival)!;
      cluster.partition([s1, s2, third]);
      const again = await cluster.leader({ among: [s1, s2, third] });
      await cluster.run((test.seed * 7) % 60);
      if (again !== third) test.reached('oldEntrySpread');
      // (d) or (e): the rival is back, with those who can still elect it.
      const fourth = [s3, s4, s5].find((id) => id !== rival && id !== third)!;
      cluster.partition([rival, third, fourth]);
      await client.submit('z', { among: [rival, third, fourth] });
      cluster.heal();
      await cluster.steadyLeader();
      await client.everywhere(await client.submit('after'));
    },
  },
  {
    slug: 'late-appends',
    title: 'Copies of AppendEntries that come late, in the same term or a later one, undo nothing',
    kind: 'scenario',
    points: 2,
    paper: 'Raft §5.3, Figure 2 (AppendEntries)',
    sentence:
      'Raft RPCs are idempotent: a request that comes again, after others have changed the log, does no harm, and one of an old term is refused.',
    runs: 24,
    reaches: { 'late copies': 40, staleAppends: 15 },
    async run(test) {
      const cluster = test.cluster({ size: 3 });
      const client = new Client(cluster);
      const first = await cluster.steadyLeader();
      const [follower] = cluster.others(first);
      const hold = cluster.hold({ from: first, to: follower!, method: 'AppendEntries', phase: 'request' });
      const carries = ({ call }: HeldMessage): boolean => (call.args as AppendEntriesArgs).entries.length > 0;
      for (const command of named('a', 4)) {
        await offerAtOnce(cluster, first, [command]);
        // Copies of all that was sent so far arrive again and again.
        for (let i = 0; i < 4; i++) {
          await cluster.run(8);
          hold.duplicate();
        }
      }
      hold.stop();
      const done = await client.submit('b');
      await client.everywhere(done);
      const copies = hold.messages.filter(carries).length;
      if (test.seed % 2 === 0) {
        // Half of them come a term later.
        cluster.isolate(first);
        await client.submit('c', { among: cluster.others(first) });
      }
      test.reached('late copies', copies);
      hold.release();
      await cluster.run(100);
      cluster.crash(first);
      await client.everywhere(await client.submit('d', { among: cluster.others(first) }));
      expect(client.outcome(done) === 'done', 'b was carried out, but another entry is applied at its index');
    },
  },
  {
    slug: 'more-digits',
    title: 'Majorities are counted rightly where indexes get one more digit',
    kind: 'scenario',
    points: 2,
    paper: 'Raft §5.3, Figure 2 (rules for leaders)',
    sentence:
      'If there exists an N > commitIndex such that a majority of matchIndex[i] ≥ N, N is committed: indexes are compared as numbers.',
    runs: 12,
    reaches: { 'both steps': 6 },
    async run(test) {
      const cluster = test.cluster({ size: 3 });
      const client = new Client(cluster);
      const leader = await cluster.steadyLeader();
      const [one, two] = cluster.others(leader) as [string, string];
      const last = (): number => cluster.status(leader)!.lastLogIndex;
      const offer = async (count: number): Promise<void> => {
        await offerAtOnce(cluster, leader, named(`d${last()}`, count));
        await cluster.run(5);
      };
      for (const power of [10, 100]) {
        await offer(power - 2 - (test.seed % 4) - last());
        await client.everywhere(await client.submit(`up to ${power}`));
        // One stays before the step, the other goes beyond, and the leader is alone with the rest.
        cluster.cut(leader, one);
        await offer(4 + (test.seed % 6));
        await cluster.run(35);
        cluster.cut(leader, two);
        const attempts = await offerAtOnce(cluster, leader, named(`alone${power}`, 3));
        await cluster.run(35);
        for (const each of attempts)
          expect(
            cluster.journal.at(leader, each.index) === undefined,
            `${leader} is the only one that has entry ${each.index}, but treats it as committed`,
            { likelyCause: 'matchIndex is sorted as text: "10" comes before "9"' },
          );
        cluster.mend(leader, one);
        cluster.mend(leader, two);
        await cluster.leader();
        if (cluster.agreedLeader() !== leader) return;
      }
      test.reached('both steps');
      await client.everywhere(await client.submit('after'));
    },
  },
  {
    slug: 'many-leaders',
    title: 'Ten leaders in a row, each cut off with commands that nobody else has',
    kind: 'scenario',
    points: 2,
    paper: 'Raft §5.3, §5.4',
    sentence:
      'Agreement holds however often leaders change: what was carried out stays, and what was lost never returns.',
    runs: 12,
    reaches: { elections: 100, truncations: 60, lost: 100 },
    async run(test) {
      const cluster = test.cluster({ size: [5, 3, 4][test.seed % 3]! });
      const client = new Client(cluster);
      const done: Submission[] = [];
      const lost: Submission[] = [];
      for (let round = 1; round <= 10; round++) {
        const leader = await cluster.steadyLeader();
        done.push(await client.submit(`k${round}`));
        cluster.isolate(leader);
        const attempts = await offerAtOnce(cluster, leader, named(`l${round}`, 1 + (test.seed % 3)));
        const rest = cluster.others(leader);
        for (const command of named(`m${round}`, 3)) done.push(await client.submit(command, { among: rest }));
        lost.push(...attempts);
        cluster.heal();
      }
      await cluster.steadyLeader();
      await client.everywhere(await client.submit('last'));
      expectLost(cluster, lost, 'its server was alone, and others were committed at its index');
      test.reached('lost', lost.length);
      expectDone(cluster, done);
    },
  },
];

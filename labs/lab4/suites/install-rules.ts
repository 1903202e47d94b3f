import { expect, type TestDefinition } from '#scenario';
import { entries } from '../../lab2/messages.ts';
import { compact, describeReply, expectApplied, expectEnd, logOf, restart, SnapshotLeader } from '../messages.ts';

/** Rule tests of a follower that gets InstallSnapshot: what it takes over, what it keeps, and what it must not believe. */

const BEHIND = 'the log behind an installed snapshot does not begin at its last included index and term';

export const tests: readonly TestDefinition[] = [
  {
    slug: 'installs-a-snapshot',
    title: 'A follower far behind takes over a snapshot and goes on behind it; a second copy does no harm',
    kind: 'rule',
    points: 5,
    paper: 'Raft §7, Figure 13',
    sentence:
      'When the snapshot contains new information, the follower discards its log, starts its state machine over from the snapshot, and follows behind its last included entry.',
    runs: 18,
    reaches: { installs: 18 },
    async run(test) {
      const cluster = test.scripted({ size: [3, 5][test.seed % 2]! });
      const leader = new SnapshotLeader(cluster, 'n2', 2, logOf(6, 40));
      const have = [0, 3, 8][test.seed % 3]!;
      const asks = (candidateId: string, lastLogIndex: number) =>
        cluster.ask(candidateId, 'RequestVote', { term: 2, candidateId, lastLogIndex, lastLogTerm: 2 });
      await asks('n2', 46);
      await leader.stores(0, have, [0, 2, 8][test.seed % 3]!);
      if (have > 3) await compact(cluster, 6);
      const index = 9 + (test.seed % 5);
      await leader.brings(index);
      expectEnd(cluster, index, `n1 had entries up to ${have} and got a snapshot through ${index}`, BEHIND);
      await expectApplied(cluster, leader.log, index, 'the snapshot is acknowledged, but not given to env.apply');
      await leader.install(index);
      expectEnd(cluster, index, `n1 got the snapshot through ${index} twice`, BEHIND);
      // The vote of the term is given for good, as the rules see to.
      await asks('n3', 100);
      await leader.stores(index, index + 4, index + 3, BEHIND);
      await leader.install(index);
      await leader.expectComplete(index + 4, BEHIND);
      await compact(cluster, index + 2);
      await restart(cluster);
      await leader.expectComplete(index + 4, 'what was installed is not there after a restart');
      await leader.brings(index + 20);
      await leader.stores(index + 20, index + 22, index + 22, BEHIND);
      await expectApplied(cluster, leader.log, index + 22, BEHIND);
    },
  },
  {
    slug: 'stale-snapshots-change-nothing',
    title: 'A snapshot that comes late, after its entries were applied, changes nothing',
    kind: 'rule',
    points: 4,
    paper: 'Raft §7',
    sentence:
      'A snapshot that describes only a prefix of what the follower has committed is no news: neither its state machine nor its log may go back to it.',
    runs: 16,
    reaches: { staleSnapshots: 40 },
    async run(test) {
      const cluster = test.scripted({ size: 3 });
      const leader = new SnapshotLeader(cluster, 'n2', 2, logOf(4, 30));
      await leader.stores(0, 16, 14);
      await expectApplied(cluster, leader.log, 14, 'committed entries are not applied');
      if (test.seed % 2 === 0) await compact(cluster, 8 + (test.seed % 3));
      for (const index of [10, 3, 13, 8, 14]) {
        await leader.install(index);
        const { lastApplied, commitIndex } = cluster.state;
        const why = `n1 had applied 14 entries when a snapshot through ${index} came`;
        const likelyCause = 'a snapshot is installed without comparing its last included index with what is committed';
        expect(lastApplied === 14 && commitIndex === 14, `${why}, and now has ${lastApplied}`, { likelyCause });
        expectEnd(cluster, 16, why, 'a snapshot drops the entries behind it');
      }
      await leader.expectComplete(16, 'a stale snapshot has changed the log');
      await restart(cluster);
      await leader.expectComplete(16, 'a stale snapshot has replaced a newer one on the disk, or the log behind it');
    },
  },
  {
    slug: 'keeps-what-follows',
    title: 'Entries behind a snapshot that the log agrees with stay',
    kind: 'rule',
    points: 4,
    paper: 'Raft §7, Figure 13 (step 6)',
    sentence:
      'If an existing log entry has the same index and term as the snapshot’s last included entry, retain the log entries following it.',
    runs: 16,
    async run(test) {
      const cluster = test.scripted({ size: 5 });
      const first = new SnapshotLeader(cluster, 'n2', 2, logOf(5, 10));
      // Acknowledged, and perhaps committed on a majority; n1 knows that of a few entries only.
      await first.stores(0, 15, test.seed % 4);
      const next = test.seed % 2 === 0 ? first : new SnapshotLeader(cluster, 'n3', 3, logOf(5, 10, 8));
      const index = [5, 10, 14, 15][Math.floor(test.seed / 2) % 4]!;
      await next.brings(index);
      const why = `n1 had acknowledged entries up to 15, and its entry ${index} is the last included one of the snapshot`;
      expectEnd(
        cluster,
        15,
        why,
        'installing a snapshot drops the whole log, whatever stands at its last included index',
      );
      await next.stores(15, 15, index, 'the entries behind the snapshot are lost');
      await expectApplied(cluster, next.log, index, 'the snapshot shows that its entries are committed');
      await restart(cluster);
      expectEnd(
        cluster,
        15,
        `${why}; since then it was restarted`,
        'the entries behind the snapshot are lost on the disk',
      );
      await next.expectComplete(15, 'the entries behind the snapshot are lost');
    },
  },
  {
    slug: 'drops-what-contradicts',
    title: 'With another entry, or none, where the snapshot ends, the whole log goes',
    kind: 'rule',
    points: 4,
    paper: 'Raft §7, Figure 13 (step 7)',
    sentence:
      'A log that does not have the snapshot’s last included entry is discarded entirely: entries behind that index belong to another history.',
    runs: 12,
    async run(test) {
      const cluster = test.scripted({ size: 5 });
      const old = new SnapshotLeader(cluster, 'n2', 2, entries(1, 1, 1, ...Array<number>(12).fill(2)));
      await old.stores(0, 15, 3);
      if (test.seed % 2 === 0) await compact(cluster, 2);
      const leader = new SnapshotLeader(cluster, 'n3', 4, entries(1, 1, 1, ...Array<number>(30).fill(4)));
      const index = 9 + (test.seed % 6);
      await leader.brings(index);
      const cause = 'entries behind the snapshot are kept without comparing the term at its last included index';
      const why = `n1 had 4:t2 to 15:t2, and the snapshot ends with ${index}:t4`;
      expectEnd(cluster, index, why, cause);
      if (test.seed % 3 === 0) {
        await restart(cluster);
        expectEnd(cluster, index, `${why}; since then it was restarted`, `${cause}, on the disk`);
      }
      await leader.stores(index, index, index, cause);
      await leader.isRefused(index + 1, index + 2, index, `n1's log ends at ${index}`);
      await leader.stores(index, index + 5, index + 5, cause);
      await expectApplied(cluster, leader.log, index + 5, cause);
    },
  },
  {
    slug: 'append-below-the-snapshot',
    title: 'AppendEntries that begin below the snapshot neither repeat nor move entries',
    kind: 'rule',
    points: 4,
    paper: 'Raft §7, §5.3',
    sentence:
      'Entries that the snapshot covers are there already; a request that begins among them adds only what is new behind the log, at its own index.',
    runs: 16,
    async run(test) {
      const cluster = test.scripted({ size: 3 });
      const leader = new SnapshotLeader(cluster, 'n2', 2, logOf(4, 30));
      await leader.stores(0, 14, 12);
      const index = [5, 9, 12][test.seed % 3]!;
      if (test.seed % 2 === 0) await compact(cluster, index);
      else await leader.brings(18);
      let end = cluster.state.lastLogIndex;
      for (const [prev, last] of [
        [0, 0],
        [0, 4],
        [2, 14],
        [4, index + 1],
        [0, 14],
        [0, end + 2],
        [1, end + 4],
        [index - 1, end + 6],
      ] as const) {
        const reply = await leader.send(prev, last, 12);
        // A refusal is right as well: the leader then goes on behind the snapshot.
        if (reply?.success === true) end = Math.max(end, last);
        const why = `n1 got the entries behind ${prev} up to ${last} and answers ${describeReply(reply)}`;
        expectEnd(cluster, end, why, 'entries below the snapshot are appended, or replace what stands behind it');
      }
      await leader.stores(end, end + 2, end + 2, 'the log was changed by entries below the snapshot');
      await expectApplied(cluster, leader.log, end + 2, 'the log was changed by entries below the snapshot');
      // The next leader's entries replace those behind the committed ones, though the request begins far below.
      await leader.stores(end + 2, end + 6, end + 2);
      const log = [...leader.log.slice(0, end + 4), ...logOf(0, 0, end + 10).slice(end + 4)];
      const next = new SnapshotLeader(cluster, 'n3', 3, log);
      for (const prev of [2, end + 4]) await next.send(prev, end + 8, end + 2);
      await next.expectComplete(
        end + 8,
        'entries that contradict the log are left out, as the request begins below the snapshot',
      );
    },
  },
  {
    slug: 'crash-while-installing',
    title: 'A crash anywhere while a snapshot is installed leaves a whole log',
    kind: 'rule',
    points: 5,
    paper: 'Raft §7, Figure 13',
    sentence:
      'Whatever part of an installation a crash leaves undone, the restarted server has a snapshot and entries that belong together, and nothing that it had acknowledged is lost.',
    runs: 72,
    reaches: { boundaries: 40 },
    async run(test) {
      const cluster = test.scripted({ size: 5 });
      const way = test.seed % 3;
      const old = new SnapshotLeader(cluster, 'n2', 2, entries(1, 1, 1, 1, ...Array<number>(12).fill(2)));
      // Its log ends below the snapshot; goes on behind it; or contradicts it.
      const had = way === 0 ? 7 : 16;
      await old.stores(0, had, 4);
      if (test.seed % 4 === 0) await compact(cluster, 3);
      const terms = way === 2 ? Array<number>(40).fill(4) : Array<number>(40).fill(2);
      const leader = new SnapshotLeader(cluster, 'n3', 4, entries(1, 1, 1, 1, ...terms));
      const index = 12;
      cluster.crash('n1', { atEffect: 1 + (Math.floor(test.seed / 3) % 8), keepWrites: Math.floor(test.seed / 24) });
      cluster.send('n3', 'InstallSnapshot', leader.installation(index));
      await cluster.run(5);
      if (!cluster.up.includes('n1')) test.reached('boundaries');
      await restart(cluster);
      const why = `a crash while the snapshot through ${index} is installed leaves entries that do not belong behind it`;
      const { lastLogIndex } = cluster.state;
      const right = way === 0 ? [had, index] : way === 1 ? [had] : [had, index];
      const partly = way === 2 && lastLogIndex < index && lastLogIndex >= 4;
      expect(
        right.includes(lastLogIndex) || partly,
        `n1 had entries up to ${had} and crashed while it installed a snapshot through ${index}: its log now ends at ${lastLogIndex}`,
        { likelyCause: why },
      );
      await leader.brings(index);
      await leader.stores(index, index + 6, index, why);
      await leader.expectComplete(index + 6, why);
      await restart(cluster);
      await leader.expectComplete(index + 6, why);
    },
  },
];

import type { RequestVoteReply } from '#contract';
import { expect, type ScriptedCluster, type TestDefinition } from '#scenario';
import { AT_ONCE_MS } from '../../lab2/messages.ts';
import { compact, expectApplied, expectEnd, logOf, restart, SnapshotLeader } from '../messages.ts';

/** Rule tests of what a server does with snapshots of its own: the log behind them, the disk, and the next start. */

const TRIMMED =
  'an index of the log is taken for a position in the trimmed array, or the array is cut in the wrong place';

export const tests: readonly TestDefinition[] = [
  {
    slug: 'compacted-log-goes-on',
    title: 'A follower that compacts its log, at whatever index, goes on as if nothing had happened',
    kind: 'rule',
    points: 5,
    paper: 'Raft §7, Figure 12',
    sentence:
      'The snapshot replaces the log up through the last included index; the entries behind it keep their indexes, and nothing else changes.',
    runs: 20,
    async run(test) {
      const cluster = test.scripted({ size: [3, 5, 4][test.seed % 3]! });
      const leader = new SnapshotLeader(cluster, 'n2', 3, logOf(4, 16, 20));
      let last = 12;
      await leader.stores(0, last, last - 2);
      for (const index of [3, 7, 10, 12, 17].map((each) => each - (test.seed % 3))) {
        await compact(cluster, index);
        expectEnd(cluster, last, `n1 compacted through ${index}, with entries up to ${last}`, TRIMMED);
        await leader.stores(last, last + 3, last - (test.seed % 4), TRIMMED);
        last += 3;
        await leader.stores(last - 2, last, last, TRIMMED);
        await expectApplied(cluster, leader.log, last, TRIMMED);
        test.reached('compactions at an index');
      }
      // Entries that are not committed are replaced at the right place.
      await leader.stores(last, last + 4, last);
      const log = [...logOf(4, 16, 20, 0).slice(0, last + 2), ...logOf(0, 0, 0, 0, last + 6).slice(last + 2)];
      const next = new SnapshotLeader(cluster, 'n3', 5, log);
      await next.isRefused(last + 3, last + 4, last, 'n1 has an entry of another term at prevLogIndex');
      await next.stores(last + 2, last + 3, last + 3, TRIMMED);
      expectEnd(cluster, last + 3, `entry ${last + 3} of n3 replaces another, and all behind it`, TRIMMED);
      await next.stores(last + 3, last + 6, last + 6, TRIMMED);
      await expectApplied(cluster, log, last + 6, TRIMMED);
    },
  },
  {
    slug: 'older-snapshots-are-ignored',
    title: 'A snapshot at or below the one that there is changes nothing',
    kind: 'rule',
    points: 2,
    paper: 'Raft §7',
    sentence: 'compact() is ignored when its index is at or below the snapshot that the server has.',
    runs: 12,
    async run(test) {
      const cluster = test.scripted({ size: 3 });
      const leader = new SnapshotLeader(cluster, 'n2', 2, logOf(5, 20));
      await leader.stores(0, 14, 13);
      const index = 8 + (test.seed % 6);
      await compact(cluster, index);
      const { disk } = cluster.world.host('n1');
      // It may take its time with the snapshot, and with the entries that this replaces.
      await cluster.until(
        `n1 to save its snapshot through ${index}`,
        () => disk.view.snapshot?.lastIncludedIndex === index,
        { within: AT_ONCE_MS },
      );
      const why = `n1 compacted through ${index}, and then again through less`;
      for (const older of [index - 3, index, 1, index - 1]) {
        await compact(cluster, older);
        const { snapshot } = disk.view;
        expect(
          snapshot?.lastIncludedIndex === index,
          `${why}, but its disk now has a snapshot through ${snapshot?.lastIncludedIndex}`,
          { likelyCause: 'compact does not compare its index with the snapshot’s' },
        );
        expectEnd(cluster, 14, why, TRIMMED);
      }
      await leader.expectComplete(14, TRIMMED);
      await restart(cluster);
      await leader.expectComplete(14, TRIMMED);
    },
  },
  {
    slug: 'empty-log-keeps-its-end',
    title: 'With every entry compacted, the log still ends at the snapshot’s index and term',
    kind: 'rule',
    points: 5,
    paper: 'Raft §7, §5.4.1',
    sentence:
      'The snapshot’s last included index and term stand for the entry there: for the consistency check of the first AppendEntries behind it, and for comparing logs in elections.',
    runs: 24,
    async run(test) {
      const cluster = test.scripted({ size: 3 });
      const leader = new SnapshotLeader(cluster, 'n2', 3, logOf(3, 4, 5));
      const installed = Math.floor(test.seed / 6) % 2 === 0;
      if (installed) await leader.brings(12);
      else await leader.stores(0, 12, 12);
      if (!installed) await compact(cluster, 12);
      const why = 'the last index or term of a log that is empty behind its snapshot is taken as 0';
      expectEnd(cluster, 12, 'n1’s whole log of 12 entries is in its snapshot', why);
      if (test.seed % 2 === 0) await restart(cluster);
      if (test.seed % 2 === 0) expectEnd(cluster, 12, 'n1’s disk has a snapshot through 12', why);
      if (test.seed % 3 === 0) await answersCandidates(cluster, why);
      else if (test.seed % 3 === 1) await campaignsAndLeads(cluster, why);
      else await leader.stores(12, 12, 12, why);
    },
  },
  {
    slug: 'crash-while-compacting',
    title: 'A crash anywhere in compact() loses nothing',
    kind: 'rule',
    points: 5,
    paper: 'Raft §7',
    sentence:
      'The snapshot is on stable storage before the entries that it replaces are deleted; and a server that finds both starts from the snapshot.',
    runs: 40,
    reaches: { boundaries: 10 },
    async run(test) {
      const cluster = test.scripted({ size: 3 });
      const leader = new SnapshotLeader(cluster, 'n2', 2, logOf(5, 30));
      await leader.stores(0, 22, 20);
      const index = [20, 15, 4][test.seed % 3]!;
      if (test.seed % 2 === 0 && index > 4) await compact(cluster, 4);
      await expectApplied(cluster, leader.log, 20, 'committed entries are not applied');
      // Every effect of the call, and every number of writes that survive.
      cluster.crash('n1', { atEffect: 1 + (test.seed % 5), keepWrites: Math.floor(test.seed / 5) % 4 });
      await compact(cluster, index);
      if (!cluster.up.includes('n1')) test.reached('boundaries');
      await restart(cluster);
      const why = `after a crash in compact(${index}) the snapshot and the log on disk do not make up the whole`;
      await leader.expectComplete(22, why);
      await leader.stores(22, 24, 24, why);
      await compact(cluster, 23);
      await restart(cluster);
      await leader.expectComplete(24, why);
    },
  },
  {
    slug: 'restarts-from-snapshot',
    title: 'A restarted server gives its snapshot to the state machine first, and then the entries behind it',
    kind: 'rule',
    points: 5,
    paper: 'Raft §7, Figure 12',
    sentence:
      'After a restart the state machine starts from the snapshot, and the log goes on behind it: nothing that the snapshot holds is applied again, and nothing behind it is left out.',
    runs: 20,
    reaches: { restores: 30 },
    async run(test) {
      const cluster = test.scripted({ size: [3, 5, 2][test.seed % 3]! });
      const leader = new SnapshotLeader(cluster, 'n2', 2, logOf(3, 40));
      const why = 'the snapshot on disk is not loaded, or lastApplied and the log do not begin behind it';
      let last = 11;
      await leader.stores(0, last, last);
      for (let round = 0; round < 3; round++) {
        const index = [last, last - 1, last - 6][(test.seed + round) % 3]!;
        await compact(cluster, index);
        await restart(cluster);
        expectEnd(cluster, last, `n1’s disk has a snapshot through ${index}, and entries up to ${last}`, why);
        const { currentTerm } = cluster.state;
        expect(
          currentTerm === 2,
          `n1 acknowledged entries in term 2, but after its restart it is in term ${currentTerm}`,
        );
        if (round !== 1) await leader.expectComplete(last, why);
        await leader.stores(last, last + 5, last + 5, why);
        last += 5;
        await expectApplied(cluster, leader.log, last, why);
      }
    },
  },
];

/** A log that ends with 12:t3, all of it in a snapshot: who may get this server's vote? */
async function answersCandidates(cluster: ScriptedCluster, likelyCause: string): Promise<void> {
  // Long enough after any leader, or before there was one.
  await restart(cluster);
  const candidates = [
    { term: 21, lastLogIndex: 11, lastLogTerm: 3, upToDate: false },
    { term: 22, lastLogIndex: 20, lastLogTerm: 2, upToDate: false },
    { term: 23, lastLogIndex: 12, lastLogTerm: 3, upToDate: true },
  ];
  for (const { upToDate, ...last } of candidates) {
    const args = { ...last, candidateId: 'n3' };
    const reply = (await cluster.ask('n3', 'RequestVote', args)) as RequestVoteReply | undefined;
    expect(
      (reply?.voteGranted ?? false) === upToDate,
      `n1's log ends with 12:t3; it ${reply?.voteGranted ? 'votes' : 'does not vote'} for a candidate whose log ends with ${last.lastLogIndex}:t${last.lastLogTerm}`,
      { likelyCause },
    );
  }
}

/** What does a server say of such a log when it campaigns, and when it leads? */
async function campaignsAndLeads(cluster: ScriptedCluster, likelyCause: string): Promise<void> {
  const { args } = await cluster.campaign(3);
  expect(
    args.lastLogIndex === 12 && args.lastLogTerm === 3,
    `n1's log ends with 12:t3, but it campaigns with last entry ${args.lastLogIndex}:t${args.lastLogTerm}`,
    { likelyCause },
  );
  const term = await cluster.elect();
  // Who sends its snapshot first, to be sure, goes on behind it.
  cluster.auto = ({ method }) => (method === 'InstallSnapshot' ? { term, success: true } : undefined);
  const first = await cluster.request('AppendEntries', 'n1 to send AppendEntries behind its snapshot', (each) => {
    return each.term === term && each.prevLogIndex === 12;
  });
  expect(
    first.args.prevLogTerm === 3,
    `n1's log ends with 12:t3, but it sends AppendEntries behind 12:t${first.args.prevLogTerm}`,
    { likelyCause },
  );
}

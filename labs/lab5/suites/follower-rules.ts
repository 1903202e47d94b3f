import type { RequestVoteReply } from '#contract';
import { expect, type TestDefinition } from '#scenario';
import { AT_ONCE_MS, ScriptedLeader } from '../../lab2/messages.ts';
import { compact, logOf, restart } from '../../lab4/messages.ts';
import { configEntry, hasMembers, MemberLeader, members, winsOnlyBy, withEntries } from '../members.ts';

/** Rule tests of a server that others lead: whom it answers, and which configuration it goes by. */

export const tests: readonly TestDefinition[] = [
  {
    slug: 'answers-anyone',
    title: 'A server answers leaders and candidates that its own configuration does not know',
    kind: 'rule',
    points: 4,
    paper: 'Thesis §4.2.2 (end), §4.1',
    sentence:
      'Servers process incoming requests whoever sends them, in their configuration or not: a server that joins has no configuration at all, and one that lags may not know the new leader yet.',
    runs: 12,
    async run(test) {
      const way = test.seed % 3;
      const joins = way === 0;
      const cluster = test.scripted({ size: 5, joining: joins ? ['n1', 'n4', 'n5'] : ['n4', 'n5'] });
      const likelyCause = 'requests are refused when their sender is not in the configuration';
      if (way === 1) {
        // n4 was made a voter by entries that this server does not have, and its log shows it.
        const args = { term: 4, candidateId: 'n4', lastLogIndex: 5, lastLogTerm: 3 };
        const reply = (await cluster.ask('n4', 'RequestVote', args)) as RequestVoteReply | undefined;
        expect(
          reply?.voteGranted === true,
          'n1 has heard of no leader and n4’s log is more up to date, but n1, whose configuration is n1 n2 n3, does not vote for n4',
          { likelyCause },
        );
      }
      const log = withEntries(
        logOf(2, 0, 20),
        configEntry(4, 3, members([2, 3, 4])),
        configEntry(8, 3, members([1, 3, 4])),
      );
      const leader = new MemberLeader(cluster, joins ? 'n3' : 'n4', 5, log);
      if (test.seed % 2 === 0) await leader.stores(0, 6, 5, likelyCause);
      else await leader.brings(6);
      await hasMembers(cluster, members([2, 3, 4]), 'the entry at index 4 says so');
      await leader.stores(6, 9, 9, likelyCause);
      await hasMembers(cluster, members([1, 3, 4]), 'the entry at index 8 says so');
      await winsOnlyBy(cluster, members([1, 3, 4]), test.seed, 'the voters are n1 n3 n4');
    },
  },
  {
    slug: 'only-voters-campaign',
    title: 'A server that joins, and then learns, does not campaign until it is a voter',
    kind: 'rule',
    points: 3,
    paper: 'Thesis §4.2.1, §4.2.2',
    sentence:
      'A server that was never a voter starts no elections: not one that has no configuration yet, and not a learner, until the log makes it a voter.',
    runs: 18,
    reaches: { silences: 30 },
    async run(test) {
      const cluster = test.scripted({ size: 4, joining: ['n1'] });
      const log = withEntries(
        logOf(1, 20),
        configEntry(3, 2, members([2, 3, 4], [1])),
        configEntry(6, 2, members([1, 2, 3, 4])),
      );
      const leader = new MemberLeader(cluster, 'n2', 2, log);
      const silence = async (why: string): Promise<void> => {
        const sinceMs = cluster.nowMs;
        await cluster.run(1_200);
        const campaign = cluster.incoming.find(({ method, atMs }) => method === 'RequestVote' && atMs >= sinceMs);
        expect(campaign === undefined, `${why}, but it starts an election in term ${campaign?.args.term}`, {
          likelyCause: 'the election timeout does not ask whether this server is a voter',
        });
        test.reached('silences');
      };
      if (test.seed % 3 !== 2) await silence('n1 is joining, and knows of no voters');
      await leader.stores(0, 3, 1);
      await leader.stores(3, 4, 4);
      await silence('n1 is a learner by the entry at index 3');
      await restart(cluster);
      await silence('n1 is a learner by the entry at index 3, and was restarted');
      await leader.stores(4, 6, 4);
      await winsOnlyBy(cluster, members([1, 2, 3, 4]), test.seed, 'the entry at index 6 makes n1 a voter');
    },
  },
  {
    slug: 'rolls-back',
    title: 'A configuration goes with its entry: a server returns to the one before',
    kind: 'rule',
    points: 5,
    paper: 'Raft §6; thesis §4.1',
    sentence:
      'A configuration entry that is not committed can be removed from a log; the server then uses the one before it in the log again.',
    runs: 32,
    reaches: { truncations: 16, compactions: 8 },
    async run(test) {
      const cluster = test.scripted({ size: 5, joining: ['n4', 'n5'] });
      const first = members([1, 2, 3], [4, 5]);
      const second = [members([1, 2, 3, 4], [5]), members([2, 3], [4, 5]), members([1, 2], [4])][test.seed % 3]!;
      const third = [members([1, 2, 3, 4, 5]), members([3], [4, 5]), members([1, 2, 4])][test.seed % 3]!;
      const log = withEntries(
        logOf(1, 20),
        configEntry(2, 2, first),
        configEntry(4, 2, second),
        configEntry(6, 2, third),
      );
      const leader = new MemberLeader(cluster, 'n2', 2, log);
      // It may be that nothing of this is committed, or all but the last.
      await leader.stores(0, 3, 3);
      if (test.seed % 2 === 0) await compact(cluster, 3);
      await leader.stores(3, 5, 3);
      await hasMembers(cluster, second, 'the entry at index 4 is the newest in its log, committed or not');
      const twice = test.seed % 4 < 2;
      if (twice) {
        await leader.stores(5, 7, 5);
        await hasMembers(cluster, third, 'the entry at index 6 is the newest in its log, committed or not');
      }
      const kept = twice ? 5 : 3;
      const other = [...log.slice(0, kept), ...logOf(0, 0, 20).slice(kept)];
      const next = new MemberLeader(cluster, 'n3', 3, other);
      await next.stores(kept, kept + 2, kept);
      const now = twice ? second : first;
      await hasMembers(cluster, now, 'the newer entry was replaced by one of term 3');
      if (test.seed % 8 >= 4) await restart(cluster);
      await hasMembers(cluster, now, 'the newer entry was replaced by one of term 3');
      // One that is no voter any more may keep silent.
      if (now.voters.includes('n1'))
        await winsOnlyBy(cluster, now, test.seed, 'the newest configuration that n1 has left asks for this');
    },
  },
  {
    slug: 'configurations-survive',
    title: 'A configuration survives restarts and compaction, committed or not, and comes with a snapshot',
    kind: 'rule',
    points: 5,
    paper: 'Raft §6, §7; thesis §4.4, §5.1',
    sentence:
      'After a restart a server uses the newest configuration in its log, or else the one that its snapshot holds: the newest one up to the last included index.',
    runs: 30,
    reaches: { crashes: 16, restores: 13, installs: 3 },
    async run(test) {
      const cluster = test.scripted({ size: 5, joining: ['n4', 'n5'] });
      const old = members([1, 2, 3, 4, 5]);
      const now = [members([1, 2, 4, 5], [3]), members([1, 5]), members([1, 3, 4, 5])][test.seed % 3]!;
      const log = withEntries(logOf(1, 30), configEntry(3, 2, old), configEntry(9, 2, now));
      const leader = new MemberLeader(cluster, 'n2', 2, log);
      const way = Math.floor(test.seed / 3) % 5;
      switch (way) {
        case 0: // In the log, not committed.
          await leader.stores(0, 11, 7);
          break;
        case 1: // In a snapshot of its own, right at its end or before it.
          await leader.stores(0, 14, 13);
          await compact(cluster, test.seed % 2 === 0 ? 9 : 12);
          break;
        case 2: // In a snapshot that the leader sent.
          await leader.stores(0, 2, 2);
          await leader.brings(12);
          await leader.stores(12, 14, 12);
          break;
        case 3: // Behind a snapshot, not committed.
          await leader.stores(0, 11, 7);
          await compact(cluster, 6);
          break;
        default: // First in a snapshot of its own, and then in two that follow.
          await leader.stores(0, 13, 13);
          await compact(cluster, 5);
          await compact(cluster, 10);
          await compact(cluster, 13);
      }
      await hasMembers(cluster, now, 'the entry at index 9 says so');
      await restart(cluster);
      await hasMembers(cluster, now, 'the entry at index 9 says so, and n1 was restarted');
      if (way === 3) {
        // The snapshot's own configuration counts once the newer one is gone.
        await new MemberLeader(cluster, 'n4', 3, [...log.slice(0, 8), ...logOf(0, 0, 20).slice(8)]).stores(8, 10, 8);
        await hasMembers(cluster, old, 'the entry at index 9 was replaced, and the snapshot through 6 says so');
        if (test.seed % 2 === 0) await restart(cluster);
      }
      const newest = way === 3 ? old : now;
      await winsOnlyBy(cluster, newest, test.seed, `n1 was restarted, and its voters are ${newest.voters.join(' ')}`);
    },
  },
  {
    slug: 'takes-over-when-told',
    title:
      'TimeoutNow makes a follower campaign at once, unless it is old or the follower is no voter; others vote for it',
    kind: 'rule',
    points: 3,
    paper: 'Thesis §3.10',
    sentence:
      'A server that gets TimeoutNow from the leader of its term starts an election at once, as if its election timeout had ended; that the old leader was heard a moment ago is no reason to refuse it a vote.',
    runs: 16,
    async run(test) {
      const way = test.seed % 4;
      const cluster = test.scripted({ size: 4, joining: way === 2 ? ['n1', 'n4'] : ['n4'] });
      const learns = configEntry(2, 3, members([2, 3, 4], [1]));
      const log = way === 2 ? withEntries(logOf(0, 0, 6), learns) : logOf(0, 0, 6);
      const leader = new ScriptedLeader(cluster, 'n2', 3, log);
      await leader.stores(0, 3, 3);
      if (way === 3) {
        const args = { term: 4, candidateId: 'n3', lastLogIndex: 3, lastLogTerm: 3, transfer: true } as const;
        const reply = (await cluster.ask('n3', 'RequestVote', args)) as RequestVoteReply | undefined;
        expect(
          reply?.voteGranted === true,
          'n2, leader of term 3, has told n3 to take over, and n3 has as much of the log as n1, but n1 does not vote for it',
          { likelyCause: 'candidates are refused soon after a leader was heard, even one with `transfer`' },
        );
        return;
      }
      const beganMs = cluster.nowMs;
      await cluster.ask('n2', 'TimeoutNow', { term: way === 1 ? 2 : 3, leaderId: 'n2' });
      await cluster.run(AT_ONCE_MS);
      const campaign = cluster.incoming.find(({ method, atMs }) => method === 'RequestVote' && atMs >= beganMs);
      if (way === 1 || way === 2) {
        const why = way === 1 ? 'n1 is in term 3 and gets TimeoutNow of term 2' : 'n1 is a learner and gets TimeoutNow';
        expect(campaign === undefined, `${why}, but it starts an election in term ${campaign?.args.term}`);
        return;
      }
      expect(
        campaign !== undefined && campaign.args.term === 4,
        `n2, leader of term 3, has told n1 to take over, but n1 ${campaign === undefined ? 'does not campaign' : `campaigns in term ${campaign.args.term}`}`,
        { likelyCause: 'onTimeoutNow waits for the election timeout, or is ignored because a leader was heard of' },
      );
      await winsOnlyBy(cluster, members([1, 2, 3]), test.seed, 'it was told to take over');
    },
  },
];

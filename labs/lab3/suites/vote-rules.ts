import { expect, type TestDefinition } from '#scenario';
import { entries, lead, ScriptedLeader } from '../../lab2/messages.ts';
import { expectNoVote, getsVote, restart } from '../restarts.ts';

/**
 * Rule tests of persistent terms and votes: one real server, `n1`, which restarts and is asked again. Candidates ask soon
 * after a start, when no leader was heard of: later a server may ignore them.
 */

export const tests: readonly TestDefinition[] = [
  {
    slug: 'remembers-its-vote',
    title: 'A server that has voted in a term still has after a restart',
    kind: 'rule',
    points: 6,
    paper: 'Raft §5.2, Figure 2 (persistent state)',
    sentence:
      'votedFor is persistent state: a server votes for at most one candidate in a given term, whatever restarts lie between.',
    runs: 24,
    async run(test) {
      const cluster = test.scripted({ size: 5 });
      const term = 3 + (test.seed % 3);
      const way = test.seed % 4;
      let last = { index: 0, term: 0 };
      if (way === 1) await getsVote(cluster, 'n5', term - 1);
      if (way === 3) {
        // With a log, and without the memory of having heard from a leader.
        await new ScriptedLeader(cluster, 'n4', 2, entries(1, 2)).stores(0, 2);
        last = { index: 2, term: 2 };
        await restart(cluster, 'n1');
      }
      expect(
        await getsVote(cluster, 'n2', term, last),
        `n1 has not voted in term ${term} and hears of no leader, but does not vote for n2`,
      );
      if (way === 2) await new ScriptedLeader(cluster, 'n2', term, []).stores(0);
      for (let i = 0; i <= test.seed % 3; i++) await restart(cluster, 'n1');
      await expectNoVote(cluster, 'n3', term, `n1 voted for n2 in term ${term}`);
      expect(
        await getsVote(cluster, 'n2', term, last),
        `n1 voted for n2 in term ${term} and restarted, but refuses when n2 asks again, as it does when the answer was lost`,
        { likelyCause: 'votedFor is not restored, or compared with null only' },
      );
      expect(
        await getsVote(cluster, 'n3', term + 1, last),
        `n1 has not voted in term ${term + 1} and hears of no leader, but does not vote for n3`,
        { likelyCause: 'a vote that was restored is not cleared when the term grows' },
      );
    },
  },
  {
    slug: 'remembers-its-term',
    title: 'A server that has voted or followed in a term never goes back behind it',
    kind: 'rule',
    points: 5,
    paper: 'Raft §5.1, Figure 2 (persistent state)',
    sentence:
      'currentTerm is persistent state: after a restart a server still refuses requests of terms before those in which it voted or acknowledged anything.',
    runs: 18,
    async run(test) {
      const cluster = test.scripted({ size: 5 });
      const way = test.seed % 3;
      const log = way === 0 ? [] : entries(2, 3, 3);
      const last = { index: log.length, term: log.at(-1)?.term ?? 0 };
      if (way > 0) {
        await new ScriptedLeader(cluster, 'n4', 3, log).stores(0, 3);
        await restart(cluster, 'n1');
      }
      // In the term of a heartbeat, of a vote, or of both.
      if (way > 0) await getsVote(cluster, 'n2', 7, last);
      if (way !== 1) await new ScriptedLeader(cluster, 'n2', 7, log).stores(log.length);
      await restart(cluster, 'n1');
      const did = way === 1 ? 'voted' : 'acknowledged a heartbeat';
      const { currentTerm } = cluster.state;
      expect(currentTerm === 7, `n1 ${did} in term 7 and restarted, but is now in term ${currentTerm}`, {
        likelyCause: 'currentTerm is not saved, not restored, or taken from the last entry of the log',
      });
      const old = await new ScriptedLeader(cluster, 'n4', 5, log).send(log.length);
      expect(old?.success !== true, `n1 ${did} in term 7 and restarted, but follows n4, a leader of term 5`);
      await expectNoVote(cluster, 'n3', 6, `n1 ${did} in term 7`);
      if (way > 0) await expectNoVote(cluster, 'n3', 7, 'n1 voted for n2 in term 7');
      const { args } = await cluster.campaign(0);
      expect(args.term > 7, `n1 ${did} in term 7 and restarted, but asks for votes of term ${args.term}`);
    },
  },
  {
    slug: 'keeps-its-own-vote',
    title: 'A leader that restarts has not forgotten that it voted for itself',
    kind: 'rule',
    points: 5,
    paper: 'Raft §5.2, Figure 2 (persistent state)',
    sentence:
      'A candidate’s vote for itself is a vote: it is on stable storage before it counts, so that no second leader of the term can come of a restart.',
    runs: 24,
    async run(test) {
      const cluster = test.scripted({ size: [3, 5, 4][test.seed % 3]! });
      // The last peer votes for nobody: it is a candidate of the same term.
      const rival = cluster.peers.at(-1)!;
      if (test.seed % 2 === 0) cluster.slowDisk('n1', 25);
      cluster.auto = ({ method, args, peer }) =>
        method === 'RequestVote' && peer !== rival ? { term: args.term, voteGranted: true } : undefined;
      const term = await lead(cluster);
      await cluster.request('AppendEntries', `n1, leader of term ${term}, to send AppendEntries`);
      await restart(cluster, 'n1');
      expect(
        cluster.state.role === 'follower',
        `n1 restarted and has asked nobody for a vote, but is ${cluster.state.role}`,
      );
      await expectNoVote(cluster, rival, term, `n1 voted for itself and led term ${term}`);
    },
  },
];

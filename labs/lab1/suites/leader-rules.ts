import { expect, type TestDefinition } from '#scenario';
import { AT_ONCE_MS, beat, heartbeat, isElection, latestMs, sizeFor } from '../peers.ts';

/** What a leader owes, as long as it leads and no longer. */
export const tests: readonly TestDefinition[] = [
  {
    slug: 'leader-steps-down',
    title: 'A leader that learns of a higher term steps down: no more heartbeats, but an election timer again',
    kind: 'rule',
    points: 6,
    paper: 'Raft §5.1',
    sentence:
      'If a candidate or leader discovers that its term is out of date, it immediately reverts to follower state.',
    runs: 20,
    async run(test) {
      const cluster = test.scripted({ size: 3 });
      const term = await cluster.elect();
      const byReply = test.seed % 2 === 0;
      if (byReply) {
        const request = await cluster.request('AppendEntries', 'a heartbeat of n1');
        cluster.answer(request, { term: term + 2, success: false });
      } else {
        cluster.send('n3', 'AppendEntries', heartbeat(term + 2, 'n3'));
      }
      await cluster.run(AT_ONCE_MS);
      const { role, currentTerm } = cluster.state;
      expect(
        role !== 'leader' && currentTerm === term + 2,
        `n1 led term ${term} and got ${byReply ? 'a reply' : 'a heartbeat'} of term ${term + 2}, but is ${role} in term ${currentTerm}`,
        {
          likelyCause: byReply
            ? 'the term of a reply is not looked at'
            : 'a leader does not look at the term of AppendEntries',
        },
      );
      const fromMs = cluster.nowMs + 2;
      await cluster.run(120);
      const beats = cluster.countIncoming(fromMs, cluster.nowMs, ({ method }) => method === 'AppendEntries');
      expect(beats === 0, `n1 stepped down, but sent ${beats} more AppendEntries`, {
        likelyCause: 'the heartbeat timer goes on',
      });
      await cluster.campaign(term + 2, {
        within: latestMs(cluster),
        likelyCause: 'a leader that steps down starts no election timer',
      });
    },
  },
  {
    slug: 'sends-heartbeats',
    title: 'A leader sends heartbeats at once and then regularly, whoever does not answer',
    kind: 'rule',
    points: 5,
    paper: 'Raft §5.2',
    sentence: 'Leaders send periodic heartbeats to all followers in order to maintain their authority.',
    runs: 15,
    async run(test) {
      const cluster = test.scripted({ size: sizeFor(test.seed) });
      // Whoever has led before has its timers in order.
      for (let before = 0; before < 4 * (test.seed % 2); before++) {
        const term = await cluster.elect();
        await beat(cluster, 'n2', term + 1);
      }
      await cluster.elect();
      const { heartbeatMs } = cluster.world.timing;
      // With a majority that answers, no leader has a reason to doubt itself; the others stay silent.
      const answering = cluster.peers.slice(0, Math.ceil(cluster.peers.length / 2));
      cluster.auto = ({ method, peer, args }) =>
        method === 'AppendEntries' && answering.includes(peer) ? { term: args.term, success: true } : undefined;
      const wonMs = cluster.nowMs;
      // Late votes: those who were asked and had not answered.
      for (const each of cluster.incoming.filter((one) => isElection(one) && !one.answered))
        cluster.answer(each, { term: each.args.term, voteGranted: true });
      await cluster.run(20 * heartbeatMs);
      for (const peer of cluster.peers) {
        const times = cluster.incoming
          .filter((each) => each.peer === peer && each.method === 'AppendEntries' && each.atMs >= wonMs - 1)
          .map(({ atMs }) => atMs);
        const [firstMs = cluster.nowMs] = times;
        expect(
          firstMs <= wonMs + AT_ONCE_MS,
          `n1 leads since ${Math.round(wonMs)} ms, but its first heartbeat for ${peer} came ${Math.round(firstMs - wonMs)} ms later, in place of at once`,
          { likelyCause: 'the first heartbeat waits until the heartbeat timer fires' },
        );
        const gaps = [wonMs, ...times, cluster.nowMs].map((atMs, i, all) => (i === 0 ? 0 : atMs - all[i - 1]!));
        const longestMs = Math.max(...gaps);
        expect(
          longestMs <= 2 * heartbeatMs,
          `n1 leads since ${Math.round(wonMs)} ms, but for ${Math.round(longestMs)} ms it sent nothing to ${peer}; a heartbeat is due every ${heartbeatMs} ms`,
        );
        expect(
          times.length <= 20 * 2.5,
          `n1 sent ${times.length} AppendEntries to ${peer} in ${20 * heartbeatMs} ms, with nothing to replicate`,
          {
            likelyCause:
              'each vote that comes after the majority makes it leader again, with a heartbeat timer more; or the timer of an earlier leadership runs on',
          },
        );
      }
      test.reached('leaders');
    },
  },
];

import { expect, type TestDefinition } from '#scenario';
import { AT_ONCE_MS, entries, ScriptedLeader } from '../../lab2/messages.ts';
import { applies, expectLog, getsVote, restart } from '../restarts.ts';

/** Rule tests of the persistent log: one real server, `n1`, and scripted leaders that go on with it after a restart. */

const MARK = 'the entries, or their removal, are not saved or not flushed before the acknowledgement, or not restored';

export const tests: readonly TestDefinition[] = [
  {
    slug: 'keeps-its-log',
    title: 'What a follower has acknowledged is in its log after each restart',
    kind: 'rule',
    points: 6,
    paper: 'Raft §5.3, Figure 2 (persistent state)',
    sentence:
      'The log is persistent state: a follower that has acknowledged entries has them after a restart, as they were.',
    runs: 20,
    async run(test) {
      const cluster = test.scripted({ size: 5 });
      // Some are long already: more than fits into a hundred of anything.
      const old = test.seed % 4 === 3 ? 110 : 0;
      const log = entries(...Array<number>(old).fill(1), 1, 1, -2, 2, 4, 4, -4, 4, 4, 4, 4, 4);
      const end = log.length;
      const step = 1 + (test.seed % 5);
      let term = 4;
      if (old > 0) await new ScriptedLeader(cluster, 'n2', term, log).stores(0, old);
      for (let prev = old; prev < end; prev += step) {
        const last = Math.min(end, prev + step);
        const first = new ScriptedLeader(cluster, 'n2', term++, log);
        await first.stores(prev, last);
        // A request that comes late, or twice, brings nothing new.
        await first.stores(Math.max(0, prev - 1), Math.max(prev, last - 1));
        await restart(cluster, 'n1');
        expectLog(cluster, last, MARK);
        const short = { index: last - 1, term: log[last - 2]?.term ?? 0 };
        expect(
          !(await getsVote(cluster, 'n5', term++, short)),
          `n1 acknowledged entry ${last} and restarted, but votes for a candidate whose log ends at ${last - 1}`,
          { likelyCause: MARK },
        );
        if (last < end)
          await new ScriptedLeader(cluster, 'n3', term, log).isRefused(last + 1, end, 0, `n1's log ends at ${last}`);
        await new ScriptedLeader(cluster, 'n3', term++, log).stores(last, last, 0, MARK);
      }
      await new ScriptedLeader(cluster, 'n2', term, log).stores(end, end, end);
      await applies(cluster, end);
    },
  },
  {
    slug: 'keeps-replacements',
    title: 'Entries that were replaced do not come back with a restart',
    kind: 'rule',
    points: 6,
    paper: 'Raft §5.3, Figure 2 (AppendEntries, step 3; persistent state)',
    sentence:
      'When a follower replaces entries that contradict its leader’s, the change reaches stable storage before the acknowledgement, also where the log’s length stays the same or shrinks.',
    runs: 24,
    async run(test) {
      const cluster = test.scripted({ size: 5 });
      const first = new ScriptedLeader(cluster, 'n2', 2, entries(1, 1, 2, 2, 2));
      await first.stores(0, 5);
      if (test.seed % 2 === 0) await restart(cluster, 'n1');
      // The next leader has kept some, and has as many behind them, fewer, or more.
      const kept = 1 + (test.seed % 4);
      const end = [5, kept + 1, 7][test.seed % 3]!;
      const terms = Array.from({ length: end }, (_, i) => (i < kept ? [1, 1, 2, 2][i]! : 4));
      const next = new ScriptedLeader(cluster, 'n3', 4, entries(...terms));
      await next.stores(kept, end);
      await restart(cluster, 'n1');
      expectLog(cluster, end, 'what is saved depends on how long the log is, and not on what has changed');
      await new ScriptedLeader(cluster, 'n5', 5, next.log).stores(end, end, 0, MARK);
      const why = `n1 acknowledged entry ${kept + 1} of term 4 and restarted, so that it has none of term 2 there`;
      await new ScriptedLeader(cluster, 'n4', 6, first.log).isRefused(kept + 1, kept + 1, 0, why);
      // A server may remove what was refused, but not what stands before it.
      const last = new ScriptedLeader(cluster, 'n5', 7, entries(...terms, 7));
      await last.stores(kept, end + 1, end + 1);
      await applies(cluster, end + 1);
    },
  },
  {
    slug: 'applies-from-the-start',
    title:
      'After a restart nothing counts as committed until a leader says so; then all is applied again, from the first entry',
    kind: 'rule',
    points: 5,
    paper: 'Raft Figure 2 (volatile state on all servers)',
    sentence:
      'commitIndex and lastApplied are volatile: a restarted server treats no entry as committed for being in its log, and gives its new state machine every committed entry in order.',
    runs: 16,
    async run(test) {
      const cluster = test.scripted({ size: 5 });
      const first = new ScriptedLeader(cluster, 'n2', 3, entries(1, 1, -2, 3, 3, 3));
      const committed = test.seed % 4;
      await first.stores(0, 6);
      await first.stores(6, 6, committed);
      await applies(cluster, committed);
      await restart(cluster, 'n1');
      await cluster.run(AT_ONCE_MS);
      const { commitIndex } = cluster.state;
      expect(
        commitIndex <= committed,
        `n1 was told that ${committed} entries are committed and restarted, and now treats ${commitIndex} as committed`,
        { likelyCause: 'commitIndex begins at the end of the log' },
      );
      // The next leader replaces what was not committed.
      const next = new ScriptedLeader(cluster, 'n3', 5, entries(...[1, 1, -2].slice(0, committed), 5, 5, 5));
      await next.stores(committed, committed + 2, committed + 1);
      await applies(cluster, committed + 1);
      await restart(cluster, 'n1');
      await next.stores(committed + 2, committed + 3, committed + 2);
      await applies(cluster, committed + 2);
      await restart(cluster, 'n1', { keepWrites: 1 });
      await next.stores(committed + 3, committed + 3, committed + 3);
      await applies(cluster, committed + 3);
    },
  },
];

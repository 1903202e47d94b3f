import type { AppendEntriesArgs } from '#contract';
import { Client, expect, scriptFollowers, type TestDefinition } from '#scenario';
import { AT_ONCE_MS, CALM_MS, commits, entries, lead, name, ScriptedLeader, soonMs } from '../messages.ts';

/** Rule tests of replication: one real server, `n1`, leads scripted followers that keep logs and answer truthfully. */

export const tests: readonly TestDefinition[] = [
  {
    slug: 'sends-to-all',
    title: 'A leader sends new entries to all followers, and one that does not answer holds up nobody',
    kind: 'rule',
    points: 3,
    paper: 'Raft §5.3',
    sentence:
      'The leader appends a command to its log and issues AppendEntries in parallel to each of the other servers; slow followers do not impact the performance of the others.',
    runs: 15,
    async run(test) {
      const size = [3, 5, 4, 2, 7][test.seed % 5]!;
      const cluster = test.scripted({ size });
      const followers = scriptFollowers(cluster);
      const term = await lead(cluster);
      await cluster.run(CALM_MS);
      const hung = followers[test.seed % followers.length]!;
      hung.handles = () => false;
      for (const command of ['x', 'y']) {
        const { index } = await new Client(cluster).proposeTo('n1', command);
        for (const { id } of followers) {
          const carries = ({ args }: { readonly args: object }): boolean =>
            (args as Partial<AppendEntriesArgs>).entries?.some((entry) => entry.index === index) ?? false;
          await cluster.until(
            `n1, leader of term ${term}, to send ${command} to ${id}`,
            () =>
              (command === 'y' && id === hung.id) || cluster.incoming.some((each) => each.peer === id && carries(each)),
            { within: soonMs(cluster), likelyCause: 'followers get their entries one after another' },
          );
        }
        if (size === 2) continue;
        await commits(
          cluster,
          index,
          `all but ${hung.id} have acknowledged it`,
          `the leader waits for ${hung.id}, which never answers`,
        );
      }
      expect(
        cluster.state.role === 'leader',
        `n1 led term ${term}, but is ${cluster.state.role} though a majority answers`,
      );
    },
  },
  {
    slug: 'repeats-lost-appends',
    title: 'A leader sends entries again until they are acknowledged, at a bounded rate',
    kind: 'rule',
    points: 3,
    paper: 'Raft §5.3',
    sentence:
      'If followers crash or run slowly, or if packets are lost, the leader retries AppendEntries indefinitely, until all followers store all log entries.',
    runs: 12,
    async run(test) {
      const cluster = test.scripted({ size: 3 });
      const [follower] = scriptFollowers(cluster);
      await lead(cluster);
      await cluster.run(CALM_MS);
      const way = test.seed % 3;
      if (way === 0) cluster.cut('n1', 'n2');
      else if (way === 1) cluster.cut('n2', 'n1');
      else follower!.handles = () => false;
      let sent = 0;
      cluster.world.observers.add({
        requestSent: ({ from, to }) => {
          if (from.id === 'n1' && to.id === 'n2') sent++;
        },
      });
      const { index } = await new Client(cluster).proposeTo('n1', 'x');
      const beats = 60;
      const { heartbeatMs } = cluster.world.timing;
      await cluster.run(beats * heartbeatMs);
      const fate = ['n1’s requests to n2 are lost', 'n2’s answers are lost', 'n2 does not answer'][way];
      expect(sent <= 4 * beats, `${fate}, and n1 sent it ${sent} requests in ${beats * heartbeatMs} ms`, {
        likelyCause: 'each heartbeat begins one more loop of requests, or a lost request is repeated at once',
      });
      if (way === 0) cluster.mend('n1', 'n2');
      else if (way === 1) cluster.mend('n2', 'n1');
      else follower!.handles = () => true;
      await cluster.until(
        `n1 to send entry ${index} to n2 again, now that messages arrive`,
        () => follower!.lastIndex >= index && follower!.toldCommit >= index,
        {
          within: 1_000,
          likelyCause: 'entries are sent only when they are proposed, or an unanswered request is awaited for ever',
        },
      );
      test.reached('requestsWithoutAnswer', sent);
    },
  },
  {
    slug: 'tells-commit-index',
    title: 'A leader tells its followers what is committed, though no further command comes',
    kind: 'rule',
    points: 2,
    paper: 'Raft §5.3',
    sentence:
      'The leader keeps track of the highest index it knows to be committed, and includes that index in future AppendEntries (including heartbeats).',
    runs: 10,
    async run(test) {
      const cluster = test.scripted({ size: [3, 5, 4][test.seed % 3]! });
      const followers = scriptFollowers(cluster);
      await lead(cluster);
      await cluster.run(CALM_MS);
      // The last follower loses what it is told at first.
      const last = followers.at(-1)!;
      const { index } = await new Client(cluster).proposeTo('n1', 'x');
      cluster.cut('n1', last.id);
      await commits(cluster, index, `all but ${last.id} have acknowledged it`, 'the majority is computed wrongly');
      await cluster.run(100);
      cluster.mend('n1', last.id);
      await cluster.until(
        `n1 to tell all followers that index ${index} is committed`,
        () => followers.every(({ toldCommit }) => toldCommit >= index),
        { within: 500, likelyCause: 'heartbeats carry an old commit index, or only new entries carry it' },
      );
    },
  },
  {
    slug: 'repairs-logs',
    title: 'A leader brings followers’ logs in line with its own, whatever they hold',
    kind: 'rule',
    points: 4,
    paper: 'Raft §5.3, Figure 7',
    sentence:
      'The leader finds the latest log entry where the two logs agree, has the follower delete what stands behind it, and sends it all of its own entries after that point.',
    runs: 16,
    async run(test) {
      const hints = test.seed % 2 === 0;
      const cluster = test.scripted({ size: 7 });
      // Figure 7: the leader of term 8, and (d), which led term 7, (a), (b), (c), (e), (f).
      const own = entries(1, 1, 1, 4, 4, 5, 5, 6, 6, 6);
      const logs = [
        [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
        [1, 1, 1, 4, 4, 5, 5, 6, 6],
        [1, 1, 1, 4],
        [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
        [1, 1, 1, 4, 4, 4, 4],
        [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
      ];
      const shift = Math.floor(test.seed / 2) % 3;
      const followers = scriptFollowers(
        cluster,
        logs.map((terms, i) => ({
          // Some are shorter than in the figure, down to nothing.
          log: entries(...(i > 0 && i % 3 === shift ? terms.slice(0, test.seed % 5) : terms)),
          currentTerm: 7,
          votedFor: 'n2',
          hints,
        })),
      );
      await new ScriptedLeader(cluster, 'n2', 7, own).stores(0, own.length);
      await lead(cluster);
      const { index } = await new Client(cluster).proposeTo('n1', 'x');
      for (const follower of followers) {
        await cluster.until(
          `${follower.id}'s log, ${follower.log.map(name).join(' ') || 'empty'}, to become n1's`,
          () => follower.lastIndex >= index && follower.log[index - 1]!.command === 'x',
          {
            likelyCause: hints
              ? 'conflictIndex and conflictTerm of a refusal lead to the same nextIndex again'
              : 'nextIndex is not lowered after a refusal (which need not carry conflictIndex)',
          },
        );
        const wrong = own.find((entry, i) => follower.log[i]?.term !== entry.term);
        expect(
          wrong === undefined,
          `n1 has ${wrong && name(wrong)}, but sent ${follower.id} ${follower.log.map(name).join(' ')}`,
        );
      }
    },
  },
  {
    slug: 'ignores-late-refusals',
    title: 'Refusals that come together, late, or from an earlier term do not lead a leader astray',
    kind: 'rule',
    points: 2,
    paper: 'Raft §5.3, Figure 2 (volatile state on leaders)',
    sentence:
      'After a rejection the leader decrements nextIndex and retries: once for each request that it tried there, and never below the first index.',
    runs: 18,
    reaches: { refusalsAtOnce: 80 },
    async run(test) {
      const way = test.seed % 3;
      const cluster = test.scripted({ size: 3 });
      const own = entries(1, 1, 2);
      const [full, late] = scriptFollowers(cluster, [
        { log: own },
        { log: own.slice(0, 1), hints: test.seed % 2 === 0 },
      ]);
      await new ScriptedLeader(cluster, 'n2', 2, own).stores(0, 3);
      late!.handles = () => false;
      await lead(cluster);
      const held = way === 0 ? undefined : cluster.hold({ from: late!.id, to: 'n1', method: 'AppendEntries' });
      await cluster.run(500);
      late!.handles = () => true;
      test.reached('refusalsAtOnce', late!.catchUp());
      if (way > 0) {
        // The answers have left, but will come late.
        await cluster.run(AT_ONCE_MS);
        held!.stop();
      }
      if (way === 2) {
        const { currentTerm, lastLogIndex } = cluster.state;
        const next = new ScriptedLeader(cluster, full!.id, currentTerm + 1, own);
        expect(lastLogIndex >= 3, `n1 led with ${lastLogIndex} entries`);
        await next.stores(0, 3);
        await lead(cluster);
      }
      held?.release();
      const { index } = await new Client(cluster).proposeTo('n1', 'x');
      await cluster.until(
        `${late!.id}'s log to become n1's, after many refusals at once`,
        () => late!.lastIndex >= index && late!.toldCommit >= index,
        { within: 3_000, likelyCause: 'each refusal lowers nextIndex, also one that answers an older attempt' },
      );
    },
  },
];

import { Client, expect, type Submission, type TestDefinition } from '#scenario';
import { entries, lead, ScriptedLeader } from '../../lab2/messages.ts';
import { COSTS, LINK } from '../lab.ts';
import {
  appliedEverywhere,
  batch,
  burst,
  commitsAtLast,
  EVENTUALLY_MS,
  leading,
  type Offered,
  offerAll,
  servers,
  stream,
} from '../load.ts';

/** Batches: many commands share a flush and a request, and each is still what it was alone. */

/** Commands that are offered to a leader without a quorum, and how many of them it may accept at most. */
const COMMANDS_WITHOUT_QUORUM = 12_000;
const ACCEPTED_WITHOUT_QUORUM_MAX = 10_000;

export const tests: readonly TestDefinition[] = [
  {
    slug: 'order-in-a-batch',
    title: 'A hundred commands of one instant are applied in their order',
    kind: 'scenario',
    points: 4,
    paper: 'Thesis §10.2.1; Raft §5.3',
    sentence: 'Commands that share a batch stand in the log, and are applied, in the order in which they came.',
    runs: 10,
    async run(test) {
      const cluster = servers(test, [3, 5, 1, 4][test.seed % 4]!);
      const leader = await cluster.steadyLeader();
      const accepted = await burst(cluster, leader, batch('a', 100));
      const swapped = accepted.find(({ index }, i) => i > 0 && index <= accepted[i - 1]!.index);
      expect(swapped === undefined, `${swapped?.command} got index ${swapped?.index}, at or below the one before it`);
      await appliedEverywhere(cluster, accepted.at(-1)!.index, 'a batch is never sent, or counted, to its end');
      const order = accepted.map(({ command }) => command).join();
      for (const id of cluster.ids)
        expect(
          cluster.journal.commands(id).join() === order,
          `${id} has applied the commands of one instant in another order, or not all of them`,
          { likelyCause: 'what waits for the next batch is kept in a set, or put in front', servers: [id] },
        );
    },
  },
  {
    slug: 'tail-of-a-batch',
    title: 'The tail of a batch is committed though nothing comes behind it',
    kind: 'scenario',
    points: 3,
    paper: 'Thesis §10.2.1',
    sentence:
      'What was left over when a batch was full, or came while the disk wrote, goes out without waiting for another command.',
    runs: 30,
    async run(test) {
      const cluster = servers(test, [3, 5, 2, 1][test.seed % 4]!);
      const leader = await cluster.steadyLeader();
      const first = [1, 2, 63, 64, 65, 257, 300][test.seed % 7]!;
      const accepted = await burst(cluster, leader, batch('a', first));
      await cluster.run((test.seed * 0.7) % 9);
      // Some time the only command is larger than any bound on a batch that one may think of.
      const characters = test.seed % 8 === 0 ? 300_000 : 0;
      accepted.push(...(await burst(cluster, leader, batch('b', [1, 3, 0, 129][test.seed % 4]!, characters))));
      await appliedEverywhere(
        cluster,
        accepted.at(-1)!.index,
        characters > 0
          ? 'a command that is larger than a batch may be is never sent'
          : 'a batch goes out when the next command comes, or when it is full, and the last one waits for ever',
      );
    },
  },
  {
    slug: 'while-the-disk-writes',
    title: 'Commands that come while the disk writes are counted only when they are on it',
    kind: 'scenario',
    points: 4,
    paper: 'Thesis §10.2.1; Raft Figure 2',
    sentence:
      'The leader may be as slow as its followers, and counts its own copy of an entry only once that very entry is durable.',
    runs: 30,
    reaches: { crashesWithLoss: 4 },
    async run(test) {
      const cluster = servers(test, 3);
      const leader = await cluster.steadyLeader();
      const [other, third] = cluster.others(leader);
      // The leader's own copy is needed, or the follower's.
      cluster.crash(third!);
      cluster.slowDisk(test.seed % 2 === 0 ? leader : other!, 30);
      const offered: Offered[] = [];
      for (let i = 0; i < 12; i++) {
        offered.push(offerAll(cluster, leader, batch(`a${i}`, 1 + ((test.seed + i) % 5))));
        await cluster.run(3);
      }
      const last = offered.flatMap(({ accepted }) => accepted).at(-1);
      if (test.seed % 3 === 0) {
        await cluster.run(test.seed % 40);
        cluster.crash(leader, { keepWrites: test.seed % 2 });
        await cluster.run(5);
        cluster.slowDisk(leader, 5);
        cluster.restart(leader);
      } else {
        expect(last !== undefined, `${leader} leads, but accepts nothing while a disk is slow`);
        await appliedEverywhere(cluster, last.index, 'what comes during a flush is never flushed');
      }
      await new Client(cluster).submit('x', { within: 10_000 });
    },
  },
  {
    slug: 'deposed-with-a-batch',
    title: 'A leader that is deposed while a batch waits for its disk gives the batch up',
    kind: 'rule',
    points: 4,
    paper: 'Raft §5.1, §5.3, Figure 2',
    sentence:
      'Behind each flush a server asks again whether it still leads that term; what it held of the old term counts for nothing in the new one.',
    runs: 40,
    reaches: { 'batches given up': 40 },
    async run(test) {
      const { cluster, followers } = await leading(test, 3);
      const { currentTerm, lastLogIndex } = cluster.state;
      const kept = followers[0]!.log.slice(0, lastLogIndex);
      for (const follower of followers) follower.handles = ({ entries: list }) => list.length === 0;
      const offered = offerAll(cluster, 'n1', batch('old', 20));
      await cluster.run((test.seed % 20) * 0.5);
      const next = entries(...Array<number>(25).fill(currentTerm + 1)).slice(lastLogIndex);
      const added = next.slice(0, 2 + (test.seed % 4));
      const leader = new ScriptedLeader(cluster, 'n2', currentTerm + 1, [...kept, ...added]);
      const end = lastLogIndex + added.length;
      // Sooner or later in its own flush, the new leader's entries are stored over the batch.
      await leader.stores(lastLogIndex, end, lastLogIndex, 'a flush that runs keeps a deposed leader from storing');
      await leader.stores(end, end, end);
      test.reached('batches given up');
      await cluster.until(
        `n1 to apply index ${end}, which its new leader has committed`,
        () => cluster.state.lastApplied >= end,
        { within: 100 },
      );
      // The first one's copy and the leader's own make the majority.
      for (const [i, follower] of followers.entries()) {
        follower.log.splice(lastLogIndex, Number.POSITIVE_INFINITY, ...added);
        follower.currentTerm = currentTerm + 1;
        follower.handles = ({ entries: list }) => i === 0 || list.length === 0;
      }
      await lead(cluster);
      const again = await burst(cluster, 'n1', batch('new', 30));
      await commitsAtLast(cluster, again.at(-1)!.index, 'the batch of an earlier term is in the way');
      for (const { index, command } of offered.accepted)
        expect(cluster.journal.at('n1', index)?.command !== command, `${command} was given up, but is applied`);
    },
  },
  {
    slug: 'no-quorum-no-queue',
    title: 'Without a quorum a leader does not take in commands without end',
    kind: 'scenario',
    points: 4,
    paper: 'Thesis §10.2; Raft §5.3',
    sentence:
      'What waits for a quorum is bounded: a leader that has too much of it refuses more, and names itself: try again later.',
    runs: 1,
    async run(test) {
      const cluster = servers(test, 3);
      const leader = await cluster.steadyLeader();
      const others = cluster.others(leader);
      for (const id of others) cluster.crash(id);
      await cluster.run(20);
      const { currentTerm } = cluster.status(leader)!;
      const stillLeads = (): boolean => {
        const status = cluster.status(leader)!;
        return status.role === 'leader' && status.currentTerm === currentTerm;
      };
      // It may count commands or characters, or step down because nobody answers.
      const commands = batch('a', COMMANDS_WITHOUT_QUORUM, 1_000);
      const accepted: Submission[] = [];
      for (let from = 0; from < commands.length; from += 1_000) {
        const offered = offerAll(cluster, leader, commands.slice(from, from + 1_000));
        const answers = (): number => offered.accepted.length + offered.refused.length;
        await cluster.until(`${leader} to answer 1000 clients`, () => answers() === 1_000, {
          within: 5_000,
          likelyCause: 'each command waits for a flush of its own',
        });
        accepted.push(...offered.accepted);
        expect(
          !stillLeads() || offered.refused.every((refusal) => refusal.leader === leader),
          `${leader} leads and refuses commands, but does not name itself: its clients will not come back to it`,
        );
        await cluster.run(60);
      }
      expect(
        accepted.length <= ACCEPTED_WITHOUT_QUORUM_MAX,
        `nobody but ${leader} runs, but it accepts ${accepted.length} of ${commands.length} commands, each of 1 KB`,
        { likelyCause: 'propose does not look at how much waits for a quorum' },
      );
      for (const id of others) cluster.restart(id);
      await cluster.steadyLeader();
      const client = new Client(cluster);
      await client.submit('x', { within: EVENTUALLY_MS, likelyCause: 'a leader that was full never accepts again' });
      for (const attempt of stillLeads() ? accepted : [])
        expect(
          client.outcome(attempt) !== 'unknown',
          `nobody knows what became of ${attempt.command}, which was accepted`,
        );
    },
  },
  {
    slug: 'backlog',
    title: 'A follower that comes back works off 5,000 entries while commands go on, and nobody campaigns',
    kind: 'scenario',
    points: 4,
    paper: 'Raft §5.2, §5.3; thesis §10.2.2',
    sentence:
      'Bulk data does not hold up heartbeats: while one follower is brought up to date, it and all others keep their leader.',
    runs: 2,
    async run(test) {
      const bulky = test.seed % 2 === 0;
      // Bulky: a third of a second of the link's time, longer than any election timeout.
      const link = bulky ? { ...LINK, bandwidthBytesPerMs: 50_000 } : LINK;
      const cluster = servers(test, 3, ['n3'], link);
      const leader = await cluster.steadyLeader();
      const { currentTerm } = cluster.status(leader)!;
      const commands = bulky ? batch('a', 4_000, 4_000) : batch('a', 5_000);
      await stream(cluster, leader, commands, { portion: bulky ? 100 : 500, everyMs: 20 });
      cluster.restart('n3');
      let last = { index: 0 };
      for (let i = 0; i < 20; i++) {
        last = (await burst(cluster, leader, batch(`b${i}`, 3))).at(-1)!;
        await cluster.run(COSTS.flushUs / 1_000);
      }
      await appliedEverywhere(cluster, last.index, 'a follower far behind is not brought up to date');
      expect(
        cluster.status(leader)?.role === 'leader' && cluster.highestTerm() === currentTerm,
        `all servers run and answer, but while n3 was brought up to date somebody campaigned: ${cluster.describe()}`,
        { likelyCause: 'heartbeats wait behind a window of large requests, or stop while entries are under way' },
      );
    },
  },
];

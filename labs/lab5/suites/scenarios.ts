import {
  Client,
  type Cluster,
  ExpectationFailed,
  expect,
  KeyValueService,
  Operator,
  type TestDefinition,
} from '#scenario';
import { amidCommands } from '../amid-commands.ts';
import { members, pick } from '../members.ts';

/** Scenarios: a cluster, an operator who changes its members or its leader, and a story. */

/** Longest time that a transfer may take, the last heartbeats that bring the target its entries included. */
const HAND_OVER_MS = 500;

/** Commands must be carried out, by these servers, on all of them. */
async function serves(cluster: Cluster, among: readonly string[], command: string): Promise<void> {
  const client = new Client(cluster);
  const done = await client.submit(command, { among, likelyCause: 'the new members cannot elect a leader, or commit' });
  await client.everywhere(done, { among });
}

/** A command must be carried out by whoever leads: while members change, not all servers need follow. */
async function getsThrough(cluster: Cluster, operator: Operator, command: string): Promise<void> {
  const client = new Client(cluster);
  const endMs = cluster.nowMs + cluster.patienceMs;
  while (cluster.nowMs < endMs) {
    const leader = operator.newestLeader();
    const answer = leader === undefined ? undefined : await client.propose(leader, command);
    if (leader !== undefined && answer?.accepted === true) {
      const attempt = { command, server: leader, index: answer.index, term: answer.term, atMs: cluster.nowMs };
      await cluster.world.run(cluster.nowMs + 200, () => client.outcome(attempt) !== 'unknown');
      if (client.outcome(attempt) === 'done') return;
    } else await cluster.run(10);
  }
  throw new ExpectationFailed(
    'liveness',
    `nobody carries out ${command}: ${cluster.describe()}; ${operator.describe()}`,
  );
}

export const tests: readonly TestDefinition[] = [
  {
    slug: 'grows-and-shrinks',
    title:
      'A cluster grows from one server to five and shrinks again, under commands; each majority is that of its time',
    kind: 'scenario',
    points: 4,
    paper: 'Raft §6; thesis §4.1, §4.2.1',
    sentence:
      'Clusters change one server at a time or many; with each configuration the majority that elections and commitment need is another.',
    runs: 10,
    reaches: { 'majorities of five': 10 },
    async run(test) {
      const cluster = test.cluster({ size: 5, joining: ['n2', 'n3', 'n4', 'n5'] });
      const operator = new Operator(cluster);
      const service = new KeyValueService(cluster);
      await serves(cluster, ['n1'], 'a');
      if (test.seed % 2 === 0) service.compact('n1');
      await operator.teach(members([1]), ['n2', 'n3']);
      await operator.change(members([1, 2, 3]));
      await serves(cluster, ['n1', 'n2', 'n3'], 'b');
      const leader = await cluster.steadyLeader();
      if (test.seed % 2 === 0) service.compact(leader);
      await operator.teach(members([1, 2, 3]), ['n4', 'n5']);
      await operator.change(members([1, 2, 3, 4, 5]));
      await serves(cluster, cluster.ids, 'c');
      // Two of five decide nothing; three do.
      const five = await cluster.steadyLeader();
      const companion = pick(cluster.others(five), test.seed);
      const rest = cluster.others(five, companion);
      cluster.partition([five, companion], rest);
      await new Client(cluster).propose(five, 'lost');
      await serves(cluster, rest, 'd');
      cluster.heal();
      await serves(cluster, cluster.ids, 'e');
      test.reached('majorities of five');
      await operator.change(members([1, 4]));
      operator.stop(['n2', 'n3', 'n5']);
      await serves(cluster, ['n1', 'n4'], 'f');
      await operator.change(members([4]));
      operator.stop(['n1']);
      await serves(cluster, ['n4'], 'g');
    },
  },
  {
    slug: 'everybody-else',
    title: 'A cluster moves to other servers, some or all of them, and the old ones are stopped',
    kind: 'scenario',
    points: 4,
    paper: 'Raft §6, Figure 11; thesis §4.3',
    sentence:
      'A cluster can move to any set of servers, even a disjoint one, while it serves clients; the new servers then do without the old ones.',
    runs: 18,
    reaches: { 'removed servers': 18 },
    async run(test) {
      const cluster = test.cluster({ size: 6, joining: ['n4', 'n5', 'n6'] });
      const operator = new Operator(cluster);
      await serves(cluster, ['n1', 'n2', 'n3'], 'a');
      const target = pick([members([4, 5, 6]), members([3, 4, 5]), members([2, 3, 4])], test.seed);
      const newcomers = target.voters.filter((id) => !['n1', 'n2', 'n3'].includes(id));
      await operator.teach(members([1, 2, 3]), newcomers);
      const client = new Client(cluster);
      const leader = await cluster.steadyLeader(['n1', 'n2', 'n3']);
      const attempt = await client.proposeTo(leader, 'b');
      await operator.change(target, { likelyCause: 'the joint configuration is never committed, or never left' });
      const removed = cluster.up.filter((id) => !target.voters.includes(id));
      operator.stop(removed);
      test.reached('removed servers', removed.length);
      await serves(cluster, target.voters, 'c');
      expect(
        client.outcome(attempt) !== 'unknown',
        'b was accepted before the change, and nobody knows what became of it',
      );
      // Two of the new three are enough.
      const next = await cluster.steadyLeader(target.voters);
      cluster.crash(next);
      await serves(
        cluster,
        target.voters.filter((id) => id !== next),
        'd',
      );
    },
  },
  {
    slug: 'removes-one',
    title: 'The leader, or a follower, is removed and stopped; the others go on',
    kind: 'scenario',
    points: 3,
    paper: 'Raft §6; thesis §4.2.2',
    sentence: 'Any server can be removed, the leader too: the others then serve clients without it.',
    runs: 12,
    async run(test) {
      const size = pick([3, 5, 4, 2], Math.floor(test.seed / 2));
      const cluster = test.cluster({ size });
      const operator = new Operator(cluster);
      await serves(cluster, cluster.ids, 'a');
      const leader = await cluster.steadyLeader();
      const removed = test.seed % 2 === 0 ? leader : cluster.others(leader)[0]!;
      const target = { voters: cluster.others(removed), learners: [] };
      await operator.change(target, {
        likelyCause: 'a leader cannot remove itself, or its change is lost when it steps down',
      });
      operator.stop([removed]);
      await serves(cluster, target.voters, 'b');
      if (size < 4) return;
      const next = await cluster.steadyLeader(target.voters);
      cluster.crash(next);
      await serves(
        cluster,
        target.voters.filter((id) => id !== next),
        'c',
      );
    },
  },
  {
    slug: 'minority-changes-nothing',
    title: 'A leader that is cut off with a minority cannot make that minority the cluster',
    kind: 'scenario',
    points: 4,
    paper: 'Raft §6; thesis §4.1, §4.3',
    sentence:
      'A change needs a majority of the old servers: on the wrong side of a partition it is never committed, and it is undone when the partition ends.',
    runs: 16,
    reaches: { 'changes on the wrong side': 8 },
    async run(test) {
      const cluster = test.cluster({ size: 5 });
      const operator = new Operator(cluster);
      await serves(cluster, cluster.ids, 'a');
      const leader = await cluster.steadyLeader();
      const companion = pick(cluster.others(leader), test.seed);
      const few = [leader, companion];
      const many = cluster.others(...few);
      cluster.partition(few, many);
      const target = { voters: test.seed % 3 === 0 ? [leader] : few, learners: [] };
      const answer = await operator.changeMembership(leader, target);
      if (answer?.accepted) test.reached('changes on the wrong side');
      await serves(cluster, many, 'b');
      await cluster.run(1_000);
      expect(
        operator.committedAt(target) === undefined,
        `${few.join(' and ')} were cut off from the other three, and now say that they alone are the cluster`,
        { likelyCause: 'a change is committed by the new members alone, or taken for done when it is appended' },
      );
      cluster.heal();
      await serves(cluster, cluster.ids, 'c');
      // All are back in the first configuration: any three of the five will do.
      operator.stop(few.length > 1 ? [companion, many[0]!] : []);
      await serves(cluster, [leader, many[1]!, many[2]!], 'd');
    },
  },
  {
    slug: 'leader-dies-in-a-change',
    title: 'The leader dies or is cut off in the middle of a change; the next one completes it, or begins anew',
    kind: 'scenario',
    points: 5,
    paper: 'Raft §6; thesis §4.3',
    sentence:
      'If a leader fails, the next one has the change or has not: it goes on with what it has, and no server is left in a joint configuration.',
    runs: 60,
    reaches: { elections: 65, stepDowns: 18 },
    async run(test) {
      const cluster = test.cluster({ size: 6, joining: ['n4', 'n5', 'n6'] });
      const operator = new Operator(cluster);
      await serves(cluster, ['n1', 'n2', 'n3'], 'a');
      await operator.teach(members([1, 2, 3]), ['n4', 'n5', 'n6']);
      const leader = await cluster.steadyLeader();
      const target = pick([members([4, 5, 6]), members([1, 2, 3, 4, 5]), members([3, 4, 5])], test.seed);
      operator.wish(leader, target);
      await cluster.run(Math.floor(test.seed / 3) % 20);
      if (test.seed % 2 === 0) cluster.crash(leader);
      else cluster.isolate(leader);
      await getsThrough(cluster, operator, 'b');
      await cluster.run(500);
      if (test.seed % 2 === 0) cluster.restart(leader);
      else cluster.heal();
      const likelyCause = 'a new leader does not leave the joint configuration that it finds';
      await amidCommands(cluster, operator, () => operator.change(target, { likelyCause }));
      operator.stop(cluster.ids.filter((id) => !target.voters.includes(id)));
      await serves(cluster, target.voters, 'c');
      for (const id of target.voters)
        expect(cluster.status(id)?.configuration.next === undefined, `${id} is still in a joint configuration`);
    },
  },
  {
    slug: 'hands-over',
    title: 'The operator moves the leadership around; each target leads soon, and no command is lost',
    kind: 'scenario',
    points: 3,
    paper: 'Thesis §3.10',
    sentence:
      'Soon the target leads the next term, though nobody’s election timeout has ended: the old leader was heard all the time. What was committed stays.',
    runs: 12,
    reaches: { transfers: 24 },
    async run(test) {
      const cluster = test.cluster({ size: pick([3, 5, 4, 2], test.seed) });
      const operator = new Operator(cluster);
      const client = new Client(cluster);
      await serves(cluster, cluster.ids, 'a');
      for (let round = 0; round < 4; round++) {
        const leader = await cluster.steadyLeader();
        const to = pick(cluster.others(leader), test.seed + round);
        const before = await client.submit(`b${round}`);
        const answer = await operator.transferLeadership(leader, to);
        expect(answer?.accepted === true, `${leader} leads, and refuses to hand over to the voter ${to}`);
        await cluster.until(
          `${to} to lead, as ${leader} hands over to it`,
          () => cluster.status(to)?.role === 'leader',
          {
            within: HAND_OVER_MS,
            likelyCause:
              'the target waits for its election timeout, or others refuse to vote because they hear a leader',
          },
        );
        test.reached('transfers');
        expect(client.outcome(before) === 'done', `b${round} was committed, and is lost`);
        await client.submit(`c${round}`);
      }
    },
  },
];

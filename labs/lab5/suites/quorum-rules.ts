import { expect, type TestDefinition } from '#scenario';
import { CALM_MS, commits, soonMs } from '../../lab2/messages.ts';
import {
  begins,
  carriesOut,
  depose,
  finishes,
  type Led,
  learn,
  led,
  onlyHandledBy,
  onlyVotedForBy,
} from '../leading.ts';
import { justEnough, justTooFew, members, pick, winsOnlyBy } from '../members.ts';

/**
 * Rule tests of who decides while members change: one real server, `n1`, leads scripted followers. How it changes the
 * members, jointly or one server at a time, is its own affair: the tests count by the configuration that it has appended.
 */

/** Changes of three voters, with three learners to choose from: to a larger set, a smaller one, others, and nobody of before. */
const TARGETS = [
  members([3, 4, 5]),
  members([1, 2, 3, 4, 5]),
  members([1, 4, 5]),
  members([1, 2]),
  members([4, 5, 6]),
] as const;

const JOINERS = ['n4', 'n5', 'n6'];

/** Has `n1` append a configuration that nobody else has yet. @returns `false` when it hands over in place of that */
async function halfway(led: Led, seed: number): Promise<boolean> {
  await learn(led, JOINERS);
  onlyHandledBy(led, []);
  if (!(await begins(led, pick(TARGETS, seed)))) return false;
  const { next } = led.cluster.state.configuration;
  expect(next === undefined || next.voters.length > 0, 'n1 is in a joint configuration that leads to no voters');
  return true;
}

/** Does nothing but let `n1` try; what it then treats as committed, and appends, the rules judge. */
async function staysUncommitted({ cluster }: Led, index: number, by: readonly string[]): Promise<void> {
  await cluster.run(4 * soonMs(cluster));
  expect(
    cluster.state.commitIndex < index,
    `n1 treats index ${cluster.state.commitIndex} as committed, but only it and ${by.join(' and ') || 'nobody else'} hold index ${index}`,
    { likelyCause: 'copies are counted by another configuration than the newest in the log' },
  );
}

export const tests: readonly TestDefinition[] = [
  {
    slug: 'learners-never-count',
    title: 'Learners get the whole log, and nothing is committed by them',
    kind: 'rule',
    points: 4,
    paper: 'Thesis §4.2.1',
    sentence:
      'A learner receives the log like a follower, but it is not counted towards majorities, neither for commitment nor for votes.',
    runs: 20,
    reaches: { learnersWithoutVoters: 20 },
    async run(test) {
      const stage = await led(test, 5, ['n4', 'n5']);
      const { cluster, client, followers } = stage;
      await learn(stage, test.seed % 2 === 0 ? ['n4', 'n5'] : ['n5']);
      onlyHandledBy(stage, ['n4', 'n5']);
      const { index } = await client.proposeTo('n1', 'x');
      await staysUncommitted(stage, index, ['its learners']);
      expect(
        followers.get('n5')!.lastIndex >= index,
        `n1 has accepted x at index ${index}, but the learner n5, which answers everything, has only ${followers.get('n5')!.lastIndex}`,
        { likelyCause: 'a learner gets the log once, when it is added, and then no more' },
      );
      test.reached('learnersWithoutVoters');
      onlyHandledBy(stage, ['n2', 'n4', 'n5']);
      await commits(cluster, index, 'two of three voters hold it', 'learners count towards the size of the majority');
      if (test.seed % 4 < 2) return;
      await depose(stage);
      await winsOnlyBy(cluster, cluster.state.configuration, test.seed, 'learners do not vote');
    },
  },
  {
    slug: 'elections-while-members-change',
    title: 'While a change is under way, elections take the majorities of the configuration in the log',
    kind: 'rule',
    points: 6,
    paper: 'Raft §6; thesis §4.1, §4.3',
    sentence:
      'A server uses the newest configuration in its log, committed or not; while that is joint, an election takes separate majorities of the old and of the new voters.',
    runs: 60,
    reaches: { 'elections while members change': 60, jointElections: 30 },
    async run(test) {
      const stage = await led(test, 6, JOINERS);
      const { cluster } = stage;
      if (!(await halfway(stage, test.seed))) return;
      await depose(stage);
      const { voters, next } = cluster.state.configuration;
      if (next !== undefined) test.reached('jointElections');
      const why = `its voters are ${voters.join(' ')}${next === undefined ? '' : `, and jointly ${next.voters.join(' ')}`}`;
      await winsOnlyBy(cluster, cluster.state.configuration, Math.floor(test.seed / TARGETS.length), why);
      test.reached('elections while members change');
    },
  },
  {
    slug: 'commits-while-members-change',
    title: 'While a change is under way, entries take the majorities of the configuration in the log',
    kind: 'rule',
    points: 6,
    paper: 'Raft §6; thesis §4.1, §4.3',
    sentence:
      'From the moment that a leader appends a configuration it counts copies by it, even for that entry itself; while it is joint, by separate majorities of the old and of the new voters.',
    runs: 60,
    reaches: { 'too few copies': 60 },
    async run(test) {
      const stage = await led(test, 6, JOINERS);
      const { cluster } = stage;
      if (!(await halfway(stage, test.seed))) return;
      const { configuration, lastLogIndex } = cluster.state;
      const n = Math.floor(test.seed / TARGETS.length);
      const few = pick(justTooFew(configuration, cluster.peers), n);
      onlyHandledBy(stage, few);
      await staysUncommitted(stage, lastLogIndex, few);
      test.reached('too few copies');
      const enough = pick(justEnough(configuration, cluster.peers), n);
      onlyHandledBy(stage, [...few, ...enough]);
      await commits(
        cluster,
        lastLogIndex,
        'a quorum of the configuration in its log holds it',
        'more copies than the configuration asks for are waited for',
      );
      onlyHandledBy(stage, cluster.peers);
      await finishes(stage, pick(TARGETS, test.seed));
    },
  },
  {
    slug: 'a-new-leader-takes-the-change-over',
    title: 'A leader that finds a change half done neither hastens nor forgets it',
    kind: 'rule',
    points: 5,
    paper: 'Raft §6; thesis §4.3',
    sentence:
      'A leader leaves a joint configuration, whoever appended it, once it is committed under the leader, and not before; from then on the new configuration alone decides.',
    runs: 40,
    reaches: { 'joint configurations found': 20 },
    async run(test) {
      const stage = await led(test, 6, JOINERS);
      const { cluster, client } = stage;
      // The server itself stays: it is to lead again.
      const target = pick([members([1, 2, 3, 4, 5]), members([1, 4, 5]), members([1, 5, 6])], test.seed);
      await learn(stage, JOINERS);
      onlyHandledBy(stage, []);
      await begins(stage, target);
      await depose(stage);
      const { configuration } = cluster.state;
      const n = Math.floor(test.seed / 3);
      onlyVotedForBy(stage, cluster.peers);
      await cluster.until('n1 to win, with all votes', () => cluster.status('n1')?.role === 'leader');
      if (configuration.next !== undefined) test.reached('joint configurations found');
      // A leader may refuse commands until its no-op is committed: that is then the entry of its term to look at.
      const answer = await client.propose('n1', 'y');
      const index = answer?.accepted === true ? answer.index : cluster.state.lastLogIndex;
      onlyHandledBy(stage, pick(justTooFew(configuration, cluster.peers), n));
      await cluster.run(4 * soonMs(cluster));
      expect(
        cluster.state.commitIndex < index,
        `n1 treats index ${cluster.state.commitIndex} as committed, but no quorum holds it`,
        { likelyCause: 'the new leader counts by the new configuration before the joint one is committed' },
      );
      onlyHandledBy(stage, cluster.peers);
      await cluster.until(
        'n1 to leave the joint configuration, which all servers have acknowledged',
        () => cluster.state.configuration.next === undefined,
        { likelyCause: 'only the leader that began a change finishes it' },
      );
      await stage.operator.change(target, {
        among: ['n1'],
        likelyCause: 'only the leader that began a change finishes it',
      });
      await cluster.run(CALM_MS);
      await carriesOut(stage, 'z');
    },
  },
];

import { sameConfiguration } from '#checkers';
import type { AppendEntriesArgs } from '#contract';
import { Client, expect, Operator, scriptFollowers, type TestDefinition } from '#scenario';
import { CALM_MS, commits, lead, soonMs } from '../../lab2/messages.ts';
import { begins, bringsNothing, carriesOut, finishes, isHeard, learn, led, onlyHandledBy } from '../leading.ts';
import { members } from '../members.ts';

/** Virtual milliseconds in which a leader may let removed servers hear that they are out. */
const GRACE_MS = 3_000;

/** Rule tests of a leader that is asked for other members: what it may begin, when, and until when it leads. */

export const tests: readonly TestDefinition[] = [
  {
    slug: 'one-change-at-a-time',
    title: 'While a change is under way the leader refuses another, and names itself',
    kind: 'rule',
    points: 4,
    paper: 'Thesis §4.1, §4.3',
    sentence:
      'A leader begins no change before the previous one is committed; it answers that the operator should try again, and does so once that is done.',
    runs: 16,
    reaches: { 'changes one after the other': 16 },
    async run(test) {
      const stage = await led(test, 5, ['n4', 'n5']);
      const { cluster, operator } = stage;
      await learn(stage, ['n4', 'n5']);
      onlyHandledBy(stage, []);
      const first = [members([1, 2, 3, 4], [5]), members([1, 2]), members([1, 2, 4, 5]), members([1, 2, 3])][
        test.seed % 4
      ]!;
      await begins(stage, first);
      const { lastLogIndex } = cluster.state;
      for (const second of [members([1, 3, 5]), members([1, 2, 3], [5])]) {
        const answer = await operator.changeMembership('n1', second);
        expect(
          answer?.accepted === false,
          'n1 has a change under way that nobody has acknowledged, but accepts another',
          { likelyCause: 'changeMembership does not look whether the newest configuration is committed' },
        );
        expect(
          answer.leader === 'n1',
          `n1 leads and refuses a change because another is under way; that means "try again later", and it must name itself, but it names ${answer.leader ?? 'nobody'}`,
        );
      }
      expect(
        cluster.state.lastLogIndex === lastLogIndex,
        `n1 has refused further changes, but its log has grown from ${lastLogIndex} to ${cluster.state.lastLogIndex}`,
      );
      onlyHandledBy(stage, cluster.peers);
      await finishes(stage, first);
      await cluster.run(CALM_MS);
      await operator.change(members([1, 2, 5]), {
        among: ['n1'],
        likelyCause: 'a change that is done still counts as one under way',
      });
      test.reached('changes one after the other', 2);
    },
  },
  {
    slug: 'own-term-first',
    title: 'A new leader changes nothing before it has committed an entry of its own term',
    kind: 'rule',
    points: 3,
    paper: 'Thesis §4.1; D. Ongaro on raft-dev, July 2015',
    sentence:
      'Without joint consensus a leader may not append a new configuration until it has committed an entry of its current term: another leader’s uncommitted change may not overlap with its own.',
    runs: 12,
    reaches: { 'changes asked for too early': 60 },
    async run(test) {
      const cluster = test.scripted({ size: 5, joining: ['n5'] });
      const followers = scriptFollowers(cluster);
      const operator = new Operator(cluster);
      const client = new Client(cluster);
      for (const follower of followers) follower.handles = (args) => bringsNothing(follower, args);
      const term = await lead(cluster);
      const before = cluster.state.configuration;
      const target = [members([1, 2, 3]), members([1, 2, 3, 4, 5]), members([1, 3, 4], [2])][test.seed % 3]!;
      // It may refuse, or change jointly; what it may not do, the rule ConfigChange sees.
      for (let times = 0; times < 5; times++) {
        await operator.changeMembership('n1', target);
        await cluster.run(40);
      }
      test.reached('changes asked for too early', 5);
      expect(cluster.state.role === 'leader', `n1 led term ${term}, and nobody has disturbed it`);
      for (const follower of followers) {
        follower.handles = () => true;
        follower.catchUp();
      }
      const { index } = await client.proposeTo('n1', 'x');
      await commits(cluster, index, 'all servers answer', 'a leader that refuses a change is stuck');
      // An operator adds nobody who has not learned.
      const stage = { cluster, followers: new Map(followers.map((each) => [each.id, each])), operator, client };
      const begun = !sameConfiguration(cluster.state.configuration, before);
      if (!begun && target.voters.includes('n5')) await learn(stage, ['n5']);
      await operator.change(target, {
        among: ['n1'],
        likelyCause: 'a new leader never finds its term settled, and refuses every change',
      });
    },
  },
  {
    slug: 'leads-until-it-is-out',
    title: 'A leader that removes itself leads until that is committed, and does not count itself',
    kind: 'rule',
    points: 5,
    paper: 'Raft §6 (second issue); thesis §4.2.2',
    sentence:
      'There is a time in which the leader manages a cluster that does not include itself: it replicates log entries but does not count itself in majorities, and steps down only when the new configuration is committed.',
    runs: 24,
    reaches: { 'leaders without themselves': 12 },
    async run(test) {
      const stage = await led(test, 5, ['n4', 'n5']);
      const { cluster } = stage;
      await learn(stage, ['n4', 'n5']);
      const target = [members([2, 3]), members([2, 3, 4, 5]), members([2, 3], [1])][test.seed % 3]!;
      // Until it is out of its own configuration, all answer; then one short of a majority of the others.
      const out = (): boolean => {
        const { voters, next } = cluster.state.configuration;
        return next === undefined && !voters.includes('n1');
      };
      const removes = ({ entries }: AppendEntriesArgs): boolean =>
        entries.some(({ configuration: c }) => c !== undefined && c.next === undefined && !c.voters.includes('n1'));
      for (const follower of stage.followers.values())
        follower.handles = (args) => !removes(args) || bringsNothing(follower, args);
      // A leader may also hand over first, and leave the change, or the rest of it, to the next one.
      if (!(await begins(stage, target))) return;
      await cluster.world.run(cluster.nowMs + 2_000, () => out() || cluster.state.role !== 'leader');
      if (!out()) return;
      test.reached('leaders without themselves');
      const { lastLogIndex, currentTerm, configuration } = cluster.state;
      const few = configuration.voters.slice(0, Math.floor(configuration.voters.length / 2));
      onlyHandledBy(stage, few);
      const sinceMs = cluster.nowMs;
      await cluster.run(10 * soonMs(cluster));
      expect(
        cluster.state.commitIndex < lastLogIndex,
        `n1 has removed itself, and ${few.join(' and ')} of the voters ${configuration.voters.join(' ')} hold that, but n1 treats it as committed`,
        { likelyCause: 'a leader counts its own copy even when it is no voter' },
      );
      expect(
        cluster.state.role === 'leader' && cluster.state.currentTerm === currentTerm,
        'n1 has removed itself, which is not committed yet, but it leads no more: nobody need have what it began',
        { likelyCause: 'the leader steps down when it appends the configuration without itself' },
      );
      for (const id of few) isHeard(stage, id, sinceMs, 'n1 has removed itself, which is not committed yet');
      onlyHandledBy(stage, cluster.peers);
      await finishes(stage, target, 'a leader that is no voter does not go on replicating');
    },
  },
  {
    slug: 'newcomers-catch-up',
    title: 'A server that joins gets the whole log, or a snapshot, and every removed one gets no more',
    kind: 'rule',
    points: 4,
    paper: 'Thesis §4.2.1',
    sentence:
      'A leader sends its log to all members of the newest configuration in its log, from the moment that it appends it: those who were added begin at their own beginning.',
    runs: 16,
    reaches: { snapshotsSent: 10 },
    async run(test) {
      const stage = await led(test, 6, ['n4', 'n5', 'n6']);
      const { cluster, followers } = stage;
      let last = 0;
      for (let i = 0; i < 20; i++) last = await carriesOut(stage, `c${i}`);
      // Those who have been away must be caught up along with the newcomers.
      if (test.seed % 2 === 0) {
        cluster.world.compact('n1', last, `everything up to ${last}`);
        await cluster.run(CALM_MS);
      }
      await learn(stage, ['n4', 'n5']);
      const target = members([1, 4, 5], test.seed % 4 < 2 ? [] : [6]);
      await stage.operator.change(target, { among: ['n1'] });
      await cluster.run(GRACE_MS);
      const index = await carriesOut(stage, 'x');
      await cluster.run(4 * soonMs(cluster));
      for (const id of [...target.voters, ...target.learners].filter((each) => each !== 'n1')) {
        const { lastIndex, toldCommit } = followers.get(id)!;
        expect(
          lastIndex >= index && toldCommit >= index,
          `${id} is a member, but has only ${lastIndex} of ${index} entries`,
          {
            likelyCause: 'a server that is added to the members is not added to those whom the leader sends its log',
          },
        );
      }
      // Some grace is right: a removed server should hear that it is out.
      const removed = ['n2', 'n3'].find((id) => followers.get(id)!.lastIndex >= index);
      expect(
        removed === undefined,
        `${removed} was removed ${GRACE_MS} ms ago, but the leader still sends it new entries`,
        {
          likelyCause: 'a removed server is never taken from those whom the leader sends its log',
        },
      );
    },
  },
];

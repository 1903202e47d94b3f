import { expect, scriptFollowers, type TestDefinition } from '#scenario';
import { CALM_MS, entries, lead, ScriptedLeader } from '../../lab2/messages.ts';
import { restart } from '../../lab3/restarts.ts';
import { FAR } from '../lab.ts';
import { alone, batch, burst, commitsAtLast, leading, offerAll, stream } from '../load.ts';

/** Answers: what each proves while several requests are under way, and when it may be given. */

export const tests: readonly TestDefinition[] = [
  {
    slug: 'counts-each-answer',
    title: 'A success proves what its own request covered, and nothing of what went out behind it',
    kind: 'rule',
    points: 5,
    paper: 'Raft §5.3, Figure 2 (matchIndex); thesis §10.2.2',
    sentence:
      'matchIndex moves to prevLogIndex plus the number of entries of the very request that was answered, not to the end of what was sent.',
    runs: 24,
    async run(test) {
      const cluster = alone(test, 3, FAR);
      const [near, hung] = scriptFollowers(cluster);
      await lead(cluster);
      await cluster.run(CALM_MS);
      await stream(cluster, 'n1', batch('a', 20), { portion: 2, everyMs: 7 });
      await cluster.run(CALM_MS);
      hung!.handles = ({ entries: list }) => list.length === 0;
      const base = near!.lastIndex;
      // Only the first few of what comes now are handled; the rest arrives, and waits.
      const most = base + 2 + (test.seed % 11);
      near!.handles = ({ prevLogIndex, entries: list }) => prevLogIndex + list.length <= most;
      const last = (await stream(cluster, 'n1', batch('b', 36), { portion: 1 + (test.seed % 3), everyMs: 6 })).at(-1)!;
      await cluster.run(100);
      const { commitIndex } = cluster.state;
      expect(
        commitIndex <= near!.lastIndex,
        `n2 has ${near!.lastIndex} entries and n3 fewer, but n1 has committed ${commitIndex}`,
        { likelyCause: 'a success moves matchIndex to nextIndex - 1, which is behind all that is under way' },
      );
      near!.handles = () => true;
      hung!.handles = () => true;
      near!.catchUp();
      hung!.catchUp();
      await commitsAtLast(cluster, last.index);
    },
  },
  {
    slug: 'answers-of-an-earlier-term',
    title: 'Answers to a pipeline of an earlier term count for nothing when the server leads again',
    kind: 'rule',
    points: 4,
    paper: 'Raft §5.3, Figure 2 (volatile state on leaders)',
    sentence: 'What is under way, and who has what, is known anew in each term that a server leads.',
    runs: 16,
    reaches: { 'late answers': 16 },
    async run(test) {
      const { cluster, followers } = await leading(test, 5);
      const [near, other] = followers;
      const { currentTerm, lastLogIndex } = cluster.state;
      const kept = near!.log.slice(0, lastLogIndex);
      for (const follower of followers.slice(1)) follower.handles = ({ entries: list }) => list.length === 0;
      // In some runs the first answers come in time: what they have proven is over with the term, too.
      const heard = test.seed % 2 === 0 ? 6 : 0;
      const held = cluster.hold({
        from: near!.id,
        to: 'n1',
        when: ({ args }) =>
          'entries' in args &&
          args.entries.length > 0 &&
          args.prevLogIndex + args.entries.length > lastLogIndex + heard,
      });
      await stream(cluster, 'n1', batch('old', 30), { portion: 6, everyMs: 1 + (test.seed % 7) });
      const next = [...kept, ...entries(...Array<number>(lastLogIndex + 1).fill(currentTerm + 1)).slice(lastLogIndex)];
      await new ScriptedLeader(cluster, other!.id, currentTerm + 1, next).stores(lastLogIndex, lastLogIndex + 1);
      other!.log.splice(0, Number.POSITIVE_INFINITY, ...next);
      await cluster.run(20);
      held.stop();
      for (const follower of followers) {
        follower.currentTerm = currentTerm + 1;
        follower.handles = ({ entries: list, prevLogIndex }) =>
          follower === other || (list.length === 0 && prevLogIndex <= lastLogIndex);
      }
      await lead(cluster);
      await cluster.run(test.seed % 10);
      for (let part = 1; part <= 3; part++) {
        // It may ask them to come later, as nothing of its term can be committed yet.
        offerAll(cluster, 'n1', batch(`new${part}`, 10));
        await cluster.run(6);
      }
      const { commitIndex } = cluster.state;
      test.reached('late answers', held.release());
      await cluster.run(40);
      expect(
        cluster.state.commitIndex === commitIndex,
        `two of five have entries of term ${cluster.state.currentTerm}, but n1 commits index ${cluster.state.commitIndex}`,
        { likelyCause: 'an answer is taken for one of the present term, because it finds a request under way' },
      );
      for (const follower of followers) {
        follower.handles = () => true;
        follower.catchUp();
      }
      const [again] = await burst(cluster, 'n1', ['again']);
      await commitsAtLast(cluster, again!.index);
    },
  },
  {
    slug: 'promises-behind-the-flush',
    title: 'A follower of a pipelining leader answers each request once that one is durable',
    kind: 'rule',
    points: 4,
    paper: 'Raft Figure 2; thesis §10.2',
    sentence:
      'Several requests may share a flush, but only one that began after they were written: neither an answer nor a vote leaves before its own write is durable.',
    runs: 56,
    reaches: { 'answers before the crash': 40, crashesWithLoss: 20 },
    async run(test) {
      const cluster = alone(test, 3, FAR);
      const log = entries(1, ...Array<number>(60).fill(2));
      const leader = new ScriptedLeader(cluster, 'n2', 2, log);
      await leader.stores(0, 3, 1);
      // In some runs another leader's entries come while those of the first wait for their flush, and replace them.
      const replaced = test.seed % 7 === 6;
      const sent = [3, 4, 6, 9, 13, 18, 24].map((prev, i, all) => ({ prev, end: all[i + 1] ?? 30 }));
      const asked: { readonly end: number; readonly outgoing: ReturnType<typeof cluster.send> }[] = [];
      for (const { prev, end } of sent) {
        asked.push({ end, outgoing: cluster.send('n2', 'AppendEntries', leader.request(prev, end, 1)) });
        await cluster.run(replaced ? 1 : [0.1, 1, 2, 4][test.seed % 4]!);
      }
      if (replaced) {
        await cluster.run((test.seed % 4) * 0.7);
        const rival = new ScriptedLeader(cluster, 'n3', 3, entries(1, 2, 2, 2, ...Array<number>(36).fill(3)));
        await rival.stores(4, 6, 1);
        await rival.stores(4, 8, 8);
        return;
      }
      const votes = test.seed % 3 === 0;
      const vote = { term: 3, candidateId: 'n3', lastLogIndex: 60, lastLogTerm: 2 };
      if (votes) cluster.send('n3', 'RequestVote', vote);
      // The first arrives 20 ms after it left, and its answer as much later.
      await cluster.run(8 + ((test.seed * 1.3) % 24));
      const acknowledged = (): number =>
        Math.max(3, ...asked.filter(({ outgoing: { reply } }) => isSuccess(reply)).map(({ end }) => end));
      const { currentTerm } = cluster.state;
      await restart(cluster, 'n1', { keepWrites: test.seed % 2 });
      await cluster.run(60);
      const promised = acknowledged();
      test.reached('answers before the crash', asked.filter(({ outgoing: { reply } }) => isSuccess(reply)).length);
      const next = new ScriptedLeader(cluster, 'n2', currentTerm + 3, log);
      await next.stores(promised, promised, 1, 'what was acknowledged had not been flushed when the server crashed');
      await next.stores(promised, 40, 40);
    },
  },
];

function isSuccess(reply: unknown): boolean {
  return typeof reply === 'object' && reply !== null && (reply as { readonly success?: boolean }).success === true;
}

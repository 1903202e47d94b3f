import { expect, type TestDefinition } from '#scenario';
import { AT_ONCE_MS, isElection, latestMs } from '../peers.ts';

/** What makes a leader, and what does not. */
export const tests: readonly TestDefinition[] = [
  {
    slug: 'wins-with-a-majority',
    title: 'A candidate leads as soon as a majority has voted for it, and not before',
    kind: 'rule',
    points: 5,
    paper: 'Raft §5.2',
    sentence:
      'A candidate wins an election if it receives votes from a majority of the servers in the full cluster for the same term.',
    runs: 35,
    async run(test) {
      const size = 1 + (test.seed % 7);
      const cluster = test.scripted({ size });
      if (size > 1) {
        const { args } = await cluster.campaign(0);
        const needed = Math.floor(size / 2);
        // Once all are asked: an answer may come at any time.
        await cluster.run(AT_ONCE_MS);
        const asked = cluster.incoming.filter(
          (each) => each.args.term === args.term && !each.answered && isElection(each),
        );
        const once = asked.filter((each, i) => asked.findIndex(({ peer }) => peer === each.peer) === i);
        expect(
          once.length === size - 1,
          `n1 stands for election, but within ${AT_ONCE_MS} ms it asked only ${once.length} of the ${size - 1} other servers for their votes`,
          { likelyCause: 'a server is left out of the list of those to ask, or asked only once another has answered' },
        );
        for (const request of once.slice(0, needed - 1))
          cluster.answer(request, { term: args.term, voteGranted: true });
        for (const request of once.slice(needed)) cluster.answer(request, { term: args.term, voteGranted: false });
        await cluster.run(AT_ONCE_MS);
        expect(cluster.state.role !== 'leader', `n1 leads with ${needed} of ${size} votes, its own included`, {
          likelyCause: 'the majority is computed wrongly, or a refusal is counted as a vote',
        });
        cluster.answer(once[needed - 1]!, { term: args.term, voteGranted: true });
      }
      const votes = Math.floor(size / 2) + 1;
      await cluster.until(
        size === 1
          ? 'n1 to lead: it is the only server, and its own vote is a majority'
          : `n1 to lead: of the ${size} servers, ${votes} have voted for it, itself among them`,
        () => cluster.status('n1')?.role === 'leader',
        {
          within: size === 1 ? latestMs(cluster) : AT_ONCE_MS,
          likelyCause:
            size === 1
              ? 'whether the votes are a majority is asked only when an answer comes, and here none will'
              : 'more votes than a majority are asked for, or its own vote is not counted',
        },
      );
      test.reached(`wins of ${size}`);
    },
  },
  {
    slug: 'counts-each-vote-once',
    title: 'A vote counts once, and only for the term that it was given in',
    kind: 'rule',
    points: 5,
    paper: 'Raft §5.2',
    sentence:
      'Only votes of different servers for the candidate’s current term count, however late or often replies come.',
    runs: 20,
    async run(test) {
      const cluster = test.scripted({ size: 5 });
      const first = await cluster.campaign(0);
      const second = await cluster.campaign(first.args.term, {
        likelyCause: 'a candidate that gets no answer never starts another election',
      });
      // Three late votes of the first election, and in the second everything that one voter was asked.
      const late = cluster.incoming.filter(
        (each) => isElection(each) && each.args.term === first.args.term && !each.answered,
      );
      for (const request of late) cluster.answer(request, { term: first.args.term, voteGranted: true });
      await cluster.run(AT_ONCE_MS);
      for (const request of cluster.incoming.filter(
        (each) => isElection(each) && each.peer === 'n2' && !each.answered && each.args.term === second.args.term,
      )) {
        cluster.answer(request, { term: second.args.term, voteGranted: true });
      }
      cluster.auto = (request) =>
        isElection(request) && request.peer === 'n2' ? { term: request.args.term, voteGranted: true } : undefined;
      await cluster.run(1_000);
      expect(
        cluster.state.role !== 'leader',
        `n1 leads term ${cluster.state.currentTerm} with its own vote and that of n2, in a cluster of 5`,
      );
      test.reached('lateVotes', late.length);
    },
  },
];

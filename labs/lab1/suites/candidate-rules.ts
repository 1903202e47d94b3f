import { expect, type TestDefinition } from '#scenario';
import { AT_ONCE_MS, beat, isElection, LATE_IN_ELECTION_MS, latestMs, sizeFor, staysPatient } from '../peers.ts';

/** What a candidate owes: §5.2 from the first timeout to the end of its candidacy. */
export const tests: readonly TestDefinition[] = [
  {
    slug: 'campaigns-in-time',
    title: 'A server that hears from nobody starts an election, neither early nor late',
    kind: 'rule',
    points: 5,
    paper: 'Raft §5.2',
    sentence:
      'A follower that receives no communication over its election timeout, drawn from the given range, increments its term, becomes a candidate and asks for votes.',
    runs: 60,
    async run(test) {
      const cluster = test.scripted({ size: sizeFor(test.seed) });
      const { electionTimeoutMsMin } = cluster.world.timing;
      const first = await cluster.campaign(0, {
        within: latestMs(cluster),
        likelyCause: 'no election timer runs from the start, or it is drawn from too long a range',
      });
      // The request took 1 ms.
      const waitedMs = first.atMs - 1;
      expect(
        waitedMs >= electionTimeoutMsMin,
        `n1 campaigned after ${waitedMs} ms; the shortest election timeout is ${electionTimeoutMsMin} ms`,
      );
      const { role, currentTerm } = cluster.state;
      expect(role === 'candidate', `n1 asks for votes, but says that it is ${role}`);
      expect(
        first.args.term === currentTerm,
        `n1 asks for votes of term ${first.args.term}, but says that it is in term ${currentTerm}`,
      );
      expect(
        first.args.lastLogIndex === 0 && first.args.lastLogTerm === 0,
        `n1's log is empty, but it asks for votes with last entry ${first.args.lastLogIndex} of term ${first.args.lastLogTerm}`,
      );
      test.reached('campaigns');
    },
  },
  {
    slug: 'asks-all-at-once',
    title: 'A candidate asks all others at the same time, whoever does not answer',
    kind: 'rule',
    points: 3,
    paper: 'Raft §5.2',
    sentence: 'A candidate issues RequestVote RPCs in parallel to each of the other servers in the cluster.',
    runs: 10,
    async run(test) {
      const cluster = test.scripted({ size: sizeFor(test.seed) });
      const { args } = await cluster.campaign(0);
      for (const peer of cluster.peers) {
        await cluster.request(
          'RequestVote',
          `n1 to ask ${peer} for its vote of term ${args.term}, while the others have not answered`,
          (each, to) => to === peer && each.term === args.term && each.preVote !== true,
          {
            within: AT_ONCE_MS,
            likelyCause: 'the requests are sent one after another, each awaiting the answer to the one before',
          },
        );
      }
    },
  },
  {
    slug: 'candidate-steps-down',
    title: 'A candidate gives way to a leader of its own term, and to any higher term',
    kind: 'rule',
    points: 5,
    paper: 'Raft §5.1, §5.2',
    sentence:
      'A candidate that receives AppendEntries from a leader whose term is at least its own returns to follower state; a higher term, in a request or in a reply, does the same.',
    runs: 20,
    async run(test) {
      const cluster = test.scripted({ size: 5 });
      const request = await cluster.campaign(0);
      const { term } = request.args;
      const way = test.seed % 3;
      if (way < 2) await cluster.run(LATE_IN_ELECTION_MS);
      if (way === 0) {
        const reply = await beat(cluster, 'n3', term);
        expect(
          reply?.success === true,
          `n3 leads term ${term}, in which n1 is a candidate, but n1 does not accept its heartbeat`,
        );
      } else if (way === 1) {
        await beat(cluster, 'n3', term + 3);
      } else {
        cluster.answer(request, { term: term + 3, voteGranted: false });
        await cluster.run(AT_ONCE_MS);
      }
      const { role, currentTerm } = cluster.state;
      const due = way === 0 ? term : term + 3;
      const what = ['a heartbeat of that term', `a heartbeat of term ${due}`, `a reply of term ${due}`][way];
      expect(
        role === 'follower' && currentTerm === due,
        `n1 was a candidate in term ${term} and got ${what}, but is ${role} in term ${currentTerm}`,
      );
      // Votes that come now are of no use.
      for (const each of cluster.incoming.filter((one) => isElection(one) && !one.answered))
        cluster.answer(each, { term, voteGranted: true });
      await cluster.run(AT_ONCE_MS);
      expect(
        cluster.state.role === 'follower',
        `n1 gave way in term ${due}, but late votes of term ${term} made it ${cluster.state.role}`,
      );
      if (way < 2) await staysPatient(cluster, due, `a candidate, got a heartbeat of term ${due}`);
    },
  },
  {
    slug: 'tries-again',
    title: 'A candidate that gets no majority starts another election, in a new term, after a new random timeout',
    kind: 'rule',
    points: 5,
    paper: 'Raft §5.2',
    sentence:
      'Each candidate will time out and start a new election by incrementing its term; election timeouts are chosen randomly, anew at the start of each election.',
    runs: 8,
    async run(test) {
      const cluster = test.scripted({ size: 3 });
      const { electionTimeoutMsMin, electionTimeoutMsMax } = cluster.world.timing;
      const startsMs: number[] = [];
      let term = 0;
      for (let round = 0; round < 12; round++) {
        // Some wait a little longer after a lost election.
        const next = await cluster.campaign(term, {
          within: 4 * electionTimeoutMsMax,
          likelyCause: 'a candidate has no election timer, or does not increment its term',
        });
        term = next.args.term;
        startsMs.push(next.atMs);
      }
      const rounds = startsMs.slice(1).map((atMs, i) => atMs - startsMs[i]!);
      const shortestMs = Math.min(...rounds);
      // A question before the vote takes a few milliseconds of the timeout.
      expect(
        shortestMs >= electionTimeoutMsMin - 10,
        `n1 started an election ${Math.round(shortestMs)} ms after the one before; the shortest election timeout is ${electionTimeoutMsMin} ms`,
      );
      expect(
        Math.max(...rounds) - shortestMs > 3,
        `n1 waited ${Math.round(shortestMs)} ms each of ${rounds.length} times between two elections`,
        {
          likelyCause: 'the election timeout is fixed, or drawn once and for all',
        },
      );
      test.reached('rounds', rounds.length);
    },
  },
];

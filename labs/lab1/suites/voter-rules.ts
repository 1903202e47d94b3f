import { expect, type TestDefinition } from '#scenario';
import {
  askVote,
  beat,
  heartbeat,
  isElection,
  LATE_IN_ELECTION_MS,
  latestMs,
  staysPatient,
  voteRequest,
} from '../peers.ts';

/** What a server owes to those that ask for its vote, and to a leader. */
export const tests: readonly TestDefinition[] = [
  {
    slug: 'votes-once-per-term',
    title: 'A server gives its vote of a term to one candidate, first come, first served',
    kind: 'rule',
    points: 6,
    paper: 'Raft §5.2',
    sentence: 'Each server will vote for at most one candidate in a given term, on a first-come-first-served basis.',
    runs: 10,
    async run(test) {
      const cluster = test.scripted({ size: 5 });
      const vote = await askVote(cluster, 'n2', 3);
      expect(vote?.voteGranted === true, 'n1 has not voted in term 3 and hears of no leader, but does not vote for n2');
      expect(vote.term === 3, `n1 votes for n2 in term 3, but its answer says that it is in term ${vote.term}`, {
        likelyCause: 'the answer carries the term that n1 was in before the request came',
      });
      expect((await askVote(cluster, 'n3', 3))?.voteGranted !== true, 'n1 voted for n2 in term 3, and for n3 too');
      expect(
        (await askVote(cluster, 'n2', 3))?.voteGranted === true,
        'n1 voted for n2 in term 3, but refuses when n2 asks again, as it does when the first answer is lost',
        {
          likelyCause: 'votedFor is compared with null only, not with the candidate',
        },
      );
      expect((await askVote(cluster, 'n3', 2))?.voteGranted !== true, 'n1 is in term 3, but votes for n3 in term 2');
      expect(
        (await askVote(cluster, 'n4', 4))?.voteGranted === true,
        'n1 has not voted in term 4, but does not vote for n4',
        { likelyCause: 'votedFor is not cleared when the term grows, or was set by a request that was refused' },
      );
      await beat(cluster, 'n4', 4);
      expect(
        (await askVote(cluster, 'n5', 4))?.voteGranted !== true,
        'n1 voted for n4 in term 4, and, after a heartbeat of n4, for n5 too',
        { likelyCause: 'votedFor is cleared by AppendEntries of the same term' },
      );
      expect(
        cluster.state.currentTerm === 4,
        `the highest term that n1 was told is 4, but it says ${cluster.state.currentTerm}`,
      );
    },
  },
  {
    slug: 'candidate-votes-for-itself',
    title: 'A candidate has given its vote to itself',
    kind: 'rule',
    points: 3,
    paper: 'Raft §5.2',
    sentence:
      'To begin an election, a follower increments its current term, transitions to candidate state and votes for itself.',
    runs: 10,
    async run(test) {
      const cluster = test.scripted({ size: 3 });
      const { args } = await cluster.campaign(0);
      expect(
        (await askVote(cluster, 'n2', args.term))?.voteGranted !== true,
        `n1 is a candidate in term ${args.term}, but votes for n2 in that term`,
      );
      await cluster.run(LATE_IN_ELECTION_MS);
      const next = args.term + 1;
      expect(
        (await askVote(cluster, 'n3', next))?.voteGranted === true,
        `n1 has not voted in term ${next}, but refuses n3`,
        { likelyCause: 'a candidate refuses all others, even those of a later term' },
      );
      await staysPatient(cluster, next, `a candidate, voted for n3 in term ${next}`);
    },
  },
  {
    slug: 'refuses-old-terms',
    title: 'Requests of an old term are refused, with the current term, and change nothing',
    kind: 'rule',
    points: 5,
    paper: 'Raft §5.1',
    sentence: 'If a server receives a request with a stale term number, it rejects the request.',
    runs: 30,
    async run(test) {
      const cluster = test.scripted({ size: 3 });
      const { timing } = cluster.world;
      await cluster.run(20);
      await beat(cluster, 'n2', 7);
      expect(
        cluster.state.currentTerm === 7,
        `n2 leads term 7, but n1 says that it is in term ${cluster.state.currentTerm}`,
      );
      const heardMs = cluster.nowMs;
      const append = await beat(cluster, 'n3', 5);
      expect(append?.success !== true, 'n1 is in term 7, but accepts AppendEntries of term 5');
      expect(
        append === undefined || append.term === 7,
        `n1 is in term 7, but answers AppendEntries of term 5 with term ${append?.term}`,
      );
      const vote = await askVote(cluster, 'n3', 6);
      expect(vote?.voteGranted !== true, 'n1 is in term 7, but votes in term 6');
      expect(
        vote === undefined || vote.term === 7,
        `n1 is in term 7, but answers RequestVote of term 6 with term ${vote?.term}`,
      );
      const { currentTerm, leader } = cluster.state;
      expect(
        currentTerm === 7 && leader !== 'n3',
        `after requests of old terms, n1 says that it is in term ${currentTerm}, led by ${leader}`,
      );
      // They do not count as communication either: the election timeout goes on.
      while (cluster.nowMs < heardMs + latestMs(cluster) && !cluster.incoming.some(isElection)) {
        cluster.send('n3', 'AppendEntries', heartbeat(5, 'n3'));
        cluster.send('n3', 'RequestVote', voteRequest(6, 'n3'));
        await cluster.run(timing.heartbeatMs / 2);
      }
      expect(
        cluster.incoming.some(isElection) || cluster.state.currentTerm > 7,
        `the last request of a leader of its term reached n1 at ${Math.round(heardMs)} ms, but it has not started an election until ${Math.round(cluster.nowMs)} ms`,
        {
          likelyCause: 'requests of an old term reset the election timer',
        },
      );
    },
  },
  {
    slug: 'heartbeats-hold-elections-off',
    title: 'While heartbeats come, there is no election; when they end, there is one',
    kind: 'rule',
    points: 5,
    paper: 'Raft §5.2',
    sentence: 'A server remains in follower state as long as it receives valid RPCs from a leader or candidate.',
    runs: 30,
    async run(test) {
      const cluster = test.scripted({ size: 3 });
      const { heartbeatMs, electionTimeoutMsMin } = cluster.world.timing;
      let lastMs = 0;
      for (let i = 0; i < 30; i++) {
        const early = cluster.incoming.find(isElection);
        expect(
          early === undefined,
          `n1 asked for votes ${Math.round((early?.atMs ?? 0) - 1 - lastMs)} ms after a heartbeat; the shortest election timeout is ${electionTimeoutMsMin} ms`,
          {
            evidence: early === undefined ? [] : [early.step],
            likelyCause:
              'a heartbeat does not reset the election timer, or starts another while the one before it runs on',
          },
        );
        const reply = await beat(cluster, 'n2', 2);
        expect(
          reply === undefined || (reply.success && reply.term === 2),
          `n1 answers a heartbeat of term 2 with ${JSON.stringify(reply)}`,
        );
        lastMs = cluster.nowMs - 1;
        await cluster.run(heartbeatMs);
      }
      const { role, leader, currentTerm } = cluster.state;
      expect(
        role === 'follower' && currentTerm === 2 && (leader === undefined || leader === 'n2'),
        `n1 follows n2 in term 2, but says that it is ${role} in term ${currentTerm}, led by ${leader}`,
      );
      const next = await cluster.campaign(2, {
        within: latestMs(cluster),
        likelyCause: 'the election timer is not started again behind a heartbeat',
      });
      expect(
        next.atMs - 1 - lastMs >= electionTimeoutMsMin - 1,
        `n1 campaigned ${Math.round(next.atMs - 1 - lastMs)} ms after a heartbeat; the shortest election timeout is ${electionTimeoutMsMin} ms`,
      );
      expect(next.args.term > 2, `n1 campaigned in term ${next.args.term}`);
    },
  },
  {
    slug: 'votes-hold-elections-off',
    title: 'A vote that was given starts the election timeout again; one that was refused does not',
    kind: 'rule',
    points: 5,
    paper: 'Raft Figure 2, rules for followers',
    sentence:
      'A follower starts an election if its election timeout elapses without receiving AppendEntries from the current leader or granting its vote to a candidate.',
    runs: 60,
    async run(test) {
      const cluster = test.scripted({ size: 3 });
      const { electionTimeoutMsMin } = cluster.world.timing;
      await cluster.run(100);
      const vote = await askVote(cluster, 'n2', 5);
      expect(vote?.voteGranted === true, 'n1 has not voted in term 5 and hears of no leader, but does not vote for n2');
      const grantedMs = cluster.nowMs - 1;
      // Refused from now on: n1 has voted for n2.
      while (cluster.nowMs < grantedMs + latestMs(cluster) && !cluster.incoming.some(isElection)) {
        cluster.send('n3', 'RequestVote', voteRequest(5, 'n3'));
        await cluster.run(25);
      }
      const first = cluster.incoming.find(isElection);
      expect(
        first !== undefined,
        `n1 gave its vote at ${Math.round(grantedMs)} ms and refused n3 since; it has not started an election until ${Math.round(cluster.nowMs)} ms`,
        {
          likelyCause: 'a refused RequestVote resets the election timer',
        },
      );
      const waitedMs = first.atMs - 1 - grantedMs;
      expect(
        waitedMs >= electionTimeoutMsMin - 1,
        `n1 campaigned ${Math.round(waitedMs)} ms after it had given its vote; the shortest election timeout is ${electionTimeoutMsMin} ms`,
        {
          evidence: [first.step],
          likelyCause:
            'granting a vote does not reset the election timer, or starts another while the one before it runs on',
        },
      );
    },
  },
];

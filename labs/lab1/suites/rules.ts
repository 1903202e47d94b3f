import type { AppendEntriesReply, RequestVoteReply, ServerId } from '#contract';
import { expect, type ScriptedCluster, type TestDefinition } from '#scenario';

/**
 * Rule tests: one real server among scripted peers, one demand of the paper each. A peer's request for a vote is sent within
 * the first 100 ms or long after any leader, as a server may ignore such requests soon after it heard from a leader.
 */

/** An empty AppendEntries: a heartbeat of a leader with an empty log. */
export function heartbeat(term: number, leaderId: ServerId) {
  return { term, leaderId, prevLogIndex: 0, prevLogTerm: 0, entries: [], leaderCommit: 0 };
}

/** A request for a vote from a candidate with an empty log. */
export function voteRequest(term: number, candidateId: ServerId) {
  return { term, candidateId, lastLogIndex: 0, lastLogTerm: 0 };
}

/** Time that a server may take for what it does at once: asynchronous handlers and ticks included. */
const AT_ONCE_MS = 30;

const SIZES = [3, 5, 4, 2, 7];

function sizeFor(seed: number): number {
  return SIZES[seed % SIZES.length]!;
}

async function askVote(cluster: ScriptedCluster, peer: ServerId, term: number): Promise<RequestVoteReply | undefined> {
  return (await cluster.ask(peer, 'RequestVote', voteRequest(term, peer))) as RequestVoteReply | undefined;
}

async function beat(cluster: ScriptedCluster, peer: ServerId, term: number): Promise<AppendEntriesReply | undefined> {
  return (await cluster.ask(peer, 'AppendEntries', heartbeat(term, peer))) as AppendEntriesReply | undefined;
}

/** The upper end of the election timeout, with the grain that a server's timer may have. */
function latestMs(cluster: ScriptedCluster): number {
  const { electionTimeoutMsMax, heartbeatMs } = cluster.world.timing;
  return electionTimeoutMsMax + heartbeatMs;
}

/** Time after which a candidate still waits for votes, but not for long. */
const LATE_IN_ELECTION_MS = 110;

const isElection = ({ method }: { readonly method: string }): boolean => method === 'RequestVote';

/** A candidate that has given way or its vote waits for a whole election timeout, as every follower does. */
async function staysPatient(cluster: ScriptedCluster, term: number, why: string): Promise<void> {
  const fromMs = cluster.nowMs;
  const { electionTimeoutMsMin } = cluster.world.timing;
  await cluster.run(electionTimeoutMsMin - AT_ONCE_MS - 5);
  const early = cluster.incoming.find((each) => isElection(each) && each.args.term > term);
  expect(
    early === undefined,
    `n1, ${why}, and campaigned ${Math.round((early?.atMs ?? 0) - 1 - fromMs)} ms later; the shortest election timeout is ${electionTimeoutMsMin} ms`,
    {
      evidence: early === undefined ? [] : [early.step],
      likelyCause: 'the election timer is started anew in followers only, and that of the candidacy runs on',
    },
  );
}

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
    slug: 'leader-steps-down',
    title: 'A leader that learns of a higher term steps down: no more heartbeats, but an election timer again',
    kind: 'rule',
    points: 6,
    paper: 'Raft §5.1',
    sentence:
      'If a candidate or leader discovers that its term is out of date, it immediately reverts to follower state.',
    runs: 20,
    async run(test) {
      const cluster = test.scripted({ size: 3 });
      const term = await cluster.elect();
      const byReply = test.seed % 2 === 0;
      if (byReply) {
        const request = await cluster.request('AppendEntries', 'a heartbeat of n1');
        cluster.answer(request, { term: term + 2, success: false });
      } else {
        cluster.send('n3', 'AppendEntries', heartbeat(term + 2, 'n3'));
      }
      await cluster.run(AT_ONCE_MS);
      const { role, currentTerm, leader } = cluster.state;
      expect(
        role !== 'leader' && currentTerm === term + 2,
        `n1 led term ${term} and got ${byReply ? 'a reply' : 'a heartbeat'} of term ${term + 2}, but is ${role} in term ${currentTerm}`,
        {
          likelyCause: byReply
            ? 'the term of a reply is not looked at'
            : 'a leader does not look at the term of AppendEntries',
        },
      );
      expect(
        leader === undefined || (!byReply && leader === 'n3'),
        `n1 led term ${term}, and ${byReply ? 'has not heard who leads' : 'n3 leads'} term ${term + 2}; but n1 says that ${leader} does`,
        { likelyCause: 'the leader of a term is remembered when the term is over' },
      );
      const fromMs = cluster.nowMs + 2;
      await cluster.run(120);
      const beats = cluster.countIncoming(fromMs, cluster.nowMs, ({ method }) => method === 'AppendEntries');
      expect(beats === 0, `n1 stepped down, but sent ${beats} more AppendEntries`, {
        likelyCause: 'the heartbeat timer goes on',
      });
      await cluster.campaign(term + 2, {
        within: latestMs(cluster),
        likelyCause: 'a leader that steps down starts no election timer',
      });
    },
  },
  {
    slug: 'sends-heartbeats',
    title: 'A leader sends heartbeats at once and then regularly, whoever does not answer',
    kind: 'rule',
    points: 5,
    paper: 'Raft §5.2',
    sentence: 'Leaders send periodic heartbeats to all followers in order to maintain their authority.',
    runs: 15,
    async run(test) {
      const cluster = test.scripted({ size: sizeFor(test.seed) });
      // Whoever has led before has its timers in order.
      for (let before = 0; before < 4 * (test.seed % 2); before++) {
        const term = await cluster.elect();
        await beat(cluster, 'n2', term + 1);
      }
      await cluster.elect();
      const { heartbeatMs } = cluster.world.timing;
      // With a majority that answers, no leader has a reason to doubt itself; the others stay silent.
      const answering = cluster.peers.slice(0, Math.ceil(cluster.peers.length / 2));
      cluster.auto = ({ method, peer, args }) =>
        method === 'AppendEntries' && answering.includes(peer) ? { term: args.term, success: true } : undefined;
      const wonMs = cluster.nowMs;
      // Late votes: those who were asked and had not answered.
      for (const each of cluster.incoming.filter((one) => isElection(one) && !one.answered))
        cluster.answer(each, { term: each.args.term, voteGranted: true });
      await cluster.run(20 * heartbeatMs);
      for (const peer of cluster.peers) {
        const times = cluster.incoming
          .filter((each) => each.peer === peer && each.method === 'AppendEntries' && each.atMs >= wonMs - 1)
          .map(({ atMs }) => atMs);
        const [firstMs = cluster.nowMs] = times;
        expect(
          firstMs <= wonMs + AT_ONCE_MS,
          `n1 leads since ${Math.round(wonMs)} ms, but its first heartbeat for ${peer} came ${Math.round(firstMs - wonMs)} ms later, in place of at once`,
          { likelyCause: 'the first heartbeat waits until the heartbeat timer fires' },
        );
        const gaps = [wonMs, ...times, cluster.nowMs].map((atMs, i, all) => (i === 0 ? 0 : atMs - all[i - 1]!));
        const longestMs = Math.max(...gaps);
        expect(
          longestMs <= 2 * heartbeatMs,
          `n1 leads since ${Math.round(wonMs)} ms, but for ${Math.round(longestMs)} ms it sent nothing to ${peer}; a heartbeat is due every ${heartbeatMs} ms`,
        );
        expect(
          times.length <= 20 * 2.5,
          `n1 sent ${times.length} AppendEntries to ${peer} in ${20 * heartbeatMs} ms, with nothing to replicate`,
          {
            likelyCause:
              'each vote that comes after the majority makes it leader again, with a heartbeat timer more; or the timer of an earlier leadership runs on',
          },
        );
      }
      test.reached('leaders');
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

import type { RequestVoteReply, TimeoutNowArgs } from '#contract';
import { expect, type TestDefinition } from '#scenario';
import { AT_ONCE_MS, CALM_MS } from '../../lab2/messages.ts';
import { carriesOut, depose, isHeard, type Led, led, onlyHandledBy, onlyVotedForBy } from '../leading.ts';
import { members } from '../members.ts';

/** Rule tests of a leader that is asked to hand over to `n2`. */

/** Longest time in which a transfer may keep a leader from its work: ten maximum election timeouts. */
const GIVE_UP_MS = 3_000;

/** Longest time that a leader may take to tell a target that has everything. */
const TELL_MS = 500;

/** Asks `n1` to hand over to `n2`. */
async function handOver({ cluster, operator }: Led): Promise<void> {
  const { currentTerm, lastLogIndex } = cluster.state;
  const answer = await operator.transferLeadership('n1', 'n2');
  expect(answer?.accepted === true, 'n1 leads, and n2 is a voter, but n1 refuses to hand over to it');
  expect(answer.term === currentTerm, `n1 hands over in term ${currentTerm}, but says that it is term ${answer.term}`);
  expect(
    answer.index === lastLogIndex,
    `n1 hands over with a log that ends at index ${lastLogIndex}, but says that it ends at ${answer.index}`,
  );
}

/** How often `n1` has sent `n2` TimeoutNow since a time. */
function told({ cluster }: Led, sinceMs = 0): number {
  return cluster.countIncoming(sinceMs, Number.POSITIVE_INFINITY, ({ method }) => method === 'TimeoutNow');
}

/** With the transfer under way `n1` must take no command, with which the target would never catch up, and no change. */
async function refusesMeanwhile({ client, operator }: Led): Promise<void> {
  const answers = {
    'a command': await client.propose('n1', 'meanwhile'),
    'a change of members': await operator.changeMembership('n1', members([1, 2])),
  };
  for (const [what, answer] of Object.entries(answers))
    expect(
      answer?.accepted === false && answer.leader === 'n1',
      `n1 hands over to n2, which lacks entries, and is asked for ${what}: it must refuse, and name itself, which means "try again later"`,
      { likelyCause: 'a leader that hands over goes on as before until its successor campaigns' },
    );
}

export const tests: readonly TestDefinition[] = [
  {
    slug: 'transfer-catches-up-first',
    title: 'A leader that hands over first brings the target up to date, and then tells it to campaign',
    kind: 'rule',
    points: 3,
    paper: 'Thesis §3.10',
    sentence:
      'The prior leader stops accepting new client requests, fully updates the target server’s log to match its own, using the normal log replication mechanism, and only then sends TimeoutNow.',
    runs: 12,
    async run(test) {
      const stage = await led(test, [3, 5][test.seed % 2]!);
      const { cluster, followers, client } = stage;
      const target = followers.get('n2')!;
      const lags = test.seed % 3 !== 0;
      const slowly = cluster.peers.filter((id) => id !== 'n2');
      if (lags) {
        onlyHandledBy(stage, slowly);
        await client.proposeTo('n1', 'missing');
      }
      await handOver(stage);
      if (lags) {
        await refusesMeanwhile(stage);
        // Well below any time in which it could have given up, with time left for the target to catch up.
        await cluster.run(60);
        expect(
          told(stage) === 0,
          `n2 has ${target.lastIndex} of n1's ${cluster.state.lastLogIndex} entries, but n1 has told it to campaign: it cannot win`,
          { likelyCause: 'TimeoutNow is sent without looking at the target’s matchIndex' },
        );
        onlyHandledBy(stage, cluster.peers);
      }
      const request = await cluster.request(
        'TimeoutNow',
        'n1 to tell n2, which has its whole log, to campaign',
        () => true,
        {
          within: TELL_MS,
          likelyCause: 'the transfer does not go on when the target catches up',
        },
      );
      const args = request.args as TimeoutNowArgs;
      expect(request.peer === 'n2', `n1 is to hand over to n2, but sends TimeoutNow to ${request.peer}`);
      expect(
        args.term === cluster.state.currentTerm && args.leaderId === 'n1',
        'TimeoutNow has another term or leader',
      );
      expect(
        target.lastIndex === cluster.state.lastLogIndex,
        'n1 has told n2 to campaign, which lacks entries of its log',
      );
      const vote = (await cluster.ask('n2', 'RequestVote', {
        term: args.term + 1,
        candidateId: 'n2',
        lastLogIndex: target.lastIndex,
        lastLogTerm: target.log.at(-1)!.term,
        transfer: true,
      })) as RequestVoteReply | undefined;
      expect(
        vote?.voteGranted === true,
        'n2 campaigns because n1 told it to, and has all of its log, but n1 does not vote for it',
        {
          likelyCause:
            'a leader refuses candidates because it leads; `transfer` says that this one was asked to campaign',
        },
      );
      await cluster.run(AT_ONCE_MS);
      expect(cluster.state.role !== 'leader', 'n1 has voted in a later term, but still leads');
    },
  },
  {
    slug: 'transfer-gives-up',
    title: 'A transfer that fails ends: the leader accepts commands again',
    kind: 'rule',
    points: 3,
    paper: 'Thesis §3.10',
    sentence:
      'If leadership transfer does not complete after about an election timeout, the prior leader aborts the transfer and resumes accepting client requests.',
    runs: 12,
    async run(test) {
      const stage = await led(test, 3);
      const { cluster, client } = stage;
      const { currentTerm } = cluster.state;
      const lags = test.seed % 2 === 0;
      if (lags) {
        onlyHandledBy(stage, ['n3']);
        await client.proposeTo('n1', 'missing');
      }
      await handOver(stage);
      // The target never catches up; or it has all, and does nothing when it is told.
      let accepted = false;
      const beganMs = cluster.nowMs;
      const endMs = beganMs + GIVE_UP_MS;
      await cluster.run(AT_ONCE_MS);
      for (let i = 0; !accepted && cluster.nowMs < endMs; i++) {
        const answer = await client.propose('n1', `c${i}`);
        accepted = answer?.accepted === true;
        if (answer?.accepted === false && cluster.state.role === 'leader')
          expect(
            answer.leader === 'n1',
            `n1 leads and hands over: "try again later" means that it names itself, not ${answer.leader}`,
          );
        if (!accepted) await cluster.run(50);
      }
      if (lags) isHeard(stage, 'n3', beganMs, 'n1 hands over to n2');
      // One that has told its target to campaign may step down at once, and win again when nobody else does.
      expect(
        !lags || (cluster.state.role === 'leader' && cluster.state.currentTerm === currentTerm),
        'n2 lacks entries and was never told to campaign, and the majority answers n1, but n1 leads no more',
        { likelyCause: 'the leader steps down when it begins to hand over, without waiting for a higher term' },
      );
      expect(accepted, `n2 does not take over, but ${GIVE_UP_MS} ms later n1 still refuses commands`, {
        likelyCause: 'nothing ends a transfer that does not succeed',
      });
      if (lags) onlyHandledBy(stage, cluster.peers);
      await cluster.run(CALM_MS);
      await carriesOut(stage, 'x');
    },
  },
  {
    slug: 'transfer-ends-with-the-term',
    title: 'A transfer ends when its leader steps down: leading again, it accepts commands and hands nothing over',
    kind: 'rule',
    points: 3,
    paper: 'Thesis §3.10; Raft §5.1',
    sentence: 'What a leader has begun to hand over it hands over in that term only; another term begins without it.',
    runs: 12,
    async run(test) {
      const stage = await led(test, [3, 5][test.seed % 2]!);
      const { cluster, client } = stage;
      onlyHandledBy(
        stage,
        cluster.peers.filter((id) => id !== 'n2'),
      );
      await client.proposeTo('n1', 'x');
      await handOver(stage);
      await depose(stage);
      onlyVotedForBy(stage, cluster.peers);
      await cluster.until('n1 to win again, with all votes', () => cluster.status('n1')?.role === 'leader');
      const sinceMs = cluster.nowMs;
      const others = cluster.peers.filter((id) => id !== 'n2');
      onlyHandledBy(stage, others);
      await cluster.run(CALM_MS);
      await carriesOut(stage, 'y');
      onlyHandledBy(stage, cluster.peers);
      await cluster.run(2 * CALM_MS);
      const { currentTerm } = cluster.state;
      expect(
        told(stage, sinceMs) === 0,
        `nobody has asked n1 to hand over in term ${currentTerm}, but it has told n2 to campaign`,
        { likelyCause: 'the target of a transfer is not forgotten when the leader steps down' },
      );
      expect(cluster.state.role === 'leader', `n1 led term ${currentTerm}, and nobody has disturbed it`);
      await carriesOut(stage, 'z');
    },
  },
];

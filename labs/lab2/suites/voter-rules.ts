import type { RequestVoteReply } from '#contract';
import { Client, expect, type TestDefinition } from '#scenario';
import { AT_ONCE_MS, entries, name, ScriptedLeader } from '../messages.ts';

/** Rule tests of elections among logs, and of who may accept commands: one real server, `n1`, and hand-made messages. */

/** Logs of a voter, with candidates' last entries as index and term, and whether they deserve its vote. */
const BALLOTS: readonly {
  readonly terms: readonly number[];
  readonly committed: number;
  readonly candidates: readonly (readonly [index: number, term: number, deserves: boolean])[];
}[] = [
  {
    terms: [1, 1, 3],
    committed: 1,
    candidates: [
      [1, 1, false],
      [2, 3, false],
      [3, 2, false],
      [9, 2, false],
      [3, 3, true],
      [4, 3, true],
      [2, 4, true],
      [1, 5, true],
    ],
  },
  {
    terms: [2, 2, 2, 2],
    committed: 0,
    candidates: [
      [0, 0, false],
      [3, 2, false],
      [20, 1, false],
      [1, 3, true],
      [4, 2, true],
    ],
  },
  {
    terms: [1, 2, 5, 5],
    committed: 2,
    candidates: [
      [2, 2, false],
      [4, 4, false],
      [3, 5, false],
      [4, 5, true],
      [3, 6, true],
    ],
  },
  {
    terms: [],
    committed: 0,
    candidates: [
      [0, 0, true],
      [1, 1, true],
    ],
  },
];

export const tests: readonly TestDefinition[] = [
  {
    slug: 'votes-for-up-to-date-logs',
    title: 'A server votes for a candidate exactly when the candidate’s log is at least as up to date as its own',
    kind: 'rule',
    points: 4,
    paper: 'Raft §5.4.1',
    sentence:
      'The log whose last entry has the later term is more up to date; with equal last terms, the longer one is; a server denies its vote to a candidate whose log is less up to date than its own.',
    runs: 12,
    reaches: { deserved: 15, denied: 15 },
    async run(test) {
      const cluster = test.scripted({ size: 5 });
      const { terms, committed, candidates } = BALLOTS[test.seed % BALLOTS.length]!;
      const leader = new ScriptedLeader(cluster, 'n2', 6, entries(...terms));
      await leader.stores(0, terms.length, committed);
      // Soon after a leader was heard, a server may refuse everyone: first it has to campaign itself.
      const campaign = (await cluster.campaign(6)).args;
      const log =
        terms.length === 0
          ? 'empty'
          : entries(...terms)
              .map(name)
              .join(' ');
      expect(
        campaign.lastLogIndex === terms.length && campaign.lastLogTerm === (terms.at(-1) ?? 0),
        `n1's log is ${log}, but it tells voters that it ends with ${campaign.lastLogIndex}:t${campaign.lastLogTerm}`,
        {
          likelyCause:
            'a candidate sends its commit index, or its current term, in place of index and term of its last entry',
        },
      );
      let { term } = campaign;
      for (const [lastLogIndex, lastLogTerm, deserves] of candidates) {
        term = Math.max(term, cluster.state.currentTerm) + 10;
        const args = { term, candidateId: 'n3', lastLogIndex, lastLogTerm };
        const reply = (await cluster.ask('n3', 'RequestVote', args)) as RequestVoteReply | undefined;
        expect(
          (reply?.voteGranted === true) === deserves,
          `n1's log is ${log}, and the candidate's ends with ${lastLogIndex}:t${lastLogTerm}: n1 ${deserves ? 'refuses its' : 'gives it a'} vote`,
          {
            likelyCause: deserves
              ? 'an equal log, or a shorter one with a later last term, does not count as up to date'
              : 'logs are compared by length first, by commit index, or with the candidate’s term in place of its last entry’s',
          },
        );
        test.reached(deserves ? 'deserved' : 'denied');
      }
    },
  },
  {
    slug: 'only-leaders-accept',
    title: 'A server that does not lead accepts no command, and names the leader or nobody',
    kind: 'rule',
    points: 2,
    paper: 'Raft §5.1, §8',
    sentence:
      'The leader handles all client requests; if a client contacts a follower, the follower redirects it to the leader.',
    runs: 8,
    async run(test) {
      const cluster = test.scripted({ size: 3 });
      const client = new Client(cluster);
      const refuses = async (what: string, leader?: string): Promise<void> => {
        const answer = await client.propose('n1', what);
        expect(answer !== undefined && !answer.accepted, `n1 is ${what}, but accepts a command`);
        expect(
          answer.leader === undefined || answer.leader === leader,
          `n1 is ${what}, and names ${answer.leader} as leader`,
          { likelyCause: 'the leader of an earlier term is remembered' },
        );
        expect(cluster.state.lastLogIndex === end, `n1 is ${what}, but has appended a command to its log`);
      };
      let end = 0;
      await refuses('a follower that knows no leader');
      await new ScriptedLeader(cluster, 'n2', 2, entries(1, 2)).stores(0, 2, 1);
      end = 2;
      await refuses('a follower of n2', 'n2');
      await cluster.campaign(2);
      await refuses('a candidate');
      const term = await cluster.elect();
      await new ScriptedLeader(cluster, 'n3', term + 3, entries(1, 2)).stores(2);
      await cluster.run(AT_ONCE_MS);
      end = cluster.state.lastLogIndex;
      await refuses('a former leader that follows n3', 'n3');
    },
  },
];

import type { AppendEntriesReply, RequestVoteReply } from '#contract';
import { Client, expect, type Outgoing, type ScriptedCluster, scriptFollowers, type TestDefinition } from '#scenario';
import { CALM_MS, entries, lead, ScriptedLeader } from '../../lab2/messages.ts';
import { expectLog, expectNoVote, restart } from '../restarts.ts';

/**
 * Rule tests of what a disk does to its server: it takes its time, and it breaks. One real server, `n1`, and hand-made
 * messages. A server may wait for each flush, or go on with other things meanwhile.
 */

/** Waits until all requests are answered, or will not be. */
async function answers(cluster: ScriptedCluster, requests: readonly Outgoing[]): Promise<void> {
  await cluster.until('n1 to answer, once its disk has done its work', () =>
    requests.every(({ reply }) => reply !== undefined),
  );
}

const granted = ({ reply }: Outgoing): boolean => reply !== 'none' && (reply as RequestVoteReply).voteGranted;
const succeeded = ({ reply }: Outgoing): boolean => reply !== 'none' && (reply as AppendEntriesReply).success;

/** Two candidates of one term, the first one twice, and perhaps one of the next term, or its leader, all during one flush. */
async function votesDuringFlush(cluster: ScriptedCluster, later?: 'candidate' | 'leader'): Promise<void> {
  const ask = (peer: string, term: number): Outgoing =>
    cluster.send(peer, 'RequestVote', { term, candidateId: peer, lastLogIndex: 0, lastLogTerm: 0 });
  const requests: Outgoing[] = [];
  for (const peer of ['n2', 'n3', 'n2']) {
    requests.push(ask(peer, 3));
    await cluster.run(1);
  }
  if (later === 'candidate') requests.push(ask('n4', 4));
  const leader = new ScriptedLeader(cluster, 'n4', 4, entries(4));
  if (later === 'leader') requests.push(cluster.send('n4', 'AppendEntries', leader.request(0, 1)));
  await answers(cluster, requests);
  // In a later term by then, it may have thought better of it.
  const calm = later === undefined;
  expect(!calm || granted(requests[0]!), 'n1 has not voted in term 3 and hears of no leader, but does not vote for n2');
  await restart(cluster, 'n1');
  if (granted(requests[0]!) || granted(requests[2]!)) await expectNoVote(cluster, 'n5', 3, 'n1 voted for n2 in term 3');
}

/** Requests of one leader during one flush, and perhaps one of the next leader, which replaces what has just come. */
async function appendsDuringFlush(cluster: ScriptedCluster, later: boolean): Promise<void> {
  const first = new ScriptedLeader(cluster, 'n2', 3, entries(3, 3, 3, 3));
  const next = new ScriptedLeader(cluster, 'n3', 4, entries(3, 4));
  const requests: Outgoing[] = [];
  for (const [prev, last] of [
    [0, 1],
    [1, 3],
    [3, 4],
    [4, 4],
  ] as const) {
    requests.push(cluster.send('n2', 'AppendEntries', first.request(prev, last)));
    await cluster.run(1);
  }
  if (later) requests.push(cluster.send('n3', 'AppendEntries', next.request(1, 2)));
  await answers(cluster, requests);
  if (later) {
    expect(
      succeeded(requests.at(-1)!),
      'n1’s log agrees with n3’s up to index 1, and n3 leads term 4, but n1 does not accept its AppendEntries',
    );
  } else {
    expect(
      requests.every(succeeded),
      'n2, leader of term 3, sent entries that fit, one request after the other, but n1 has not acknowledged them all',
    );
  }
  await restart(cluster, 'n1');
  expectLog(cluster, later ? 2 : 4, 'the reply does not wait for the flush that covers its own entries');
}

/** The leader’s own copy is needed for a quorum: nothing commits without it, and what has committed stays. */
async function ownCopyIsNeeded(cluster: ScriptedCluster, size: number): Promise<void> {
  const followers = scriptFollowers(cluster);
  await lead(cluster);
  await cluster.run(CALM_MS);
  for (const follower of followers.slice(Math.floor(size / 2))) follower.handles = () => false;
  cluster.slowDisk('n1', 60);
  let last = 0;
  for (const command of ['x', 'y', 'z']) {
    cluster.offer('n1', command, (result) => {
      if (result.accepted) last = result.index;
    });
    await cluster.run(25);
  }
  await cluster.until('n1, which leads, to accept three commands', () => last >= 3, { within: 500 });
  await cluster.until(
    `n1 to commit index ${last}: it is on ${Math.floor(size / 2) + 1} of ${size} servers, once its own disk has it`,
    () => cluster.state.commitIndex >= last,
    { within: 1_000, likelyCause: 'the leader’s own entries are never counted, or never flushed' },
  );
  await restart(cluster, 'n1');
  expect(
    cluster.state.lastLogIndex >= last,
    `n1 committed index ${last}, for which its own copy was needed, but after a restart its log ends at ${cluster.state.lastLogIndex}`,
    { likelyCause: 'the leader counts its own entries before they are flushed' },
  );
}

/** From how many writes on the disk fails in a flush instead, which comes behind the writes. */
const ALL_WRITES = 4;

/** Soon the disk fails: at once, after some writes, or in the flush that should make them durable. */
function failSoon(cluster: ScriptedCluster, afterWrites: number): void {
  if (afterWrites < ALL_WRITES) cluster.failDisk('n1', afterWrites);
  else cluster.failFlush('n1');
}

/** A disk that fails under a request for a vote, or to store entries. */
async function failsUnderRequest(cluster: ScriptedCluster, afterWrites: number, vote: boolean): Promise<void> {
  const log = entries(2, 2, 4, 4, 4);
  await new ScriptedLeader(cluster, 'n2', 2, log).stores(0, 2);
  await restart(cluster, 'n1');
  failSoon(cluster, afterWrites);
  const request = vote
    ? cluster.send('n3', 'RequestVote', { term: 4, candidateId: 'n3', lastLogIndex: 2, lastLogTerm: 2 })
    : cluster.send('n3', 'AppendEntries', new ScriptedLeader(cluster, 'n3', 4, log).request(2, 5));
  await answers(cluster, [request]);
}

export const tests: readonly TestDefinition[] = [
  {
    slug: 'answers-after-the-flush',
    title: 'A vote or an acknowledgement leaves when the disk has it, whatever comes during the flush',
    kind: 'rule',
    points: 6,
    paper: 'Raft Figure 2 (persistent state)',
    sentence:
      'Persistent state is updated on stable storage before responding to RPCs; what a server knew before it waited for the disk may no longer hold behind it.',
    runs: 24,
    async run(test) {
      const cluster = test.scripted({ size: 5 });
      cluster.slowDisk('n1', [10, 15, 20][test.seed % 3]!);
      const way = test.seed % 5;
      if (way < 3) await votesDuringFlush(cluster, ([undefined, 'candidate', 'leader'] as const)[way]);
      else await appendsDuringFlush(cluster, way === 4);
    },
  },
  {
    slug: 'counts-durable-entries',
    title: 'A leader counts its own copy of an entry once that is durable',
    kind: 'rule',
    points: 5,
    paper: 'Raft §5.3; thesis §10.2.1',
    sentence:
      'The leader may send an entry while its own disk still writes it, but counts itself towards the majority only when that is done.',
    runs: 20,
    async run(test) {
      const size = [3, 2, 5, 4, 1][test.seed % 5]!;
      await ownCopyIsNeeded(test.scripted({ size }), size);
    },
  },
  {
    slug: 'stops-when-the-disk-fails',
    title: 'A server whose disk has failed promises nothing any more, until it restarts',
    kind: 'rule',
    points: 5,
    paper: 'Raft Figure 2 (persistent state)',
    sentence:
      'What could not be written is not promised: behind a failed write or flush a server grants no vote, acknowledges no entry and counts nothing of its own.',
    runs: 30,
    reaches: { failures: 20 },
    async run(test) {
      const cluster = test.scripted({ size: 3 });
      const afterWrites = Math.floor(test.seed / 3) % (ALL_WRITES + 1);
      if (test.seed % 3 < 2) {
        // A promise that the disk does not hold is for the rules to see.
        await failsUnderRequest(cluster, afterWrites, test.seed % 3 === 0);
        // A vote takes one write or two: then the disk has not failed.
        if (cluster.world.host('n1').disk.failure === undefined) test.reached('failures');
      } else {
        await failsUnderLeader(cluster, afterWrites);
        test.reached('failures');
      }
      await restart(cluster, 'n1', {});
      // It works again: it follows a leader, who has no news.
      await new ScriptedLeader(cluster, 'n2', cluster.state.currentTerm + 5, entries(2, 2)).stores(0);
    },
  },
];

/** A disk that fails under a candidate, or under a leader whose own copy is needed. */
async function failsUnderLeader(cluster: ScriptedCluster, afterWrites: number): Promise<void> {
  const [, silent] = scriptFollowers(cluster);
  silent!.handles = () => false;
  if (afterWrites > 1) {
    await lead(cluster);
    await cluster.run(CALM_MS);
  }
  failSoon(cluster, afterWrites === 2 || afterWrites === 3 ? afterWrites - 2 : afterWrites);
  for (const command of ['x', 'y', 'z']) {
    await cluster.run(200);
    await new Client(cluster).propose('n1', command);
  }
}

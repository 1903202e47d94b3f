import type { AppendEntriesArgs } from '#contract';
import { Client, expect, type ScriptedCluster, scriptFollowers, type TestDefinition } from '#scenario';
import { AT_ONCE_MS, CALM_MS, commits, entries, lead, ScriptedLeader, soonMs } from '../messages.ts';

/** Rule tests of commitment: one real server, `n1`, leads scripted followers that keep logs and answer truthfully. */

const covered = ({ prevLogIndex, entries: list }: AppendEntriesArgs): number => prevLogIndex + list.length;

/** A leader that no majority answers may step down after an election timeout (thesis, section 6.2). */
function hasGivenUp({ state }: ScriptedCluster): boolean {
  return state.role !== 'leader';
}

function expectUncommitted(cluster: ScriptedCluster, index: number, why: string, likelyCause: string): void {
  const { commitIndex } = cluster.state;
  expect(commitIndex < index, `n1 treats index ${commitIndex} as committed, but ${why}`, { likelyCause });
}

export const tests: readonly TestDefinition[] = [
  {
    slug: 'commits-on-a-majority',
    title: 'A leader commits an entry of its term when it is on a majority of the servers, and not before',
    kind: 'rule',
    points: 4,
    paper: 'Raft §5.3',
    sentence:
      'A log entry is committed once the leader that created the entry has replicated it on a majority of the servers; the leader’s own copy counts, and each follower’s once.',
    runs: 35,
    reaches: { 'commits of 1': 2, 'commits of 2': 2, 'commits of 4': 2, 'commits of 5': 2 },
    async run(test) {
      const size = 1 + (test.seed % 7);
      const cluster = test.scripted({ size });
      const followers = scriptFollowers(cluster);
      await lead(cluster);
      await cluster.run(CALM_MS);
      for (const follower of followers) follower.handles = () => false;
      const { index } = await new Client(cluster).proposeTo('n1', 'x');
      const needed = Math.floor(size / 2);
      if (needed > 0) {
        // These acknowledge it again with each request that follows, which counts as once.
        for (const follower of followers.slice(0, needed - 1)) {
          follower.handles = () => true;
          follower.catchUp();
        }
        await cluster.run(2 * soonMs(cluster));
        if (hasGivenUp(cluster)) return;
        expectUncommitted(
          cluster,
          index,
          `only ${needed} of ${size} servers hold entry ${index}`,
          'the majority is computed wrongly, or repeated acknowledgements of one follower count as several',
        );
        const told = cluster.incoming.find(
          ({ method, args }) => method === 'AppendEntries' && (args as AppendEntriesArgs).leaderCommit >= index,
        );
        expect(told === undefined, `n1 tells ${told?.peer} that entry ${index} is committed, before it is`, {
          likelyCause: 'leaderCommit is the end of the leader’s log',
        });
        followers[needed - 1]!.handles = () => true;
        followers[needed - 1]!.catchUp();
      }
      await commits(
        cluster,
        index,
        `it is on ${needed + 1} of ${size} servers`,
        'more copies than a majority are asked for, or its own is not counted',
      );
      test.reached(`commits of ${size}`);
    },
  },
  {
    slug: 'counts-what-was-acknowledged',
    title: 'An acknowledgement counts for what its request covered, in the term of its request',
    kind: 'rule',
    points: 4,
    paper: 'Raft §5.3, Figure 2 (volatile state on leaders)',
    sentence:
      'matchIndex is the highest entry known to be replicated on a follower: it is set anew after each election, and grows by answers to requests of that term, up to what they carried.',
    runs: 24,
    reaches: { answersOfEarlierTerms: 8, earlierAnswers: 40 },
    async run(test) {
      const way = test.seed % 3;
      const cluster = test.scripted({ size: 5 });
      if (way === 0) await answersBeforeTheEntry(cluster, (n) => test.reached('earlierAnswers', n));
      else await answersOfAnEarlierTerm(cluster, way === 1, (n) => test.reached('answersOfEarlierTerms', n));
    },
  },
  {
    slug: 'never-counts-old-terms',
    title: 'A leader does not commit entries of earlier terms by counting copies, but along with one of its own',
    kind: 'rule',
    points: 4,
    paper: 'Raft §5.4.2, Figure 8',
    sentence:
      'Only log entries from the leader’s current term are committed by counting replicas; once one is, all prior entries are committed indirectly.',
    runs: 16,
    async run(test) {
      const cluster = test.scripted({ size: 5 });
      const two = entries(1, 2);
      const shortened = test.seed % 2 === 0;
      const seen = { currentTerm: 3, votedFor: 'n5' };
      // As in Figure 8 (c): n5 led term 3, has another entry 2, and could still be elected.
      const followers = scriptFollowers(cluster, [
        { log: two, ...seen },
        { log: two, ...seen },
        { log: shortened ? two.slice(0, 1) : two, ...seen },
        { log: entries(1, 3), ...seen },
      ]);
      await new ScriptedLeader(cluster, 'n2', 2, two).stores(0, 2);
      const term = await lead(cluster);
      const old = ({ entries: list }: AppendEntriesArgs): boolean => list.every((entry) => entry.term < term);
      const [, n3, n4] = followers;
      for (const follower of followers) follower.handles = follower === n3 || follower === n4 ? old : () => false;
      await cluster.run(600);
      // Those that carry an entry of its term too are left unanswered.
      const copies = cluster.incoming.filter(
        ({ peer, answered, method, args }) =>
          method === 'AppendEntries' && answered && peer !== 'n5' && covered(args as AppendEntriesArgs) >= 2,
      );
      test.reached('copiesOfOldEntries', copies.length);
      expectUncommitted(
        cluster,
        1,
        `no entry of its term ${term} is on a majority`,
        'entries of an earlier term are committed by counting their copies (Figure 8)',
      );
      const client = new Client(cluster);
      const early = await client.propose('n1', 'x');
      for (const follower of followers) {
        follower.handles = () => true;
        follower.catchUp();
      }
      // It may take no command before its no-op is committed.
      const { index } = early?.accepted === true ? early : await client.proposeTo('n1', 'x');
      await commits(
        cluster,
        index,
        `the entry of term ${term} is on all servers, and with it all before it`,
        'no entry is committed while older ones before it are not',
      );
    },
  },
];

/** Requests that left before an entry was there are answered after: they say nothing of the entry. */
async function answersBeforeTheEntry(cluster: ScriptedCluster, reached: (n: number) => void): Promise<void> {
  const followers = scriptFollowers(cluster);
  await lead(cluster);
  await cluster.run(CALM_MS);
  for (const follower of followers) follower.handles = () => false;
  await cluster.run(3 * cluster.world.timing.heartbeatMs);
  if (hasGivenUp(cluster)) return;
  const { index } = await new Client(cluster).proposeTo('n1', 'x');
  await cluster.run(AT_ONCE_MS);
  for (const follower of followers) reached(follower.catchUp((args) => covered(args) < index));
  await cluster.run(AT_ONCE_MS);
  if (hasGivenUp(cluster)) return;
  expectUncommitted(
    cluster,
    index,
    `its followers have acknowledged nothing beyond index ${index - 1}`,
    'a success counts up to nextIndex or to the end of the log, and not up to what its request carried',
  );
  for (const follower of followers) {
    follower.handles = () => true;
    follower.catchUp();
  }
  await commits(cluster, index, 'all have acknowledged it', 'an answer that comes late is ignored for good');
}

/** A follower's acknowledgements of one term come, or are remembered, when the leader leads again, with another log. */
async function answersOfAnEarlierTerm(
  cluster: ScriptedCluster,
  late: boolean,
  reached: (n: number) => void,
): Promise<void> {
  const [n2, n3, n4, n5] = scriptFollowers(cluster);
  await lead(cluster);
  const base = Math.max(0, cluster.state.lastLogIndex);
  await cluster.run(CALM_MS);
  for (const follower of [n2!, n3!, n4!, n5!]) follower.handles = () => false;
  const client = new Client(cluster);
  let index = 0;
  for (const command of ['a', 'b', 'c']) ({ index } = await client.proposeTo('n1', command));
  const replies = late
    ? cluster.hold({
        from: 'n2',
        to: 'n1',
        phase: 'reply',
        method: 'AppendEntries',
        when: ({ args }) => covered(args as AppendEntriesArgs) >= index,
      })
    : undefined;
  n2!.handles = () => true;
  n2!.catchUp();
  await cluster.until(`n1 to send entry ${index} to n2`, () => n2!.lastIndex >= index, { within: 1_000 });
  await cluster.run(AT_ONCE_MS);
  n2!.handles = () => false;
  // n3 is elected by n4 and n5, and replaces the first of the entries that only n1 and n2 have.
  const term = cluster.state.currentTerm + 1;
  const shared = n3!.log.slice(0, base);
  const other = { index: base + 1, term, kind: 'command', command: 'd' } as const;
  await new ScriptedLeader(cluster, 'n3', term, [...shared, other]).stores(base, base + 1);
  n3!.log.push(other);
  n3!.currentTerm = term;
  await lead(cluster);
  // It may take no command before its no-op is committed, which then is the last entry.
  for (const command of ['e', 'f']) await client.propose('n1', command);
  const last = cluster.state.lastLogIndex;
  n4!.handles = () => true;
  n4!.catchUp();
  replies?.stop();
  reached(replies?.release() ?? 1);
  await cluster.run(2 * soonMs(cluster));
  expectUncommitted(
    cluster,
    base + 1,
    `in this term only n4 has acknowledged anything; n2's acknowledgement up to ${index} was for another log`,
    late
      ? 'an answer to a request of an earlier term counts in this one'
      : 'matchIndex is kept from an earlier time as leader',
  );
  if (hasGivenUp(cluster)) return;
  n5!.handles = () => true;
  n5!.catchUp();
  await commits(cluster, last, 'n4 and n5 have acknowledged it', 'the majority is computed wrongly');
}

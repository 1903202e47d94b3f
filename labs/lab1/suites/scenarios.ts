import { type Cluster, expect, type TestDefinition } from '#scenario';

/** Scenarios: a cluster of real servers, and a story. */

/** With nothing to disturb it, a leader stays, and nobody campaigns. */
async function staysCalm(cluster: Cluster, forMs: number): Promise<void> {
  const leader = await cluster.steadyLeader();
  const term = cluster.highestTerm();
  const fromMs = cluster.nowMs;
  const { heartbeatMs } = cluster.world.timing;
  // Looked at often, so that the story of a failure ends soon behind the first server that campaigned.
  for (let leftMs = forMs; leftMs > 0 && cluster.highestTerm() === term; leftMs -= heartbeatMs)
    await cluster.run(Math.min(heartbeatMs, leftMs));
  expect(
    cluster.agreedLeader() === leader && cluster.highestTerm() === term,
    `${leader} led term ${term} with nothing to disturb it, but ${Math.round(cluster.nowMs - fromMs)} ms later the highest term is ${cluster.highestTerm()}`,
    {
      likelyCause: 'heartbeats are not sent in time, or do not reset the election timer',
      servers: cluster.ids.filter((id) => (cluster.status(id)?.currentTerm ?? 0) > term),
    },
  );
}

/** The first draws of all servers are the same, as far as their chance goes. */
function equalDraws(size: number, draws: readonly number[]): Record<string, readonly number[]> {
  return Object.fromEntries(Array.from({ length: size }, (_, i) => [`n${i + 1}`, draws]));
}

export const tests: readonly TestDefinition[] = [
  {
    slug: 'initial-election',
    title: 'A cluster elects a leader, and keeps it',
    kind: 'scenario',
    points: 6,
    paper: 'Raft §5.2',
    sentence:
      'When servers start up, one of them is elected leader, and administers the cluster as long as its heartbeats arrive.',
    runs: 60,
    reaches: { elections: 60 },
    async run(test) {
      const cluster = test.cluster({ size: [3, 5, 2, 4, 1, 7][test.seed % 6]! });
      await cluster.leader({
        likelyCause:
          'no election timer runs from the start, votes are not given or not counted, or a winner sends no heartbeats',
      });
      await staysCalm(cluster, 3_000);
    },
  },
  {
    slug: 'idle-calm',
    title: 'A cluster with nothing to do stays calm for a minute',
    kind: 'scenario',
    points: 3,
    paper: 'Raft §5.2',
    sentence: 'Followers that receive heartbeats do not start elections, and no server collects timers or requests.',
    runs: 2,
    async run(test) {
      const cluster = test.cluster({ size: 3 + 2 * (test.seed % 2) });
      await staysCalm(cluster, 60_000);
    },
  },
  {
    slug: 're-election',
    title: 'When the leader is cut off, the others elect another; when it returns, it follows',
    kind: 'scenario',
    points: 5,
    paper: 'Raft §5.1, §5.2',
    sentence:
      'A new leader is elected when the old one fails, and an old leader that comes back discovers the higher term and steps down.',
    runs: 40,
    reaches: { stepDowns: 40 },
    async run(test) {
      const cluster = test.cluster({ size: [3, 5, 4][test.seed % 3]! });
      const first = await cluster.leader();
      const { currentTerm } = cluster.status(first)!;
      cluster.isolate(first);
      const second = await cluster.leader({ among: cluster.others(first) });
      expect(
        cluster.status(second)!.currentTerm > currentTerm,
        `${second} replaced ${first}, but both lead term ${currentTerm}`,
      );
      cluster.heal();
      const third = await cluster.leader({ likelyCause: 'an old leader ignores higher terms' });
      expect(
        cluster.status(third)!.currentTerm >= cluster.status(second)!.currentTerm,
        'the cluster went back to an old term',
      );
      await staysCalm(cluster, 1_000);
    },
  },
  {
    slug: 'no-quorum',
    title: 'Without a majority nobody wins; with one again, somebody does',
    kind: 'scenario',
    points: 3,
    paper: 'Raft §5.2',
    sentence: 'A minority of the servers cannot elect a leader; a majority that can talk to each other will.',
    runs: 30,
    async run(test) {
      const size = [3, 5, 4, 2][test.seed % 4]!;
      const cluster = test.cluster({ size });
      const leader = await cluster.leader();
      const term = cluster.highestTerm();
      // The leader alone, and the others in groups that are too small.
      const half = Math.floor(size / 2);
      const rest = cluster.others(leader);
      cluster.partition([leader], rest.slice(0, half), rest.slice(half));
      if (half * 2 > size || rest.length - half > size / 2) return;
      await cluster.run(2_000);
      const winner = cluster
        .others(leader)
        .find((id) => cluster.status(id)?.role === 'leader' && cluster.status(id)!.currentTerm > term);
      expect(winner === undefined, `${winner} leads, but reaches no majority of ${size} servers`);
      cluster.heal();
      await cluster.leader();
      test.reached('minorities');
    },
  },
  {
    slug: 'learns-from-replies',
    title: 'An old leader that hears of the new term only in replies steps down',
    kind: 'scenario',
    points: 4,
    paper: 'Raft §5.1',
    sentence:
      'Servers exchange terms whenever they communicate: a refusal with a higher term makes an old leader step down.',
    runs: 20,
    async run(test) {
      const cluster = test.cluster({ size: 3 });
      const old = await cluster.leader();
      cluster.isolate(old);
      const rest = cluster.others(old);
      const leader = await cluster.leader({ among: rest });
      const term = cluster.status(leader)!.currentTerm;
      const follower = rest.find((id) => id !== leader)!;
      // The old leader reaches the follower, and hears it only when it answers.
      cluster.mend(old, follower);
      cluster.mend(follower, old);
      const requests = cluster.hold({ from: follower, to: old, phase: 'request' });
      await cluster.until(
        `${old}, leader of an old term, to step down: ${follower} answers its heartbeats with term ${term}`,
        () => cluster.status(old)?.role !== 'leader' && cluster.status(old)!.currentTerm >= term,
        {
          within: 3_000,
          likelyCause: 'the term in replies to AppendEntries is ignored, or stale AppendEntries are not answered',
        },
      );
      requests.drop();
      requests.stop();
      cluster.heal();
      await cluster.leader();
    },
  },
  {
    slug: 'equal-first-draws',
    title: 'Servers that draw the same timeout at first do not stay tied',
    kind: 'scenario',
    points: 3,
    paper: 'Raft §5.2',
    sentence:
      'Randomized election timeouts, restarted at the start of each election, make split votes rare and resolve them quickly.',
    runs: 40,
    reaches: { rivalCandidates: 20 },
    async run(test) {
      const size = [3, 5, 4, 2][test.seed % 4]!;
      const cluster = test.cluster({ size, random: equalDraws(size, [0.4]) });
      await cluster.leader({
        likelyCause: 'the timeout is fixed, or drawn once: the same servers split the vote again and again',
      });
      await staysCalm(cluster, 500);
    },
  },
  {
    slug: 'many-elections',
    title: 'Ten elections in a row, each with other servers cut off',
    kind: 'scenario',
    points: 3,
    paper: 'Raft §5.2',
    sentence: 'Elections go on working however often leaders change.',
    runs: 20,
    reaches: { elections: 180 },
    async run(test) {
      const cluster = test.cluster({ size: 7 });
      for (let round = 0; round < 10; round++) {
        const leader = await cluster.leader();
        const rest = cluster.others(leader);
        // The leader and two others, other ones in each round.
        const out = [leader, rest[(test.seed + round) % 6]!, rest[(test.seed + 2 * round + 3) % 6]!];
        cluster.partition(cluster.others(...out));
        await cluster.leader({ among: cluster.others(...out) });
        cluster.heal();
      }
      await staysCalm(cluster, 500);
    },
  },
];

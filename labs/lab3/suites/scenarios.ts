import { RELIABLE, UNRELIABLE } from '#kernel';
import { Client, type Cluster, expect, type Submission, type TestContext, type TestDefinition } from '#scenario';
import { expectDone } from '../../lab2/stories.ts';
import { KEPT_WRITES, restart } from '../restarts.ts';

/** Scenarios: a cluster of real servers that die and come back, and a story. What is lost or done twice, the rules see. */

/** A new command is carried out by everybody, and all that were carried out before are still there. */
async function goesOn(cluster: Cluster, done: Submission[], command: string): Promise<void> {
  const client = new Client(cluster);
  const last = await client.submit(command, {
    likelyCause: 'servers that restarted do not campaign, vote or follow as others do',
  });
  await client.everywhere(last, {
    likelyCause: 'a server that restarted does not get, or does not apply again, what it lacks',
  });
  done.push(last);
  expectDone(cluster, done);
}

/** Has commands carried out, one after the other. */
async function submitAll(cluster: Cluster, done: Submission[], names: readonly string[]): Promise<void> {
  for (const command of names) done.push(await new Client(cluster).submit(command));
}

/** The domain of draws in these stories. */
const STORY = 31;

export const tests: readonly TestDefinition[] = [
  {
    slug: 'single-server',
    title: 'A cluster of one keeps its log, wherever its server dies',
    kind: 'scenario',
    points: 3,
    paper: 'Raft §5.3, Figure 2 (persistent state)',
    sentence: 'What a server has committed alone, its own disk alone must remember.',
    runs: 4,
    reaches: { boundaries: 6 },
    async run(test) {
      const cluster = test.cluster({ size: 1 });
      const keepWrites = KEPT_WRITES[test.seed % KEPT_WRITES.length]!;
      const done: Submission[] = [];
      for (let round = 1; round <= 60; round++) {
        // All is applied again by then; the effects that count are those of one command.
        await goesOn(cluster, done, `between.${round}`);
        const { incarnation } = cluster.world.host('n1');
        const alive = (): boolean => cluster.up.includes('n1') && cluster.world.host('n1').incarnation === incarnation;
        cluster.crash('n1', { atEffect: round, keepWrites });
        const attempt = await new Client(cluster).propose('n1', `c.${round}`);
        expect(attempt?.accepted !== false, 'n1 is the only server, and leads, but does not accept a command');
        const index = attempt?.accepted === true ? attempt.index : Number.POSITIVE_INFINITY;
        await cluster.until(
          `n1 to commit c.${round}, or to die`,
          () => !alive() || cluster.status('n1')!.commitIndex >= index,
        );
        if (alive()) break;
        let applied = 0;
        while (cluster.journal.at('n1', applied + 1) !== undefined) applied++;
        await restart(cluster, 'n1');
        const { lastLogIndex } = cluster.status('n1')!;
        expect(
          lastLogIndex >= applied,
          `n1 applied index ${applied} and died at effect ${round} of its next command; after a restart its log ends at ${lastLogIndex}`,
          { likelyCause: 'the server counts its own entry before that is flushed' },
        );
        test.reached('boundaries');
      }
    },
  },
  {
    slug: 'one-by-one',
    title: 'Servers restart one after the other, while the others go on',
    kind: 'scenario',
    points: 3,
    paper: 'Raft §5.4, §5.5',
    sentence:
      'A cluster goes on while a minority of its servers is down, and a server that comes back catches up, whether it led or followed.',
    runs: 16,
    async run(test) {
      const cluster = test.cluster({ size: [3, 5, 2, 4][test.seed % 4]! });
      const done: Submission[] = [];
      await submitAll(cluster, done, ['a', 'b', 'c']);
      for (const id of [...cluster.ids, await cluster.leader()]) {
        cluster.crash(id, { keepWrites: 0 });
        // Two servers have no majority without one.
        if (cluster.ids.length > 2 && test.seed % 8 < 4)
          await submitAll(cluster, done, [`without-${id}.${cluster.nowMs}`]);
        else await cluster.run(30);
        cluster.restart(id);
        await goesOn(cluster, done, `again-${id}.${cluster.nowMs}`);
      }
    },
  },
  {
    slug: 'all-at-once',
    title: 'All servers lose power at once, with commands under way',
    kind: 'scenario',
    points: 4,
    paper: 'Raft §5.4, Figure 2 (persistent state)',
    sentence: 'What was committed before all servers restarted is in the log of whoever leads after it.',
    runs: 24,
    async run(test) {
      const size = [3, 5, 1, 4, 2][test.seed % 5]!;
      const cluster = test.cluster({ size });
      const done: Submission[] = [];
      for (let round = 1; round <= 4; round++) {
        await submitAll(cluster, done, [`a.${round}`, `b.${round}`]);
        const leader = await cluster.leader();
        // Some of these have reached nobody, some a follower or two.
        for (let i = 1; i <= 3; i++) {
          cluster.offer(leader, `c.${round}.${i}`);
          await cluster.run(test.seed % 3);
        }
        const keepWrites = KEPT_WRITES[(test.seed + round) % KEPT_WRITES.length]!;
        for (const id of cluster.ids) cluster.crash(id, { keepWrites });
        await cluster.run(20);
        // Servers come back at different times.
        for (const id of cluster.ids) {
          cluster.restart(id);
          await cluster.run(Math.floor(cluster.world.chance.draw(STORY, round, cluster.ids.indexOf(id)) * 60));
        }
        await goesOn(cluster, done, `d.${round}`);
      }
    },
  },
  {
    slug: 'leader-restarts',
    title: 'The leader restarts before anyone misses it, again and again',
    kind: 'scenario',
    points: 3,
    paper: 'Raft §5.2, Figure 2 (volatile state on leaders)',
    sentence:
      'A leader that restarts is a follower: it leads again only when it is elected again, in a new term, and knows nothing of what its followers hold.',
    runs: 16,
    async run(test) {
      const cluster = test.cluster({ size: [3, 5, 4][test.seed % 3]! });
      const done: Submission[] = [];
      for (let round = 1; round <= 6; round++) {
        await submitAll(cluster, done, [`a.${round}`]);
        const leader = await cluster.leader();
        const term = cluster.highestTerm();
        cluster.offer(leader, `b.${round}`);
        cluster.offer(leader, `c.${round}`);
        if (round % 2 === 0) cluster.crash(leader, { atEffect: round + (test.seed % 4), keepWrites: 1 });
        await cluster.run(3);
        await restart(cluster, leader);
        await goesOn(cluster, done, `d.${round}`);
        expect(
          cluster.highestTerm() > term,
          `${leader} led term ${term} and restarted, but the cluster is still in that term`,
          { likelyCause: 'a restarted server takes itself for the leader that it was', servers: [leader] },
        );
      }
    },
  },
  {
    slug: 'figure-8',
    title: 'Leaders crash one after the other, with entries on some servers only (Figure 8)',
    kind: 'scenario',
    points: 4,
    paper: 'Raft §5.4.2, Figure 8',
    sentence:
      'Entries that old leaders left on some servers, over whatever crashes, are either kept by all or replaced; what is committed is never replaced.',
    runs: 20,
    reaches: { crashes: 120, leaderPlusOne: 18 },
    async run(test) {
      const size = test.seed % 4 === 3 ? 4 : 5;
      const cluster = test.cluster({ size, ...(test.seed % 2 === 0 ? {} : { link: UNRELIABLE }) });
      await figure8(test, cluster);
      cluster.heal();
      cluster.links(RELIABLE);
      for (const id of cluster.ids) await restart(cluster, id);
      await goesOn(cluster, [], 'last');
    },
  },
  {
    slug: 'lost-tail',
    title: 'Followers that lost what they had not flushed are brought up to date',
    kind: 'scenario',
    points: 3,
    paper: 'Raft §5.3, §5.5',
    sentence:
      'If a server crashes after it has carried out an RPC but before it has answered, it receives the same RPC again after its restart; the leader finds where its log ends now.',
    runs: 24,
    async run(test) {
      const size = [3, 5, 4][test.seed % 3]!;
      const cluster = test.cluster({ size });
      const done: Submission[] = [];
      await submitAll(cluster, done, ['a', 'b']);
      for (let round = 1; round <= 4; round++) {
        const leader = await cluster.leader();
        const minority = cluster.others(leader).slice(0, Math.ceil(size / 2) - 1);
        // They die while they store what comes, or soon after.
        for (const id of minority)
          cluster.crash(id, { atEffect: 1 + ((test.seed + round) % 7), keepWrites: round % 2 });
        for (let i = 1; i <= 5; i++) cluster.offer(leader, `c.${round}.${i}`);
        await cluster.run(120);
        for (const id of minority) await restart(cluster, id);
        await goesOn(cluster, done, `d.${round}`);
      }
    },
  },
  {
    slug: 'stalled-disk',
    title: 'A disk that takes seconds to flush holds up its own server only',
    kind: 'scenario',
    points: 2,
    paper: 'Raft §5.3, §5.4',
    sentence:
      'A minority of slow servers need not impact overall system performance; one that gets a working disk catches up.',
    runs: 12,
    async run(test) {
      const cluster = test.cluster({ size: [3, 5, 4][test.seed % 3]! });
      const done: Submission[] = [];
      await submitAll(cluster, done, ['a', 'b']);
      const leader = await cluster.leader();
      const slow = test.seed % 2 === 0 ? leader : cluster.others(leader)[0]!;
      cluster.slowDisk(slow, 2_500);
      // It reaches the slow server, and waits for its disk.
      cluster.offer(leader, 'c');
      await cluster.run(10);
      // A slow leader may be replaced, or lead on: its followers hold the entries without it.
      const among = slow === leader ? cluster.ids : cluster.others(slow);
      const likelyCause = 'the leader waits for each follower, or stops when one does not answer';
      for (const command of ['d', 'e', 'f'])
        done.push(await new Client(cluster).submit(command, { among, likelyCause }));
      // What it has told the old disk to do may take minutes: it gets a new one, with what has come through.
      cluster.slowDisk(slow, 0);
      await restart(cluster, slow);
      await goesOn(cluster, done, 'last');
    },
  },
];

/** As chance decides: whoever leads gets commands, and dies soon after or in the middle; now and then somebody returns. */
async function figure8({ seed }: TestContext, cluster: Cluster): Promise<void> {
  const { chance } = cluster.world;
  const majority = Math.floor(cluster.ids.length / 2) + 1;
  for (let round = 1; round <= 24; round++) {
    const draw = (n: number): number => chance.draw(STORY, seed, round, n);
    for (const id of cluster.up) cluster.offer(id, `${id}.${round}`);
    await cluster.run(draw(1) < 0.2 ? draw(2) * 600 : draw(2) * 12);
    const leader = cluster.up.find((id) => cluster.status(id)?.role === 'leader');
    if (leader !== undefined) {
      if (draw(3) < 0.5) cluster.crash(leader, { keepWrites: Math.floor(draw(4) * 3) });
      else cluster.crash(leader, { atEffect: 1 + Math.floor(draw(4) * 10) });
    }
    await cluster.run(draw(5) < 0.4 ? 300 : 20);
    const down = cluster.others(...cluster.up);
    if (cluster.up.length < majority || draw(6) < 0.2) {
      const back = down[Math.floor(draw(7) * down.length)];
      if (back !== undefined) cluster.restart(back);
    }
  }
}

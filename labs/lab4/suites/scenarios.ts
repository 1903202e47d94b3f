import { Client, type Cluster, ExpectationFailed, service, type TestDefinition, variedCompaction } from '#scenario';

/** Scenarios: a cluster whose servers compact, and a story. */

/** Clients of the service, while every server compacts every few entries, at indexes of its own. */
const busy = service({ clients: 3, keys: 3, pauseMsMax: 20, compaction: variedCompaction(10) });

/** Entries between two snapshots where storage is bounded, and the limit: a server may keep many entries in front of one. */
const EVERY = 25;
const STORED_MAX = 500;

export const tests: readonly TestDefinition[] = [
  {
    slug: 'straggler-catches-up',
    title: 'A server that was away while the others compacted catches up, and can then be needed',
    kind: 'scenario',
    points: 4,
    paper: 'Raft §7, Figure 13',
    sentence:
      'An exceptionally slow follower, or a new server joining the cluster, is brought up to date by a snapshot sent over the network.',
    runs: 12,
    reaches: { installs: 6, snapshotsSent: 12 },
    async run(test) {
      const away = 'n3';
      const way = test.seed % 3;
      const cluster = test.cluster({ size: [3, 4][test.seed % 2]!, ...(way === 0 && { down: [away] }) });
      await cluster.leader({ among: cluster.ids.filter((id) => way !== 0 || id !== away) });
      const work = busy(cluster, test);
      if (way !== 0) await cluster.run(200);
      if (way === 1) cluster.crash(away);
      if (way === 2) cluster.isolate(away);
      await cluster.run(1_000);
      if (way === 2) cluster.heal();
      else cluster.restart(away);
      // Commands go on meanwhile, and so does compaction.
      await cluster.leader();
      await cluster.run(300);
      const other = cluster.others(away).find((id) => cluster.status(id)?.role !== 'leader')!;
      cluster.isolate(other);
      await cluster.run(300);
      work.stop();
      await work.settle(cluster.others(other));
    },
  },
  {
    slug: 'everyone-restarts',
    title: 'All servers restart at once, again and again, and go on from their snapshots',
    kind: 'scenario',
    points: 4,
    paper: 'Raft §7',
    sentence:
      'Snapshot and log on the disks make up the whole: with all servers restarted, nothing that was committed is gone.',
    runs: 12,
    reaches: { restores: 48, crashes: 60 },
    async run(test) {
      const cluster = test.cluster({ size: [3, 5, 1][test.seed % 3]! });
      const work = busy(cluster, test);
      for (let round = 0; round < 3; round++) {
        await cluster.leader();
        await cluster.run(250 + ((test.seed * 37 + round * 61) % 200));
        for (const id of cluster.ids) cluster.crash(id);
        await cluster.run(20);
        for (const id of cluster.ids) cluster.restart(id);
      }
      await cluster.leader();
      await cluster.run(200);
      work.stop();
      // A majority of the configuration that the snapshots carry must do.
      const half = Math.floor((cluster.ids.length - 1) / 2);
      for (const id of cluster.ids.slice(0, half)) cluster.crash(id);
      await cluster.run(10);
      await work.settle(cluster.up);
    },
  },
  {
    slug: 'deposed-leader-comes-back',
    title: 'An old leader’s entries that nobody else has give way to the snapshot of the new one',
    kind: 'scenario',
    points: 3,
    paper: 'Raft §7, Figure 13 (step 7)',
    sentence:
      'A follower whose log conflicts with a snapshot discards its entire log: it is superseded by the snapshot, and may have uncommitted entries that conflict with it.',
    runs: 15,
    reaches: { installs: 7 },
    async run(test) {
      const cluster = test.cluster({ size: [3, 5][test.seed % 2]! });
      const client = new Client(cluster);
      const old = await cluster.leader();
      for (let n = 1; n <= 5; n++) await client.submit(`a${n}`);
      cluster.isolate(old);
      for (let n = 1; n <= 10 + 4 * (test.seed % 8); n++) cluster.offer(old, `lost${n}`);
      const rest = cluster.others(old);
      const work = busy(cluster, test);
      const leader = await cluster.leader({ among: rest });
      for (let n = 1; n <= 40; n++) await client.submit(`b${n}`, { among: rest });
      cluster.heal();
      if (test.seed % 3 === 0) cluster.crash(leader);
      await cluster.run(500);
      work.stop();
      await work.settle(cluster.up);
    },
  },
  {
    slug: 'storage-is-bounded',
    title: 'A server that compacts keeps a bounded log, however many commands come',
    kind: 'scenario',
    points: 4,
    paper: 'Raft §7',
    sentence:
      'The log does not grow without bound: the entries that a snapshot replaces are discarded, in memory and on the disk.',
    runs: 2,
    async run(test) {
      const cluster = test.cluster({ size: 3 });
      const client = new Client(cluster);
      const compaction = () => ({ every: EVERY });
      const work = service({ clients: 1, keys: 2, pauseMsMax: 50, compaction })(cluster, test);
      let most = 0;
      for (let burst = 0; burst < 60; burst++) {
        const leader = await cluster.leader();
        for (let n = 0; n < 24; n++) cluster.offer(leader, `b${burst}.${n}`);
        await client.everywhere(await client.submit(`b${burst}.last`));
        await cluster.run(5);
        for (const id of cluster.ids) most = Math.max(most, storedEntries(cluster, id));
      }
      test.reached('max:storedEntries', most);
      work.stop();
      await work.settle(cluster.up);
    },
  },
];

/** @returns how many entries a server has on its disk, unless these are too many */
function storedEntries(cluster: Cluster, id: string): number {
  const { length } = cluster.world.host(id).disk.view.log;
  if (length <= STORED_MAX) return length;
  throw new ExpectationFailed(
    'budget',
    `${id} was given a snapshot every ${EVERY} entries, but has ${length} entries on its disk; the limit is ${STORED_MAX}`,
    { likelyCause: 'compact does not discard the entries that the snapshot replaces', servers: [id] },
  );
}

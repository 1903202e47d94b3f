import type { InstallSnapshotArgs } from '#contract';
import {
  Client,
  expect,
  type Incoming,
  type ScriptedCluster,
  type ScriptedFollower,
  scriptFollowers,
  type TestDefinition,
} from '#scenario';
import { AT_ONCE_MS, lead, soonMs } from '../../lab2/messages.ts';
import { compact, dataAt } from '../messages.ts';

/**
 * Rule tests of a leader that has compacted what a follower lacks. A leader may keep entries in front of its snapshot; the
 * followers here are far enough behind for most, and where it sends them entries after all, that is right too.
 */

export const tests: readonly TestDefinition[] = [
  {
    slug: 'brings-followers-to-the-snapshot',
    title: 'A leader sends its snapshot to a follower whose next entry is gone, and then the entries behind it',
    kind: 'rule',
    points: 5,
    paper: 'Raft §7, Figure 13',
    sentence:
      'The leader sends a snapshot to followers that lag behind when it has discarded the next entry that it needs to send them; it goes on with the entries behind the snapshot.',
    runs: 16,
    reaches: { snapshotsSent: 10 },
    async run(test) {
      const cluster = test.scripted({ size: [3, 5][test.seed % 2]! });
      const { late, client } = await leadWithoutLast(cluster, [0, 3, 7][test.seed % 3]!);
      let last = await propose(cluster, client, 30);
      // Followers at, just before and just behind the snapshot's end need what stands around it.
      await compact(cluster, last - 6 - (test.seed % 3));
      if (test.seed % 4 === 0) await compact(cluster, last - 2);
      late.installs = () => test.seed % 4 !== 1;
      cluster.mend('n1', late.id);
      if (test.seed % 4 === 1) await answersWithHigherTerm(cluster, late);
      late.installs = () => true;
      for (const request of waitingSnapshots(cluster, late)) cluster.answer(request, late.install(request.args));
      if (cluster.state.role !== 'leader') await lead(cluster);
      await followsUpTo(cluster, late, last);
      await compact(cluster, last);
      last = await propose(cluster, client, 3);
      await followsUpTo(cluster, late, last);
    },
  },
  {
    slug: 'counts-the-snapshot-that-was-sent',
    title: 'The answer to InstallSnapshot stands for the snapshot that was sent, not for a newer one',
    kind: 'rule',
    points: 4,
    paper: 'Raft §7, Figure 2 (volatile state on leaders)',
    sentence:
      'matchIndex and nextIndex of a follower move to the last included index of the snapshot that it has acknowledged, however far the leader has compacted since.',
    runs: 12,
    async run(test) {
      const cluster = test.scripted({ size: [3, 5][test.seed % 2]! });
      const { late, client } = await leadWithoutLast(cluster, 0);
      let last = await propose(cluster, client, 24);
      await compact(cluster, last);
      late.installs = () => false;
      cluster.mend('n1', late.id);
      await cluster.until(
        `n1 to send ${late.id} its snapshot, or the entries from 1 on`,
        () => waitingSnapshots(cluster, late).length > 0 || late.lastIndex >= last,
        { likelyCause: 'no snapshot is sent in place of entries that are gone' },
      );
      last = await propose(cluster, client, 24);
      await compact(cluster, last - (test.seed % 4));
      test.reached('late answers', waitingSnapshots(cluster, late).length);
      late.installs = () => true;
      for (const request of waitingSnapshots(cluster, late)) cluster.answer(request, late.install(request.args));
      await cluster.run(AT_ONCE_MS);
      last = await propose(cluster, client, 2);
      await followsUpTo(
        cluster,
        late,
        last,
        'an answer to InstallSnapshot is taken for the newest snapshot, and the entries between are never sent',
      );
    },
  },
  {
    slug: 'snapshots-do-not-storm',
    title: 'A snapshot that is refused, lost or not answered is sent again at the pace of heartbeats',
    kind: 'rule',
    points: 2,
    paper: 'Raft §7',
    sentence:
      'A snapshot is large: a follower that does not take it gets it again now and then, not in a loop; meanwhile it gets heartbeats as all do.',
    runs: 9,
    async run(test) {
      const cluster = test.scripted({ size: 3 });
      const { late, client } = await leadWithoutLast(cluster, 0);
      const last = await propose(cluster, client, 24);
      await compact(cluster, last);
      const way = test.seed % 3;
      const answer = cluster.auto;
      if (way !== 1) cluster.mend('n1', late.id);
      if (way === 2) late.handles = () => false;
      cluster.auto = (request) => {
        if (request.peer !== late.id || request.method !== 'InstallSnapshot') return answer?.(request);
        return way === 0 ? { term: request.args.term, success: false } : undefined;
      };
      let sent = 0;
      cluster.world.observers.add({
        requestSent: ({ method, to }) => {
          if (method === 'InstallSnapshot' && to.id === late.id) sent++;
        },
      });
      const beats = 20;
      const beginMs = cluster.nowMs;
      await cluster.run(beats * cluster.world.timing.heartbeatMs);
      expect(
        sent <= 4 * beats,
        `${late.id} ${['refuses', 'is cut off from', 'does not answer'][way]} n1's snapshot, and within ${beats} heartbeats n1 has sent ${sent}`,
        { likelyCause: 'a refused or lost snapshot is sent again at once' },
      );
      test.reached('snapshots to a deaf follower', sent);
      if (way !== 1) expectHeard(cluster, late, beginMs);
      // A request whose handler never ends may be awaited for good: only the other two are over.
      if (way === 2) return;
      cluster.mend('n1', late.id);
      cluster.auto = answer;
      const why = 'a snapshot that was refused or lost is not sent again';
      await followsUpTo(cluster, late, last, why, 10_000);
    },
  },
];

interface Leading {
  /** The follower that lags behind. */
  readonly late: ScriptedFollower;
  readonly client: Client;
}

/** The real server leads; its last follower has some entries, and from then on hears nothing. */
async function leadWithoutLast(cluster: ScriptedCluster, entriesOfLate: number): Promise<Leading> {
  const followers = scriptFollowers(cluster);
  const late = followers.at(-1)!;
  await lead(cluster);
  const client = new Client(cluster);
  if (entriesOfLate > 0) {
    const last = await propose(cluster, client, entriesOfLate);
    await followsUpTo(cluster, late, last);
  }
  cluster.cut('n1', late.id);
  return { late, client };
}

/** Has the real server commit further commands. @returns the index of the last */
async function propose(cluster: ScriptedCluster, client: Client, count: number): Promise<number> {
  let last = 0;
  for (let n = 0; n < count; n++) {
    const { index } = await client.proposeTo('n1', `x${cluster.state.lastLogIndex + 1}`);
    last = index;
  }
  await cluster.until(`n1 to apply its commands up to index ${last}`, () => cluster.state.lastApplied >= last);
  return last;
}

/** While a snapshot is under way, its follower hears from the leader as often as others do, and does not campaign. */
function expectHeard(cluster: ScriptedCluster, { id }: ScriptedFollower, fromMs: number): void {
  const times = cluster.incoming.filter(({ peer, atMs }) => peer === id && atMs >= fromMs).map(({ atMs }) => atMs);
  const longestMs = Math.max(...[...times, cluster.nowMs].map((atMs, i) => atMs - (times[i - 1] ?? fromMs)));
  expect(
    longestMs <= soonMs(cluster),
    `n1 leads, and ${id} has not answered its snapshot; but for ${Math.round(longestMs)} ms n1 sent ${id} nothing at all`,
    { likelyCause: 'a follower with a snapshot under way gets no heartbeats' },
  );
}

function waitingSnapshots(cluster: ScriptedCluster, { id }: ScriptedFollower): Incoming<InstallSnapshotArgs>[] {
  return cluster.incoming.filter(
    ({ peer, method, answered }) => peer === id && method === 'InstallSnapshot' && !answered,
  ) as Incoming<InstallSnapshotArgs>[];
}

/** The follower must come to hold everything up to an index: in a snapshot as it was taken, and in entries as proposed. */
async function followsUpTo(
  cluster: ScriptedCluster,
  follower: ScriptedFollower,
  last: number,
  likelyCause = 'the next entry for a follower is looked up in a trimmed log, or no snapshot is sent in its place',
  within = 3_000,
): Promise<void> {
  await cluster.until(
    `n1 to bring ${follower.id} to index ${last}`,
    () => follower.lastIndex >= last && follower.toldCommit >= last,
    { within, likelyCause },
  );
  const through = follower.snapshot?.lastIncludedIndex ?? 0;
  if (follower.snapshot !== undefined)
    expect(
      follower.snapshot.data === dataAt(through),
      `n1's snapshot through ${through} has ${dataAt(through).length} characters; ${follower.id} was sent other data`,
      { likelyCause: 'the parts do not make up the whole, or belong to different snapshots' },
    );
  for (const { index, term } of follower.log.slice(through, last)) {
    const own = cluster.journal.at('n1', index);
    expect(
      own === undefined || own.term === term,
      `entry ${index} has term ${own?.term} in n1's log; ${follower.id} was sent one of term ${term}`,
      { likelyCause: 'the entries sent are not those at their indexes, once the log is trimmed' },
    );
  }
}

/** A follower that has seen a later term says so in its answer to a snapshot, if it gets one. */
async function answersWithHigherTerm(cluster: ScriptedCluster, late: ScriptedFollower): Promise<void> {
  const term = cluster.state.currentTerm + 1;
  await cluster.world.run(cluster.nowMs + 500, () => waitingSnapshots(cluster, late).length > 0);
  const [request] = waitingSnapshots(cluster, late);
  if (request === undefined) return;
  cluster.answer(request, { term, success: false });
  await cluster.run(AT_ONCE_MS);
  const { role, currentTerm } = cluster.state;
  expect(
    role !== 'leader' && currentTerm >= term,
    `${late.id} answers InstallSnapshot with term ${term}, but n1 is ${role} in term ${currentTerm}`,
    { likelyCause: 'the term in answers to InstallSnapshot is ignored' },
  );
}

import type { AppendEntriesArgs } from '#contract';
import { sizeInBytes } from '#kernel';
import { Client, expect, type TestDefinition } from '#scenario';
import { expectDone, expectSameCommands, FEW_HEARTBEATS_MS, named, offerAtOnce } from '../stories.ts';

/** Scenarios: a cluster of real servers, and a story of commands while messages arrive. */

export const tests: readonly TestDefinition[] = [
  {
    slug: 'basic-agreement',
    title: 'Commands are applied by all servers, in order, though nothing follows the last one',
    kind: 'scenario',
    points: 4,
    paper: 'Raft §5.3',
    sentence:
      'When the entry has been safely replicated, the leader applies it to its state machine; once a follower learns that an entry is committed, it applies the entry, in log order.',
    runs: 24,
    async run(test) {
      const cluster = test.cluster({ size: [3, 5, 2, 4, 1, 7][test.seed % 6]! });
      const client = new Client(cluster);
      await cluster.steadyLeader();
      for (let n = 1; n <= 12; n++) {
        const done = await client.submit(`x${n}`, { within: 3_000 });
        await client.everywhere(done, {
          within: FEW_HEARTBEATS_MS,
          likelyCause: 'the commit index reaches followers only with further entries, or the last entry is forgotten',
        });
      }
      await cluster.run(FEW_HEARTBEATS_MS);
      expectSameCommands(cluster, 12);
    },
  },
  {
    slug: 'concurrent-proposals',
    title: 'Commands of many clients in one instant are each applied once',
    kind: 'scenario',
    points: 2,
    paper: 'Raft §5.3',
    sentence:
      'Each client request is appended to the leader’s log as a new entry, at an index of its own, and is committed once.',
    runs: 15,
    async run(test) {
      const cluster = test.cluster({ size: [3, 5, 4][test.seed % 3]! });
      const client = new Client(cluster);
      const leader = await cluster.steadyLeader();
      let count = 0;
      for (let burst = 1; burst <= 3; burst++) {
        const accepted = await offerAtOnce(cluster, leader, named(`b${burst}`, 15));
        expect(accepted.length > 0, `${leader} leads, but refuses 15 clients that come at once`);
        for (const each of accepted) await client.everywhere(each, { within: 3_000 });
        expectDone(cluster, accepted);
        count += accepted.length;
        await cluster.run(test.seed % 40);
      }
      expectSameCommands(cluster, count);
    },
  },
  {
    slug: 'servers-stop',
    title: 'Agreement goes on while followers and leaders stop for good, as long as a majority is left',
    kind: 'scenario',
    points: 3,
    paper: 'Raft §5.3, §5.4',
    sentence:
      'A cluster remains available as long as any majority of its servers runs; a committed entry is never lost.',
    runs: 20,
    reaches: { crashes: 30 },
    async run(test) {
      const size = [5, 3, 7][test.seed % 3]!;
      const cluster = test.cluster({ size });
      const client = new Client(cluster);
      let count = 0;
      const sent = new Map<string, number>();
      cluster.world.observers.add({
        requestSent: ({ to }) => {
          if (!to.up) sent.set(to.id, (sent.get(to.id) ?? 0) + 1);
        },
      });
      for (let stopped = 0; stopped <= (size - 1) / 2; stopped++) {
        const leader = await cluster.steadyLeader();
        for (let n = 0; n < 5; n++) {
          const done = await client.submit(`s${++count}`);
          await client.everywhere(done, { within: 3_000 });
        }
        if (stopped === (size - 1) / 2) break;
        const victim = (test.seed + stopped) % 2 === 0 ? leader : cluster.up.find((id) => id !== leader)!;
        cluster.crash(victim, test.seed % 4 === 0 ? { atEffect: 1 + (test.seed % 7) } : {});
        await cluster.until(`${victim} to die`, () => !cluster.up.includes(victim), { within: 1_000 });
        await cluster.run(100);
      }
      const beginMs = cluster.nowMs;
      sent.clear();
      await cluster.run(3_000);
      const beats = ((cluster.nowMs - beginMs) / cluster.world.timing.heartbeatMs) * cluster.up.length;
      for (const [id, requests] of sent)
        expect(requests <= 4 * beats, `${id} is down, and was sent ${requests} requests in 3000 ms`, {
          likelyCause: 'a request that is lost begins a loop of its own, again and again',
        });
      expectSameCommands(cluster, count);
    },
  },
  {
    slug: 'follower-returns',
    title: 'Agreement goes on while a follower is out of reach, and the follower catches up when it returns',
    kind: 'scenario',
    points: 3,
    paper: 'Raft §5.3',
    sentence:
      'The leader retries AppendEntries indefinitely, even after it has responded to the client, until all followers eventually store all log entries.',
    runs: 15,
    async run(test) {
      const cluster = test.cluster({ size: [3, 5, 4][test.seed % 3]! });
      const client = new Client(cluster);
      let count = 0;
      for (let round = 0; round < 2; round++) {
        const leader = await cluster.steadyLeader();
        const away = cluster.others(leader)[test.seed % (cluster.ids.length - 1)]!;
        cluster.isolate(away);
        for (let n = 0; n < 20; n++) await client.submit(`r${++count}`, { among: cluster.others(away) });
        cluster.heal();
        await cluster.steadyLeader();
        const last = await client.submit(`r${++count}`);
        await client.everywhere(last, {
          likelyCause: 'nextIndex does not go back to where the follower’s log ends',
        });
      }
      await cluster.run(FEW_HEARTBEATS_MS);
      expectSameCommands(cluster, count);
    },
  },
  {
    slug: 'no-quorum',
    title: 'Nothing is committed without a majority; with one again, there is progress',
    kind: 'scenario',
    points: 3,
    paper: 'Raft §5.3',
    sentence: 'An entry is committed only when a majority of all servers has it, however many of them can be reached.',
    runs: 20,
    reaches: { 'commands without a quorum': 40 },
    async run(test) {
      const size = [3, 5, 4, 2][test.seed % 4]!;
      const cluster = test.cluster({ size });
      const client = new Client(cluster);
      const leader = await cluster.steadyLeader();
      await client.everywhere(await client.submit('before'));
      const companions = cluster.others(leader).slice(0, Math.floor(size / 2) - 1);
      cluster.partition([leader, ...companions]);
      const attempts = await offerAtOnce(cluster, leader, ['p1', 'p2', 'p3']);
      test.reached('commands without a quorum', attempts.length);
      await cluster.run(1_000);
      for (const each of attempts) {
        expect(
          client.outcome(each) === 'unknown',
          `${each.command} reached ${companions.length + 1} of ${size} servers, but ${each.server} treats it as done`,
        );
      }
      cluster.heal();
      await cluster.steadyLeader();
      await client.everywhere(await client.submit('after'));
      await cluster.run(FEW_HEARTBEATS_MS);
      for (const each of attempts) {
        const outcome = client.outcome(each);
        const applied = cluster.journal.commands(leader).includes(each.command);
        expect(
          applied === (outcome === 'done'),
          `${each.command} was ${applied ? '' : 'not '}applied, but its client learns "${outcome}"`,
        );
      }
    },
  },
  {
    slug: 'traffic',
    title: 'A healthy cluster is quiet when idle, and does not send its whole log again and again',
    kind: 'scenario',
    points: 2,
    paper: 'Raft §5.3',
    sentence: 'Replicating a command takes one round of AppendEntries; entries that a follower has are not sent again.',
    runs: 6,
    async run(test) {
      const cluster = test.cluster({ size: 3 + 2 * (test.seed % 2) });
      const client = new Client(cluster);
      const leader = await cluster.steadyLeader();
      let requests = 0;
      let bytes = 0;
      cluster.world.observers.add({
        requestSent: ({ from, to, method, args }) => {
          if (from === to || method !== 'AppendEntries') return;
          requests++;
          bytes += sizeInBytes(args as AppendEntriesArgs);
        },
      });
      const followers = cluster.ids.length - 1;
      const beats = (ms: number): number => (ms / cluster.world.timing.heartbeatMs) * followers;
      await cluster.run(3_000);
      expect(
        requests <= 3 * beats(3_000),
        `${leader} sent ${requests} AppendEntries to ${followers} followers in 3000 ms with nothing to do`,
        { likelyCause: 'more than one heartbeat timer runs, or each answer brings the next request' },
      );
      const [startMs, payload, commands] = [cluster.nowMs, 200, 150];
      requests = 0;
      bytes = 0;
      for (let n = 1; n <= commands; n++) await client.submit(`${n}`.padEnd(payload, '.'));
      await cluster.run(FEW_HEARTBEATS_MS);
      const most = 20 * commands * followers + 3 * beats(cluster.nowMs - startMs);
      expect(requests <= most, `${commands} commands, one after another, took ${requests} AppendEntries`, {
        likelyCause: 'each answer brings further requests, also when there is nothing new',
      });
      // Loose, as entries may be repeated until they are acknowledged; the whole log each time would be 75 times as much.
      const size = commands * payload * followers;
      expect(
        bytes <= 20 * size + 100 * requests,
        `${commands} commands of ${payload} bytes for ${followers} followers are ${size} bytes, but ${leader} sent ${bytes}`,
        { likelyCause: 'every AppendEntries carries the whole log, or entries that the follower has acknowledged' },
      );
    },
  },
];

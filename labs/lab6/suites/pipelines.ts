import type { AppendEntriesArgs } from '#contract';
import { sizeInBytes } from '#kernel';
import { expect, type ScriptedCluster, scriptFollowers, type TestDefinition } from '#scenario';
import { CALM_MS, entries, lead, ScriptedLeader } from '../../lab2/messages.ts';
import { FAR } from '../lab.ts';
import { alone, batch, EVENTUALLY_MS, stream } from '../load.ts';

/** Pipelines: one real server, `n1`, and several requests under way between it and scripted peers. */

/**
 * Most bytes that may be under way to one follower. Loose: a megabyte is plenty here. How many requests carry them is free,
 * as a window may be counted in requests, in entries or in bytes.
 */
const WINDOW_BYTES_MAX = 8_000_000;

/** The real server's AppendEntries with entries to a peer, since a time. */
function carrying(cluster: ScriptedCluster, peer: string, sinceMs: number): readonly AppendEntriesArgs[] {
  return cluster.incoming
    .filter((each) => each.peer === peer && each.method === 'AppendEntries' && each.atMs >= sinceMs)
    .map(({ args }) => args as AppendEntriesArgs)
    .filter(({ entries: list }) => list.length > 0);
}

/** The longest time, up to now, in which the real server sent a peer no AppendEntries. */
function longestSilenceMs(cluster: ScriptedCluster, peer: string, sinceMs: number): number {
  const heard = cluster.incoming.filter(
    (each) => each.peer === peer && each.method === 'AppendEntries' && each.atMs >= sinceMs,
  );
  const timesMs = [sinceMs, ...heard.map(({ atMs }) => atMs), cluster.nowMs];
  return Math.round(Math.max(...timesMs.slice(1).map((atMs, i) => atMs - timesMs[i]!)));
}

export const tests: readonly TestDefinition[] = [
  {
    slug: 'lost-in-the-pipeline',
    title: 'A request of the pipeline is lost, or its answer: what follows it is repaired',
    kind: 'rule',
    points: 4,
    paper: 'Thesis §10.2.2; Raft §5.3',
    sentence:
      'nextIndex runs ahead in the hope that all arrives; when something does not, it goes back to what is proven.',
    runs: 36,
    reaches: { 'lost messages': 36 },
    async run(test) {
      const cluster = alone(test, 2, FAR);
      const [follower] = scriptFollowers(cluster);
      await lead(cluster);
      await cluster.run(CALM_MS);
      // So that the leader has reason to trust the link.
      await stream(cluster, 'n1', batch('a', 20), { portion: 2, everyMs: 7 });
      let passed = 0;
      const phase = test.seed % 2 === 0 ? 'request' : 'reply';
      const loses = [0, 1, 2, 4][Math.floor(test.seed / 2) % 4]!;
      // One, or all that come: then nothing behind the loss brings it to light.
      const count = test.seed % 3 === 0 ? Number.POSITIVE_INFINITY : 1;
      const held = cluster.hold({
        method: 'AppendEntries',
        phase,
        when: ({ args }) => {
          if ((args as AppendEntriesArgs).entries.length === 0) return false;
          passed++;
          return passed > loses && passed <= loses + count;
        },
      });
      const last = (await stream(cluster, 'n1', batch('b', 60), { portion: 5, everyMs: 6 })).at(-1)!;
      test.reached('lost messages', held.messages.length);
      held.stop();
      held.drop();
      await cluster.until(
        `n1 to bring n2 all entries up to ${last.index}, after ${phase === 'request' ? 'requests were' : 'answers were'} lost`,
        () => follower!.lastIndex >= last.index && cluster.state.commitIndex >= last.index,
        {
          within: EVENTUALLY_MS,
          likelyCause: 'what is lost keeps its place in the window, or nextIndex stays ahead of a gap',
        },
      );
    },
  },
  {
    slug: 'overtaken-in-the-pipeline',
    title: 'Requests that overtake each other, and refusals that come together, bring nobody out of step',
    kind: 'rule',
    points: 3,
    paper: 'Thesis §10.2.2; Raft §5.3',
    sentence:
      'A request that arrives before the one that it follows is refused; the leader takes that back once, and sends each entry a few times at most.',
    runs: 24,
    async run(test) {
      const hints = test.seed % 2 === 0;
      const cluster = alone(test, 2, { ...FAR, latencyMsMin: 5, latencyMsMax: [10, 15, 25][test.seed % 3]! });
      const [follower] = scriptFollowers(cluster, [{ hints }]);
      await lead(cluster);
      await cluster.run(CALM_MS);
      const sinceMs = cluster.nowMs;
      // Without hints a wide window may have to go back over all that it holds, an entry at a time, again and again.
      const count = hints ? 300 : 60;
      const last = (await stream(cluster, 'n1', batch('a', count), { portion: 5, everyMs: 6 })).at(-1)!;
      await cluster.until(
        `n1 to bring n2 all entries up to ${last.index}, on a link on which messages overtake each other`,
        () => follower!.lastIndex >= last.index && cluster.state.commitIndex >= last.index,
        { within: EVENTUALLY_MS, likelyCause: 'a refusal of one request is taken for one of another' },
      );
      const sent = carrying(cluster, 'n2', sinceMs).reduce((sum, { entries: list }) => sum + list.length, 0);
      test.reached('entries sent', sent);
      expect(sent <= 60 * count, `${count} commands are brought to n2 with ${sent} entries`, {
        likelyCause: 'each refusal has the whole window sent again',
      });
    },
  },
  {
    slug: 'refused-in-the-pipeline',
    title: 'A new leader whose whole window is refused finds where the logs part, and repeats little',
    kind: 'rule',
    points: 3,
    paper: 'Thesis §10.2.2; Raft §5.3',
    sentence: 'Of the refusals to one window the first moves nextIndex back; the others say nothing new.',
    runs: 12,
    async run(test) {
      const hints = test.seed % 2 === 0;
      const lacks = hints ? 400 : 12;
      const log = entries(...Array<number>(lacks + 20).fill(2));
      const cluster = alone(test, 3, FAR);
      const [late] = scriptFollowers(cluster, [{ log: log.slice(0, 20), hints }, { log }]);
      await new ScriptedLeader(cluster, 'n3', 2, log).stores(0, log.length, 20);
      await lead(cluster);
      const sinceMs = cluster.nowMs;
      const last = (await stream(cluster, 'n1', batch('b', 40), { portion: 2, everyMs: 6 })).at(-1)!;
      await cluster.until(
        `n2's log to become n1's, up to ${last.index}`,
        () => late!.lastIndex >= last.index && cluster.state.commitIndex >= last.index,
        {
          within: EVENTUALLY_MS,
          likelyCause: 'each refusal of a window moves nextIndex further back, or starts a loop',
        },
      );
      const requests = carrying(cluster, 'n2', sinceMs);
      const sent = requests.reduce((sum, { entries: list }) => sum + list.length, 0);
      const needed = lacks + 41;
      test.reached('entries sent', sent);
      test.reached('entries needed', needed);
      // Who looks at no hint needs so many steps, and may send entries with each: `repair` has points for hints.
      const steps = new Set(requests.map(({ prevLogIndex }) => prevLogIndex)).size;
      expect(steps > 100 || sent <= 5 * needed + 2_000, `n2 lacked ${needed} entries, and n1 sent it ${sent}`, {
        likelyCause: 'each refusal of a window has the whole window sent again',
      });
    },
  },
  {
    slug: 'bounded-window',
    title: 'To a follower that does not answer, no more than a bounded window is under way',
    kind: 'rule',
    points: 4,
    paper: 'Thesis §10.2.2',
    sentence:
      'A follower that is slow, or hangs, still hears heartbeats, and costs its leader a bounded window, whatever else happens meanwhile.',
    runs: 2,
    async run(test) {
      const cluster = alone(test, 3);
      const [hung] = scriptFollowers(cluster);
      await lead(cluster);
      await cluster.run(CALM_MS);
      // So that a window that grows with each success is as wide as it gets.
      await stream(cluster, 'n1', batch('a', 480), { portion: 3, everyMs: 6 });
      hung!.handles = () => false;
      const sinceMs = cluster.nowMs;
      // Slowly, in many requests; or faster than any link, before the leader can lose hope.
      const portion = test.seed % 2 === 0 ? 150 : 5;
      const last = (await stream(cluster, 'n1', batch('b', 750, 16_000), { portion, everyMs: 10 })).at(-1)!;
      await cluster.run(2 * cluster.world.timing.electionTimeoutMsMax);
      expect(
        portion > 5 || longestSilenceMs(cluster, 'n2', sinceMs) <= cluster.world.timing.electionTimeoutMsMax,
        `n2 answers nothing, and hears nothing for ${longestSilenceMs(cluster, 'n2', sinceMs)} ms: its disk may be slow, and it will campaign`,
        { likelyCause: 'heartbeats stop while entries are under way' },
      );
      // What is sent again begins where something began before, or goes on to the same end.
      const first = new Map(carrying(cluster, 'n2', sinceMs).map((args) => [args.prevLogIndex, args]));
      const bytes = [...first.values()].reduce((sum, args) => sum + sizeInBytes(args), 0);
      test.reached('window', first.size);
      test.reached('bytes', bytes);
      expect(
        bytes <= WINDOW_BYTES_MAX,
        `n2 answers nothing, and n1 has ${first.size} different requests with ${bytes} bytes under way to it`,
        { likelyCause: 'requests leave without regard to what is not answered yet' },
      );
      hung!.handles = () => true;
      hung!.catchUp();
      await cluster.until(`n1 to bring n2, which answers again, all entries`, () => hung!.lastIndex >= last.index, {
        within: EVENTUALLY_MS,
        likelyCause: 'requests that were never answered keep their places in the window for ever',
      });
    },
  },
];

import { sizeInBytes } from '#kernel';
import { type Cluster, scriptFollowers, type TestContext, type TestDefinition } from '#scenario';
import { entries, lead, ScriptedLeader } from '../../lab2/messages.ts';
import { GOALS } from '../lab.ts';
import {
  alone,
  appliedEverywhere,
  atLeast,
  atMost,
  batch,
  burst,
  EVENTUALLY_MS,
  type Measured,
  measure,
  servers,
  stream,
} from '../load.ts';

/** Speed, in virtual time: what a cluster of three achieves when nothing fails. Correctness comes first. */

const FEW_FLUSHES = 'each command, or each request, gets a flush of its own: let all that wait share the next one';
const SMALL_REQUESTS = 'one request at a time, or small ones';
const NO_WAITING = 'a batch waits for a timer, or until it is full, in place of leaving when the disk is free';

/** What every test of a load has in common. */
function loaded(
  name: Pick<TestDefinition, 'slug' | 'title' | 'points' | 'sentence'>,
  clients: number,
  judge: (measured: Measured, test: TestContext) => void,
): TestDefinition {
  return {
    ...name,
    kind: 'scenario',
    paper: 'Thesis §10.2',
    runs: 1,
    async run(test) {
      const cluster = servers(test, 3);
      const leader = await cluster.steadyLeader();
      const measured = await measure(cluster, leader, { clients, forMs: 250 });
      for (const [what, figure] of Object.entries(measured)) test.reached(what, figure);
      judge(measured, test);
    },
  };
}

function throughput(grade: keyof typeof GOALS.throughput, points: number): TestDefinition {
  const least = GOALS.throughput[grade];
  const title = `64 clients get at least ${least} commands a second carried out`;
  const sentence = 'Batching: the time of a flush and of a round trip is shared by all commands that came meanwhile.';
  return loaded({ slug: `throughput-${grade}`, title, points, sentence }, 64, ({ perSecond }) =>
    atLeast(perSecond, least, 'commands a second', FEW_FLUSHES),
  );
}

function latencyOfMany(grade: keyof typeof GOALS.latencyOfMany, points: number): TestDefinition {
  const { p50Ms, p99Ms } = GOALS.latencyOfMany[grade];
  const title = `With 64 clients a command takes ${p50Ms} ms, and 99 of 100 take at most ${p99Ms} ms`;
  const sentence = 'A batch leaves when the disk is free; the next one gathers meanwhile, and no longer.';
  return loaded({ slug: `latency-64-${grade}`, title, points, sentence }, 64, (measured) => {
    atMost(measured.p50Ms, p50Ms, 'median latency in milliseconds', FEW_FLUSHES);
    atMost(measured.p99Ms, p99Ms, '99th percentile of latency in milliseconds', NO_WAITING);
  });
}

function catchUp(grade: 'good' | 'best', points: number): TestDefinition {
  const most = GOALS.catchUp[`${grade}Ms`];
  return {
    slug: `catch-up-${grade}`,
    title: `A follower that is 10,000 entries behind has them all after ${most} ms`,
    kind: 'scenario',
    points,
    paper: 'Thesis §10.2.2; Raft §5.3',
    sentence: 'Large requests, several of them under way, and a follower whose flushes are shared.',
    runs: 1,
    async run(test) {
      const cluster = servers(test, 3, ['n3']);
      const leader = await cluster.steadyLeader();
      const last = (await stream(cluster, leader, batch('a', 10_000), { portion: 500, everyMs: 15 })).at(-1)!;
      await appliedEverywhere(cluster, last.index, FEW_FLUSHES);
      const beganMs = cluster.nowMs;
      cluster.restart('n3');
      await holdsAll(cluster, 'n3', last.index);
      const tookMs = cluster.nowMs - beganMs;
      test.reached('tookMs', tookMs);
      atMost(tookMs, most, 'milliseconds to catch up', SMALL_REQUESTS);
    },
  };
}

async function holdsAll(cluster: Cluster, id: string, index: number): Promise<void> {
  await cluster.until(`${id} to apply index ${index}`, () => (cluster.status(id)?.lastApplied ?? 0) >= index, {
    within: EVENTUALLY_MS,
    likelyCause: SMALL_REQUESTS,
  });
}

export const tests: readonly TestDefinition[] = [
  throughput('good', 3),
  throughput('better', 3),
  throughput('best', 3),
  loaded(
    {
      slug: 'latency-1',
      title: `With one client a command takes ${GOALS.latencyOfOne.p50Ms} ms, and 99 of 100 take at most ${GOALS.latencyOfOne.p99Ms} ms`,
      points: 2,
      sentence: 'A single command waits for nothing but its own round trip and flush.',
    },
    1,
    (measured) => {
      const { p50Ms, p99Ms } = GOALS.latencyOfOne;
      atMost(measured.p50Ms, p50Ms, 'median latency in milliseconds', NO_WAITING);
      atMost(measured.p99Ms, p99Ms, '99th percentile of latency in milliseconds', NO_WAITING);
    },
  ),
  latencyOfMany('good', 3),
  latencyOfMany('best', 3),
  loaded(
    {
      slug: 'flushes',
      title: `With 64 clients there are at most ${GOALS.flushesPerCommand} flushes for each command`,
      points: 4,
      sentence: 'Flushes are shared, in leaders and in followers.',
    },
    64,
    ({ flushes, commands }) => atMost(flushes / commands, GOALS.flushesPerCommand, 'flushes per command', FEW_FLUSHES),
  ),
  loaded(
    {
      slug: 'requests',
      title: `With 64 clients there are at most ${GOALS.requestsPerCommand} AppendEntries for each command`,
      points: 4,
      sentence: 'Requests are shared: a message costs time whatever it carries.',
    },
    64,
    ({ requests, commands }) =>
      atMost(requests / commands, GOALS.requestsPerCommand, 'AppendEntries per command', 'each proposal sends one'),
  ),
  {
    slug: 'bytes-of-a-burst',
    title: `A burst leaves its leader hardly more than once for each follower`,
    kind: 'scenario',
    points: 3,
    paper: 'Thesis §10.2.2',
    sentence: 'What is under way is not sent again as long as there is hope that it arrives.',
    runs: 1,
    async run(test) {
      const cluster = servers(test, 3);
      const leader = await cluster.steadyLeader();
      let bytes = 0;
      cluster.world.observers.add({
        requestSent({ from, args }) {
          if (from.id === leader) bytes += sizeInBytes(args);
        },
      });
      const [count, characters] = [2_000, 100];
      const accepted = await burst(cluster, leader, batch('a', count, characters));
      await appliedEverywhere(cluster, accepted.at(-1)!.index, FEW_FLUSHES);
      const once = accepted.reduce((sum, { command }) => sum + 24 + command.length, 0) * 2;
      test.reached('percent', (100 * bytes) / once);
      const likelyCause = 'entries that are under way are sent again with those that come behind them';
      atMost(bytes / once, GOALS.burstBytes, 'bytes sent, in copies of the burst', likelyCause);
    },
  },
  catchUp('good', 3),
  catchUp('best', 3),
  {
    slug: 'repair',
    title: `A log that has parted from the leader’s 600 entries ago is repaired within ${GOALS.repairMs} ms`,
    kind: 'rule',
    points: 4,
    paper: 'Raft §5.3, end (the optimisation)',
    sentence: 'With the conflicting term and its first index a leader steps back over a whole term with one refusal.',
    runs: 1,
    async run(test) {
      const cluster = alone(test, 3);
      const own = entries(...Array<number>(50).fill(1), ...Array<number>(600).fill(5));
      const wrong = entries(...[1, 2, 3, 4].flatMap((term) => Array<number>(term === 1 ? 50 : 200).fill(term)));
      const [late] = scriptFollowers(cluster, [{ log: wrong, currentTerm: 5, hints: true }, { log: own }]);
      await new ScriptedLeader(cluster, 'n3', 5, own).stores(0, own.length, 50);
      await lead(cluster);
      const beganMs = cluster.nowMs;
      const last = (await burst(cluster, 'n1', batch('a', 1))).at(-1)!;
      await cluster.until(
        `n2's log to become n1's`,
        () => late!.lastIndex >= last.index && late!.log[last.index - 1]?.term === last.term,
      );
      const tookMs = cluster.nowMs - beganMs;
      test.reached('tookMs', tookMs);
      atMost(tookMs, GOALS.repairMs, 'milliseconds to repair it', 'conflictIndex and conflictTerm are not used');
    },
  },
];

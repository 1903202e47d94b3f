import type { InstallSnapshotReply } from '#contract';
import { expect, type ScriptedCluster, type TestDefinition } from '#scenario';
import { dataAt, describeReply, expectApplied, expectEnd, logOf, type Part, SnapshotLeader } from '../messages.ts';

/** Rule tests of InstallSnapshot as a message: who may send it, what it says of the sender, and snapshots in several parts. */

/** Milliseconds between two messages of a leader that sends nothing else. */
const PACE_MS = 60;

export const tests: readonly TestDefinition[] = [
  {
    slug: 'refuses-snapshots-of-old-leaders',
    title: 'A snapshot from a leader of an earlier term is refused, and does not keep an election away',
    kind: 'rule',
    points: 2,
    paper: 'Raft §5.1, Figure 13 (step 1)',
    sentence: 'InstallSnapshot: reply immediately if term < currentTerm, with the current term, and do nothing else.',
    runs: 12,
    async run(test) {
      const cluster = test.scripted({ size: 5 });
      const old = new SnapshotLeader(cluster, 'n2', 2, logOf(4, 16));
      const current = new SnapshotLeader(cluster, 'n3', 5, logOf(4, 16, 0, 0, 10));
      await current.stores(0, 5, 3);
      const likelyCause = 'InstallSnapshot does not compare terms, or answers before it does';
      for (const index of [12, 9]) {
        const reply = await old.install(index);
        expect(
          reply === undefined || (!reply.success && reply.term === 5),
          `n1 is in term 5; n2, which led term 2, sends it a snapshot, and it answers ${describeReply(reply)}`,
          { likelyCause },
        );
        const { leader = 'n3', lastApplied, currentTerm } = cluster.state;
        expect(
          leader === 'n3' && lastApplied === 3 && currentTerm === 5,
          `n3 leads term 5, in which n1 has applied 3 entries; after a snapshot of n2, leader of term 2, it says that it follows ${leader} in term ${currentTerm} and has applied ${lastApplied}`,
          { likelyCause },
        );
        expectEnd(cluster, 5, 'a snapshot of an earlier term was refused', likelyCause);
      }
      keepSending(cluster, 60, () => cluster.send('n2', 'InstallSnapshot', old.installation(12)));
      await cluster.campaign(5, {
        within: cluster.world.timing.electionTimeoutMsMax + 2 * PACE_MS,
        likelyCause: 'snapshots of an earlier term reset the election timer',
      });
    },
  },
  {
    slug: 'snapshots-count-as-contact',
    title: 'While the leader of the term sends snapshots, or parts of one, its follower does not campaign',
    kind: 'rule',
    points: 2,
    paper: 'Raft §5.2, §7',
    sentence:
      'InstallSnapshot comes from the current leader as AppendEntries does: a candidate of its term, or a leader of an earlier one, follows it, and its election timer starts anew.',
    runs: 12,
    async run(test) {
      const cluster = test.scripted({ size: 3 });
      const before = (['candidate', 'follower', 'candidate', 'leader'] as const)[test.seed % 4]!;
      let term = 3;
      if (before === 'candidate') term = (await cluster.campaign(0)).args.term;
      if (before === 'leader') term = (await cluster.elect()) + 1;
      // Nothing of an old leader's is in it.
      const entryTerm = before === 'leader' ? term : 1;
      const log = logOf(61).map((entry) => ({ ...entry, term: entryTerm }));
      const leader = new SnapshotLeader(cluster, 'n2', term, log);
      let times = 0;
      keepSending(cluster, 25, () => {
        times++;
        // The same one again, ever newer ones, or a long one in parts.
        const way = test.seed % 3;
        const size = Math.ceil(dataAt(30).length / 30);
        const part: Part = { offset: size * (times - 1), end: size * times };
        const args = leader.installation(way === 1 ? 5 + 2 * times : 30, way === 2 ? part : undefined);
        cluster.send('n2', 'InstallSnapshot', args);
      });
      for (let i = 0; i < 12; i++) {
        await cluster.run(2 * PACE_MS);
        const { role, currentTerm } = cluster.state;
        expect(
          role === 'follower' && currentTerm === term,
          `n2 leads term ${term} and sends a snapshot, or a part of one, every ${PACE_MS} ms, but n1 is ${role} in term ${currentTerm}`,
          {
            likelyCause:
              'InstallSnapshot does not reset the election timer, or does not end a candidacy or an old leadership',
          },
        );
      }
      test.reached('messages of snapshots', times);
    },
  },
  {
    slug: 'parts-are-not-mixed-up',
    title: 'A snapshot in several parts is put together as it was, or refused',
    kind: 'rule',
    points: 4,
    paper: 'Raft §7, Figure 13 (steps 2 to 5)',
    sentence:
      'Parts that come twice, in another order, or from different snapshots never make up a snapshot that nobody took; a server may refuse all parts, but not the whole.',
    runs: 24,
    async run(test) {
      const cluster = test.scripted({ size: 3 });
      const log = logOf(3, 37);
      const leader = new SnapshotLeader(cluster, 'n2', 2, log);
      await leader.stores(0, 4, 3);
      const [index, newer] = [12 + (test.seed % 3), 20];
      const next = new SnapshotLeader(cluster, 'n3', 3, log);
      const way = test.seed % STORIES.length;
      let installed = 3;
      for (const [which, piece] of STORIES[way]!) {
        const sender = which === 'next' ? next : leader;
        const at = which === 'newer' ? newer : index;
        const args = sender.installation(at, partOf(at, piece));
        const reply = (await cluster.ask(sender.id, 'InstallSnapshot', args)) as InstallSnapshotReply | undefined;
        // What it claims to hold, the rules on replies and snapshots compare with its disk and what it applied.
        if (reply?.success === true && args.done) installed = Math.max(installed, at);
        expect(
          cluster.state.lastApplied >= installed,
          `n1 says that it holds a snapshot through ${installed}, but it has applied ${cluster.state.lastApplied}`,
        );
      }
      const last = STORIES[way]!.some(([which]) => which === 'next') ? next : leader;
      await last.brings(newer + 5);
      await last.stores(newer + 5, newer + 9, newer + 9);
      const why = 'what was left over from parts is taken for the beginning of the next snapshot';
      await expectApplied(cluster, log, newer + 9, why);
    },
  },
];

/** In place of the second part, with the end of the first: a part stands where its offset says. */
const OVERLAP = 3;

type Story = readonly (readonly ['this' | 'newer' | 'next', number])[];

/** Which of three parts, or one more, comes when: of one snapshot, of a newer one, or of the same as the next leader sends it. */
const STORIES: readonly Story[] = [
  [0, 1, 2].map((piece) => ['this', piece] as const),
  [0, 0, 1, 1, 0, 1, 2, 2].map((piece) => ['this', piece] as const),
  [0, 2, 1, 2].map((piece) => ['this', piece] as const),
  [1, 2, 0].map((piece) => ['this', piece] as const),
  [
    ['this', 0],
    ['this', 1],
    ['newer', 0],
    ['this', 2],
    ['newer', 1],
    ['newer', 2],
  ],
  [
    ['newer', 0],
    ['this', 1],
    ['newer', 1],
    ['this', 2],
    ['newer', 2],
  ],
  [
    ['this', 0],
    ['newer', 1],
    ['next', 0],
    ['next', 1],
    ['next', 2],
  ],
  [0, OVERLAP, 2].map((piece) => ['this', piece] as const),
];

/** The n-th of the three parts of a snapshot. They are not equally long. */
function partOf(index: number, piece: number): Part {
  const { length } = dataAt(index);
  const cuts = [0, Math.floor(length / 4), Math.floor(length / 2), length];
  if (piece === OVERLAP) return { offset: Math.floor(length / 8), end: cuts[2]! };
  return { offset: cuts[piece]!, end: cuts[piece + 1]! };
}

/** Sends something at a steady pace, from now on. */
function keepSending({ world }: ScriptedCluster, times: number, send: () => void): void {
  for (let i = 0; i < times; i++) world.at(world.nowUs + i * PACE_MS * 1_000, send);
}

import type { Configuration, InstallSnapshotArgs, Membership, Snapshot } from '#contract';
import { type Host, isSnapshot } from '#kernel';
import type { CheckerContext, Rule } from './rule.ts';

/** A snapshot is the applied prefix that it claims to be: its last entry, its configuration, and the state machine's own bytes. */
export const snapshotMatchesLog: Rule = {
  id: 'SnapshotMatchesLog',
  kind: 'safety',
  sentence:
    'A snapshot holds the state after exactly the committed entries up to its last included index, with that entry’s term and the configuration in force there.',
  paper: 'Raft §7, Figure 12',
  fromLab: 4,
  check(context) {
    const { world, report, ghost } = context;
    /** What state machines gave for an index. */
    const given = new Map<number, { readonly data: string; readonly step: number }>();
    /** Judges a snapshot, or a part of one. */
    const judge = (host: Host, what: string, snapshot: Snapshot, offset = 0, done = true): void => {
      const { lastIncludedIndex: index, lastIncludedTerm: term, configuration, data } = snapshot;
      const committed = ghost.entries[index];
      const original = given.get(index);
      const say = (message: string, likelyCause: string): void =>
        report({
          message: `${host.id} ${what} a snapshot through index ${index} of term ${term}: ${message}`,
          evidence: committed === undefined ? [] : [committed.step],
          servers: [host.id],
          likelyCause,
        });
      if (committed === undefined) {
        say(`only ${ghost.lastIndex} is committed`, 'a snapshot must not reach beyond what has been applied');
        return;
      }
      if (committed.term !== undefined && committed.term !== term) {
        say(
          `the entry committed there is of term ${committed.term}`,
          'the term of the last included entry is taken from another index, or after the log was trimmed',
        );
        return;
      }
      const right = configurationsAt(context, index).map(describe);
      if (right.length > 0 && !right.includes(describe(configuration))) {
        say(
          `its configuration is ${describe(configuration)}, but the one in force there was ${right[0]}`,
          'the configuration is not stored in the snapshot, or is a newer one than that at its last included index',
        );
      } else if (original !== undefined && !isPart(original.data, data, offset, done)) {
        say(
          `the state machine gave other data for index ${index}, at step ${original.step}`,
          'parts of different snapshots were put together, or data belongs to another index',
        );
      } else if (original === undefined && index > 0 && given.size > 0) {
        say(
          'no state machine gave a snapshot for that index',
          'the index is off by one, or belongs to another snapshot',
        );
      }
    };
    return {
      compacted(_host, index, data) {
        if (!given.has(index)) given.set(index, { data, step: world.step });
      },
      written(host, write) {
        if (write.kind === 'snapshot') judge(host, 'saved', write.snapshot);
      },
      requestSent({ from, method, args }) {
        if (from.scripted || method !== 'InstallSnapshot') return;
        const { offset, done, ...snapshot } = args as InstallSnapshotArgs;
        judge(from, offset === 0 && done ? 'sent' : `sent, from character ${offset} on,`, snapshot, offset, done);
      },
      applied(host, item) {
        if (isSnapshot(item)) judge(host, 'applied', item);
      },
    };
  },
};

/** @returns whether `data` stands in a snapshot's bytes at `offset`, up to their end if it is the last part */
function isPart(whole: string, data: string, offset: number, done: boolean): boolean {
  return whole.startsWith(data, offset) && (!done || offset + data.length === whole.length);
}

/**
 * @returns the configuration after the committed entries up to an index; nothing when one of them is not known. Where none
 * of them changes the members it is what the servers were started with, which those that join do not know.
 */
function configurationsAt({ lab, world, book, ghost }: CheckerContext, index: number): Configuration[] {
  // No entry before lab 5 changes the configuration.
  for (let i = lab < 5 ? 0 : index; i > 0; i--) {
    const { term } = ghost.entries[i]!;
    const entry = term === undefined ? undefined : book.find(i, term)?.entry;
    if (entry === undefined) return [];
    if (entry.configuration !== undefined) return [entry.configuration];
  }
  return world.hosts.map(({ bootstrap }) => bootstrap).toSorted((a, b) => b.voters.length - a.voters.length);
}

function describe({ next, ...first }: Configuration): string {
  const list = ({ voters, learners }: Membership): string =>
    `voters ${voters.toSorted().join(' ') || 'none'}${learners.length === 0 ? '' : `, learners ${learners.toSorted().join(' ')}`}`;
  return next === undefined ? list(first) : `${list(first)} with ${list(next)}`;
}

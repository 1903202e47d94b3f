import type { InstallSnapshotArgs, Snapshot } from '#contract';
import { type Host, isSnapshot } from '#kernel';
import type { Rule } from './rule.ts';

/** A snapshot is the applied prefix that it claims to be: its last entry, its configuration, and the state machine's own bytes. */
export const snapshotMatchesLog: Rule = {
  id: 'SnapshotMatchesLog',
  kind: 'safety',
  sentence:
    'A snapshot holds the state after exactly the committed entries up to its last included index, with that entry’s term and the configuration in force there.',
  paper: 'Raft §7, Figure 12',
  fromLab: 4,
  check({ world, report, ghost }) {
    /** What state machines gave for an index. */
    const given = new Map<number, { readonly data: string; readonly step: number }>();
    const judge = (host: Host, what: string, snapshot: Omit<Snapshot, 'data'> & { readonly data?: string }): void => {
      const { lastIncludedIndex: index, lastIncludedTerm: term, data } = snapshot;
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
      } else if (committed.term !== undefined && committed.term !== term) {
        say(
          `the entry committed there is of term ${committed.term}`,
          'the term of the last included entry is taken from another index, or after the log was trimmed',
        );
      } else if (data !== undefined && original !== undefined && original.data !== data) {
        say(
          `the state machine gave other data for index ${index}, at step ${original.step}`,
          'parts of different snapshots were put together, or data belongs to another index',
        );
      } else if (data !== undefined && original === undefined && index > 0 && given.size > 0) {
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
        const { offset, done, data, ...rest } = args as InstallSnapshotArgs;
        judge(from, 'sent', offset === 0 && done ? { ...rest, data } : rest);
      },
      applied(host, item) {
        if (isSnapshot(item)) judge(host, 'applied', item);
      },
    };
  },
};

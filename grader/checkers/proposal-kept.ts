import type { AppendEntriesArgs, LogEntry } from '#contract';
import { isSnapshot } from '#kernel';
import { describeEntry } from './entry-book.ts';
import type { Rule } from './rule.ts';

/** A command that a client was told to stand at an index, in a term. */
interface Accepted {
  readonly term: number;
  readonly command: string;
  readonly step: number;
}

/** A command that was accepted at an index and term is what stands there; nothing is applied that nobody offered, or more often than it was. */
export const proposalKept: Rule = {
  id: 'ProposalKept',
  kind: 'safety',
  sentence:
    'An accepted command is the entry at the index and term that the client was told; what is applied was offered by a client, and no more often than it was offered.',
  paper: 'Raft §5.3, §8',
  fromLab: 2,
  check({ world, report }) {
    /** What clients were told; all that is about entry `i` stands at `i`. */
    const accepted: Accepted[][] = [];
    /** How often each command was offered. */
    const offered = new Map<string, number>();
    /** Indexes at which each command was applied. */
    const indexes = new Map<string, Set<number>>();
    const find = ({ index, term }: { index: number; term: number }): Accepted | undefined =>
      accepted[index]?.find((each) => each.term === term);
    const compare = (entry: LogEntry, id: string): void => {
      const told = find(entry);
      if (told === undefined || told.command === entry.command) return;
      report({
        message: `a client was told at step ${told.step} that ${told.command} has index ${entry.index} in term ${entry.term}, but ${id} has ${describeEntry(entry)} there`,
        evidence: [told.step],
        servers: [id],
        likelyCause: 'propose returns an index that is not the one of the entry that it appended',
      });
    };
    return {
      offered(_host, command) {
        offered.set(command, (offered.get(command) ?? 0) + 1);
      },
      proposed(host, command, result) {
        if (!result.accepted || command === undefined) return;
        const { index, term } = result;
        const before = find(result);
        if (before !== undefined && before.command !== command) {
          report({
            message: `${host.id} accepted ${before.command} and ${command} for the same index ${index} and term ${term}`,
            evidence: [before.step],
            servers: [host.id],
          });
        }
        accepted[index] = [{ term, command, step: world.step }, ...(accepted[index] ?? [])];
        const { status } = host;
        if (status !== undefined && (status.role !== 'leader' || status.currentTerm !== term)) {
          report({
            message: `${host.id}, ${status.role} in term ${status.currentTerm}, accepted ${command} for term ${term}`,
            evidence: [],
            servers: [host.id],
          });
        }
      },
      requestSent({ from, method, args }) {
        if (method !== 'AppendEntries') return;
        for (const entry of (args as AppendEntriesArgs).entries) {
          if (!from.scripted) compare(entry, from.id);
          // What a scripted leader sends was offered to it.
          else if (entry.command !== undefined && !offered.has(entry.command)) offered.set(entry.command, 1);
        }
      },
      applied(host, item) {
        if (isSnapshot(item)) return;
        compare(item, host.id);
        const { command } = item;
        if (command === undefined) return;
        const places = (indexes.get(command) ?? new Set<number>()).add(item.index);
        indexes.set(command, places);
        const times = offered.get(command) ?? 0;
        if (places.size <= times) return;
        report({
          message:
            times === 0
              ? `${host.id} applied ${describeEntry(item)}, which no client has offered`
              : `${command} was offered ${times === 1 ? 'once' : `${times} times`}, but stands at the indexes ${[...places].join(' and ')}`,
          evidence: [],
          servers: [host.id],
          likelyCause: 'a command is appended again, by a retry or a new leader, though it is in the log already',
        });
      },
    };
  },
};

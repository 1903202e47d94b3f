import type { AppendEntriesArgs } from '#contract';
import type { Disagreement } from './entry-book.ts';
import type { Rule } from './rule.ts';

/** The same index and term: the same entry, and the same one before it. Fills the book of entries that other rules read. */
export const logMatching: Rule = {
  id: 'LogMatching',
  kind: 'safety',
  sentence:
    'If two logs contain an entry with the same index and term, then the logs are identical in all entries up through that index.',
  paper: 'Raft §5.3, Figure 3',
  fromLab: 2,
  check({ lab, world, report, book }) {
    const complain = (found: Disagreement | undefined, id: string): void => {
      if (found === undefined) return;
      report({
        message: `${id} has shown ${found.what}: the same index and term, but not the same log`,
        evidence: [found.step],
        servers: [id],
        likelyCause:
          'an entry was given another term than it was created with, was changed after it was sent, or kept entries of an older log behind it',
      });
    };
    return {
      requestSent({ from, method, args }) {
        if (method !== 'AppendEntries') return;
        const { prevLogIndex, prevLogTerm, entries } = args as AppendEntriesArgs;
        let prevTerm = prevLogTerm;
        for (const entry of entries) {
          complain(book.note(entry.index, entry.term, prevTerm, entry, world.step), from.id);
          if (entry.term < prevTerm && !from.scripted) {
            report({
              message: `${from.id} sent entry ${entry.index} of term ${entry.term} behind one of term ${prevTerm}: terms in a log never fall`,
              evidence: [],
              servers: [from.id],
              likelyCause: 'an entry of another log was replaced, but those behind it were kept',
            });
          }
          prevTerm = entry.term;
        }
        if (prevLogIndex > 0) complain(book.note(prevLogIndex, prevLogTerm, undefined, undefined, world.step), from.id);
      },
      written({ id, disk }, write) {
        if (lab < 3 || write.kind !== 'append') return;
        const { index, term } = write.entry;
        const { snapshot } = disk.view;
        const prevTerm =
          index === 1
            ? 0
            : (disk.view.entry(index - 1)?.term ??
              (snapshot?.lastIncludedIndex === index - 1 ? snapshot.lastIncludedTerm : undefined));
        complain(book.note(index, term, prevTerm, write.entry, world.step), id);
      },
    };
  },
};

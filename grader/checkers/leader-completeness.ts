import type { AppendEntriesArgs } from '#contract';
import type { Host } from '#kernel';
import type { Rule } from './rule.ts';

/**
 * Whoever leads has all that was committed in earlier terms: its log reaches that far when it wins, and nothing that it sends
 * contradicts it. (A late leader of an old term need not have what was committed in later ones.)
 */
export const leaderCompleteness: Rule = {
  id: 'LeaderCompleteness',
  kind: 'safety',
  sentence:
    'If a log entry is committed in a given term, then that entry will be present in the logs of the leaders for all higher-numbered terms.',
  paper: 'Raft §5.4, Figure 3',
  fromLab: 2,
  check({ lab, report, ghost }) {
    const lost = (host: Host, term: number, index: number, seen: string): void => {
      const committed = ghost.entries[index]!;
      report({
        message: `${host.id} leads term ${term} without entry ${index}${committed.term === undefined ? '' : ` of term ${committed.term}`}, which was committed in term ${committed.inTerm} at step ${committed.step}: ${seen}`,
        evidence: [committed.step],
        servers: [host.id],
        likelyCause:
          'a vote went to a candidate whose log was less up to date (last term first, then length), or the entry was committed too early',
      });
    };
    /** The highest index that was committed in a term before this one. */
    const due = (term: number): number => {
      let index = ghost.lastIndex;
      while (index > 0 && ghost.entries[index]!.inTerm >= term) index--;
      return index;
    };
    return {
      requestSent({ from, method, args }) {
        if (from.scripted || method !== 'AppendEntries') return;
        const { term, prevLogIndex, prevLogTerm, entries } = args as AppendEntriesArgs;
        const check = (index: number, entryTerm: number): void => {
          const committed = ghost.entries[index];
          if (committed?.term === undefined || committed.term === entryTerm || committed.inTerm >= term) return;
          lost(from, term, index, `it sent an entry of term ${entryTerm} there`);
        };
        if (prevLogIndex > 0) check(prevLogIndex, prevLogTerm);
        for (const entry of entries) check(entry.index, entry.term);
      },
      stepped(host, { role, currentTerm, lastLogIndex }, previous) {
        if (role !== 'leader' || (previous?.role === 'leader' && previous.currentTerm === currentTerm)) return;
        const index = due(currentTerm);
        if (lastLogIndex < index) lost(host, currentTerm, lastLogIndex + 1, `its log ends at ${lastLogIndex}`);
        if (lab < 3) return;
        const { view } = host.disk;
        // What a snapshot covers is leftover, which a crash kept from being discarded.
        const covered = Math.max(view.base, view.snapshot?.lastIncludedIndex ?? 0);
        for (let i = covered + 1; i <= index; i++) {
          const entry = view.entry(i);
          const { term } = ghost.entries[i]!;
          if (entry !== undefined && term !== undefined && entry.term !== term)
            lost(host, currentTerm, i, `its disk has an entry of term ${entry.term} there`);
        }
      },
      stepEnded() {
        const { conflict } = ghost;
        if (conflict === undefined) return;
        const { index, was, term, inTerm } = conflict;
        report({
          message: `two entries were committed at index ${index}: one of term ${was.term}, in term ${was.inTerm} at step ${was.step}, and now one of term ${term}, in term ${inTerm}`,
          evidence: [was.step],
          servers: [],
          likelyCause:
            'a vote went to a candidate whose log was less up to date, or the first entry was committed too early',
        });
      },
    };
  },
};

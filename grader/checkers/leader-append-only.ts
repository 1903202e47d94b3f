import type { AppendEntriesArgs } from '#contract';
import type { Rule } from './rule.ts';

/** A leader only adds to its log, from the moment that it wins. */
export const leaderAppendOnly: Rule = {
  id: 'LeaderAppendOnly',
  kind: 'safety',
  sentence: 'A leader never overwrites or deletes entries in its log; it only appends new entries.',
  paper: 'Raft §5.3, Figure 3',
  fromLab: 2,
  check({ world, report }) {
    /** For each leader and term, the terms of the entries that it has sent. */
    const sent = new Map<string, { readonly step: number; readonly term: number }[]>();
    return {
      requestSent({ from, method, args }) {
        if (from.scripted || method !== 'AppendEntries') return;
        const { term, entries } = args as AppendEntriesArgs;
        if (entries.length === 0) return;
        const key = `${from.id} ${term}`;
        const log = sent.get(key) ?? [];
        sent.set(key, log);
        for (const entry of entries) {
          const before = log[entry.index];
          if (before === undefined) log[entry.index] = { step: world.step, term: entry.term };
          else if (before.term !== entry.term) {
            report({
              message: `${from.id}, leader of term ${term}, sent entry ${entry.index} of term ${before.term} at step ${before.step} and of term ${entry.term} now`,
              evidence: [before.step],
              servers: [from.id],
            });
          }
        }
      },
      stepped(host, { role, currentTerm, lastLogIndex }, previous) {
        if (role !== 'leader' || previous === undefined || lastLogIndex >= previous.lastLogIndex) return;
        report({
          message: `${host.id}, leader of term ${currentTerm}, had a log of ${previous.lastLogIndex} entries and has one of ${lastLogIndex}`,
          evidence: [],
          servers: [host.id],
          likelyCause: 'a leader handles AppendEntries as a follower does, or clears its log when it wins',
        });
      },
    };
  },
};

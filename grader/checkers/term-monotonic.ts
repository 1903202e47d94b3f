import { coveredIndex } from './durable.ts';
import type { Rule } from './rule.ts';
import { grantIn } from './votes.ts';

/** Terms never go back: while a server runs, its current term only grows. */
export const termMonotonic: Rule = {
  id: 'TermMonotonic',
  kind: 'safety',
  sentence: 'A server’s current term increases monotonically over time.',
  paper: 'Raft §5.1, Figure 2',
  fromLab: 1,
  check({ lab, world, report }) {
    const seen = new Map<string, number>();
    /** The highest term that each server has promised something in, with the step: it must survive a restart (from lab 3). */
    const promised = new Map<string, { readonly term: number; readonly step: number }>();
    const promise = (id: string, term: number): void => {
      if (lab >= 3 && term > (promised.get(id)?.term ?? 0)) promised.set(id, { term, step: world.step });
    };
    return {
      requestSent({ from, method, args }) {
        if (method === 'AppendEntries' || method === 'InstallSnapshot') promise(from.id, args.term);
      },
      replySent(call, reply) {
        if (grantIn(call, reply) !== undefined || coveredIndex(call, reply) > 0) promise(call.to.id, call.args.term);
      },
      stepped(host, { currentTerm }, previous) {
        if (previous === undefined || currentTerm === previous.currentTerm) {
          if (previous !== undefined) return;
          seen.set(host.id, world.step);
          const before = promised.get(host.id);
          if (before === undefined || currentTerm >= before.term) return;
          report({
            message: `${host.id} granted a vote, acknowledged entries or led in term ${before.term} at step ${before.step}, but restarted in term ${currentTerm}`,
            evidence: [before.step],
            servers: [host.id],
            likelyCause:
              'currentTerm is not saved, not flushed before it is acted upon, or not restored; or an older term was written over it, late',
          });
          return;
        }
        if (currentTerm < previous.currentTerm) {
          report({
            message: `${host.id} went from term ${previous.currentTerm} back to term ${currentTerm}`,
            evidence: [seen.get(host.id) ?? world.step],
            servers: [host.id],
            likelyCause: 'the term of a message was taken over although it is smaller than the server’s own',
          });
        }
        seen.set(host.id, world.step);
      },
    };
  },
};

import type { Rule } from './rule.ts';

/** Terms never go back: while a server runs, its current term only grows. */
export const termMonotonic: Rule = {
  id: 'TermMonotonic',
  kind: 'safety',
  sentence: 'A server’s current term increases monotonically over time.',
  paper: 'Raft §5.1, Figure 2',
  fromLab: 1,
  check({ world, report }) {
    const seen = new Map<string, number>();
    return {
      stepped(host, { currentTerm }, previous) {
        if (previous === undefined || currentTerm === previous.currentTerm) {
          if (previous === undefined) seen.set(host.id, world.step);
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

import type { Rule } from './rule.ts';

/**
 * Roles change as Figure 4 allows. A single server may go from follower to leader in one step, and a leader may become a
 * follower in its own term; but a leader never becomes a candidate.
 */
export const legalTransition: Rule = {
  id: 'LegalTransition',
  kind: 'safety',
  sentence: 'A leader becomes a follower when it discovers a higher term; it never starts an election.',
  paper: 'Raft §5.1, Figure 4',
  fromLab: 1,
  check({ report }) {
    return {
      stepped(host, { role, currentTerm }, previous) {
        if (role !== 'candidate' || previous?.role !== 'leader') return;
        report({
          message: `${host.id} went from leader of term ${previous.currentTerm} to candidate of term ${currentTerm} in one step`,
          evidence: [],
          servers: [host.id],
          likelyCause: 'the election timer runs on while the server leads',
        });
      },
    };
  },
};

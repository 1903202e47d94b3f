import type { Rule } from './rule.ts';
import { Ballots, grantIn } from './votes.ts';

/** A server grants its vote to one candidate in a term, restarts included. Granting it to the same one again is right. */
export const oneVotePerTerm: Rule = {
  id: 'OneVotePerTerm',
  kind: 'safety',
  sentence: 'Each server votes for at most one candidate in a given term.',
  paper: 'Raft §5.2',
  fromLab: 1,
  check({ lab, world, report }) {
    const ballots = new Ballots();
    return {
      replySent(call, reply) {
        const grant = grantIn(call, reply);
        const voter = call.to;
        if (grant === undefined || voter.scripted) return;
        const earlier = ballots.record(grant.term, voter.id, { candidate: grant.candidate, step: world.step });
        if (earlier === undefined) return;
        report({
          message: `${voter.id} voted for ${earlier.candidate} at step ${earlier.step} and for ${grant.candidate} now, both in term ${grant.term}`,
          evidence: [earlier.step],
          servers: [voter.id, earlier.candidate, grant.candidate],
          likelyCause: `votedFor is not set when a vote is granted, not looked at before, or cleared although the term did not grow${lab < 3 ? '' : '; or it is not saved, or not restored after a restart'}`,
        });
      },
    };
  },
};

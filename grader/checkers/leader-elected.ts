import type { ServerId } from '#contract';
import type { Host } from '#kernel';
import { ERROR_SWALLOWED } from './durable.ts';
import { describeVoters, isQuorum } from './quorum.ts';
import type { Rule } from './rule.ts';
import { Ballots, grantIn } from './votes.ts';

/** @returns whose votes a server has, in words that follow on what it does with them */
function describeVotes(hasOwn: boolean, others: readonly ServerId[]): string {
  const list = others.join(' and ');
  if (!hasOwn)
    return others.length === 0 ? 'without any vote, even its own' : `with the votes of ${list}, but not its own`;
  return others.length === 0
    ? 'with its own vote alone'
    : `with its own vote and ${others.length === 1 ? 'that' : 'those'} of ${list}`;
}

/** How a message tells of a victory. */
const WON = 'became leader';

/**
 * Whoever leads has won: real votes of a quorum for it, in that term, have left their voters. Its own vote counts, unless
 * it has given that to another.
 */
export const leaderElected: Rule = {
  id: 'LeaderElected',
  kind: 'safety',
  sentence: 'A candidate becomes leader only with the votes of a majority of the cluster for the same term.',
  paper: 'Raft §5.2',
  fromLab: 1,
  check({ lab, world, report }) {
    const ballots = new Ballots();
    /** For each server, the terms that it has been seen to lead. */
    const won = new Map<Host, Set<number>>();
    /** From lab 3 on a vote for oneself counts once it is on the disk for good. */
    const ownVoteIsSafe = ({ id, disk }: Host, term: number): boolean =>
      lab < 3 || disk.durable.currentTerm > term || (disk.durable.currentTerm === term && disk.durable.votedFor === id);
    const judge = (host: Host, term: number, sign: string): void => {
      const terms = won.get(host) ?? new Set();
      if (host.scripted || terms.has(term)) return;
      won.set(host, terms.add(term));
      const configuration = host.status?.configuration ?? host.bootstrap;
      const supporters = ballots.supporters(term, host.id);
      const members = new Set<ServerId>(supporters.keys());
      if (!ballots.votedForAnother(term, host.id)) members.add(host.id);
      if (isQuorum(configuration, members)) {
        if (ownVoteIsSafe(host, term)) return;
        members.delete(host.id);
        // A leader that won without its own vote may have that on its way to the disk, until it sends.
        if (sign === WON && isQuorum(configuration, members)) {
          terms.delete(term);
          return;
        }
        report({
          message: `${host.id} ${sign} of term ${term}, but its own vote of that term is not durable: after a crash it could vote for another`,
          evidence: [...supporters.values()],
          servers: [host.id],
          likelyCause: host.disk.failed
            ? ERROR_SWALLOWED
            : 'the candidate does not save, or not flush, its term and its vote for itself before it counts on them',
        });
        return;
      }
      const others = [...supporters.keys()].filter((id) => id !== host.id);
      report({
        message: `${host.id} ${sign} of term ${term} ${describeVotes(members.has(host.id), others)}: no majority of ${describeVoters(configuration)}`,
        evidence: [...supporters.values()],
        servers: [host.id, ...others],
        likelyCause:
          'a reply of an earlier term, a refusal, or the same voter was counted (again), or the majority is computed wrongly',
      });
    };
    return {
      replySent(call, reply) {
        const grant = grantIn(call, reply);
        if (grant !== undefined)
          ballots.record(grant.term, call.to.id, { candidate: grant.candidate, step: world.step });
      },
      requestSent({ from, method, args }) {
        if (method === 'AppendEntries' || method === 'InstallSnapshot')
          judge(from, args.term, `sent ${method} as the leader`);
      },
      stepped(host, { role, currentTerm }) {
        if (role === 'leader') judge(host, currentTerm, WON);
      },
    };
  },
};

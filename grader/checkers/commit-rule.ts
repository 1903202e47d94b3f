import type { Status } from '#contract';
import { type Host, isSnapshot } from '#kernel';
import { durableThrough, ERROR_SWALLOWED } from './durable.ts';
import { isQuorum } from './quorum.ts';
import type { Rule } from './rule.ts';

/**
 * Nobody treats an entry as committed before it is. What is, the ghost log knows from the acknowledgements that have left;
 * so a commit that is too early shows at its step, without waiting for a later leader to lose the entry.
 */
export const commitRule: Rule = {
  id: 'CommitRule',
  kind: 'safety',
  sentence:
    'An entry is committed once the leader that created it, or a later entry of its own term behind it, has replicated it on a majority; only then may a server treat it as committed.',
  paper: 'Raft §5.3, §5.4.2, Figure 8',
  fromLab: 2,
  check({ lab, report, ghost }) {
    /** What was applied in the step under way. */
    let applied: { readonly host: Host; readonly index: number; readonly term: number }[] = [];
    /** Whether a leader's own copy, which its disk does not have yet, would make it right. */
    const countsItself = (host: Host, { commitIndex, currentTerm, configuration, lastLogIndex }: Status): boolean => {
      if (lab < 3 || lastLogIndex < commitIndex || durableThrough(host) >= commitIndex) return false;
      return isQuorum(configuration, ghost.holders(currentTerm, commitIndex).add(host.id));
    };
    const explain = (host: Host, status: Status): string => {
      const elected = ghost.electedWith(status.currentTerm) ?? 0;
      if (status.role !== 'leader')
        return 'a follower took over a commit index that reaches beyond the entries that this leader has verified on it';
      if (countsItself(host, status))
        return host.disk.failed
          ? ERROR_SWALLOWED
          : 'the leader counts its own entries before they are flushed: what only its memory has, a crash takes';
      if (status.commitIndex <= elected)
        return 'an entry of an earlier term was committed by counting its copies (Figure 8): only entries of the leader’s own term are';
      return 'an acknowledgement of another term, the same one twice, or one that was never sent was counted, or the majority is computed wrongly';
    };
    return {
      applied(host, item) {
        if (!isSnapshot(item)) applied.push({ host, index: item.index, term: item.term });
      },
      crashed(host) {
        applied = applied.filter((each) => each.host !== host);
      },
      stepped(host, status) {
        const { commitIndex, role, currentTerm } = status;
        const known = ghost.lastIndex;
        if (commitIndex > known) {
          report({
            message: `${host.id}, ${role} in term ${currentTerm}, treats index ${commitIndex} as committed, but only ${known} is: in term ${currentTerm} the log is held by ${ghost.describe(currentTerm)}${countsItself(host, status) ? `, and on the disk of ${host.id} itself up to ${durableThrough(host)}` : ''}`,
            evidence: [],
            servers: [host.id],
            likelyCause: explain(host, status),
          });
        }
        for (const { index, term } of applied) {
          const entry = ghost.entries[index];
          if (entry === undefined) {
            report({
              message: `${host.id} applied index ${index}, but only ${known} is committed`,
              evidence: [],
              servers: [host.id],
              likelyCause: explain(host, status),
            });
          } else if (entry.term === undefined) {
            entry.term = term;
          } else if (entry.term !== term) {
            report({
              message: `${host.id} applied an entry of term ${term} at index ${index}, where the committed one is of term ${entry.term}`,
              evidence: [entry.step],
              servers: [host.id],
              likelyCause:
                'the commit index was raised over entries of its own that this leader had not verified, and that differ from the leader’s',
            });
          }
        }
        applied = [];
      },
    };
  },
};

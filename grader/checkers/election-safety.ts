import type { Host } from '#kernel';
import type { Rule } from './rule.ts';

interface Leader {
  readonly host: Host;
  readonly step: number;
  readonly sign: string;
}

/** At most one leader in each term, over all of a run: by what servers say of themselves, and by who sends a leader's requests. */
export const electionSafety: Rule = {
  id: 'ElectionSafety',
  kind: 'safety',
  sentence: 'At most one leader can be elected in a given term.',
  paper: 'Raft §5.2, Figure 3',
  fromLab: 1,
  check({ world, report }) {
    const leaders = new Map<number, Leader>();
    const claim = (host: Host, term: number, sign: string): void => {
      const first = leaders.get(term);
      if (first === undefined) leaders.set(term, { host, step: world.step, sign });
      else if (first.host !== host) {
        report({
          message: `two leaders in term ${term}: ${first.host.id} ${first.sign} at step ${first.step}, and ${host.id} ${sign} now`,
          evidence: [first.step],
          servers: [first.host.id, host.id],
          likelyCause:
            'a server voted twice in that term, or a candidate counted votes that were not for it in that term',
        });
      }
    };
    return {
      requestSent({ from, method, args }) {
        if (!from.scripted && (method === 'AppendEntries' || method === 'InstallSnapshot'))
          claim(from, args.term, `sent ${method}`);
      },
      stepped(host, { role, currentTerm }) {
        if (role === 'leader') claim(host, currentTerm, 'is leader');
      },
    };
  },
};

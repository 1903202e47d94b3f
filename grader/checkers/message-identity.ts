import type { AppendEntriesArgs, RequestVoteArgs } from '#contract';
import type { Rule } from './rule.ts';

/** Uses of the contract that no type checker sees: a request in somebody else's name. */
export const messageIdentity: Rule = {
  id: 'ContractUse',
  kind: 'contract',
  sentence: 'A request names its sender: candidateId and leaderId are the id of the server that sends it.',
  paper: 'Raft Figure 2',
  fromLab: 1,
  check({ report }) {
    return {
      requestSent({ from, to, method, args }) {
        if (from.scripted) return;
        const named =
          method === 'RequestVote' ? (args as RequestVoteArgs).candidateId : (args as AppendEntriesArgs).leaderId;
        if (named === from.id) return;
        report({
          message: `${from.id} sent ${method} to ${to.id} in the name of ${JSON.stringify(named)}`,
          evidence: [],
          servers: [from.id],
        });
      },
    };
  },
};

import type { Status } from '#contract';
import type { Host } from '#kernel';
import type { Rule } from './rule.ts';

/**
 * Only a leader sends AppendEntries and InstallSnapshot, with its own term: it leads that term before the step or behind it.
 * (Within a step it may step down after sending, or win and send.)
 */
export const leaderSends: Rule = {
  id: 'LeaderSends',
  kind: 'safety',
  sentence: 'Only the leader of a term sends AppendEntries and InstallSnapshot in that term.',
  paper: 'Raft §5.1, Figure 2',
  fromLab: 1,
  check({ report }) {
    let sender: Host | undefined;
    let sent: { readonly term: number; readonly method: string; readonly to: string } | undefined;
    const leads = (status: Status | undefined, term: number): boolean =>
      status?.role === 'leader' && status.currentTerm === term;
    return {
      requestSent({ from, to, method, args }) {
        if (from.scripted || (method !== 'AppendEntries' && method !== 'InstallSnapshot')) return;
        // Status still tells of the time before the step.
        if (leads(from.status, args.term)) return;
        sender = from;
        sent = { term: args.term, method, to: to.id };
      },
      crashed(host) {
        // It died in the step in which it sent, so it did not say what it was.
        if (host === sender) sent = undefined;
      },
      stepped(host, status) {
        if (sent === undefined || host !== sender) return;
        const { term, method, to } = sent;
        sent = undefined;
        if (leads(status, term)) return;
        report({
          message: `${host.id} sent ${method} of term ${term} to ${to}, but it is ${status.role} in term ${status.currentTerm}`,
          evidence: [],
          servers: [host.id, to],
          likelyCause: 'a heartbeat timer or a replication loop goes on after the leader has stepped down',
        });
      },
    };
  },
};

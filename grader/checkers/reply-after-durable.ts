import type { AppendEntriesReply } from '#contract';
import type { Call, Host } from '#kernel';
import { coveredIndex, coveredTerm, durableTerm, holds } from './durable.ts';
import type { Rule } from './rule.ts';
import { grantIn } from './votes.ts';

const SUCCESS = { term: 0, success: true } satisfies AppendEntriesReply;

/**
 * What a reply promises is on the disk for good before it leaves. A grant: the vote, or a later term. A success: at some moment
 * between the request's arrival and the reply's leaving, all that it covers (a later leader may have replaced it by then).
 */
export const replyAfterDurable: Rule = {
  id: 'ReplyAfterDurable',
  kind: 'safety',
  sentence: 'Persistent state is updated on stable storage before responding to RPCs.',
  paper: 'Raft Figure 2 (persistent state)',
  fromLab: 3,
  check({ report }) {
    /** Requests that are being handled, and whether the disk has held what a success would promise. */
    const handled = new Map<Call, boolean>();
    const covers = (call: Call): boolean => holds(call.to.disk.durable, coveredIndex(call, SUCCESS), coveredTerm(call));
    const complain = (host: Host, message: string, likelyCause: string): void =>
      report({ message, evidence: [], servers: [host.id], likelyCause });
    return {
      requestArrived(call) {
        if (call.to.scripted || (call.method !== 'AppendEntries' && call.method !== 'InstallSnapshot')) return;
        if (handled.get(call) !== true) handled.set(call, covers(call));
      },
      flushed(host) {
        for (const [call, held] of handled) if (!held && call.to === host && covers(call)) handled.set(call, true);
      },
      replySent(call, reply) {
        const host = call.to;
        if (host.scripted) return;
        const { durable } = host.disk;
        const grant = grantIn(call, reply);
        if (grant !== undefined) {
          const { term, candidate } = grant;
          if (durable.currentTerm > term || (durable.currentTerm === term && durable.votedFor === candidate)) return;
          complain(
            host,
            `${host.id} granted its vote of term ${term} to ${candidate}, but its disk has term ${durable.currentTerm} and ${durable.votedFor === null ? 'no vote' : `a vote for ${durable.votedFor}`}: after a crash it could vote again`,
            'the reply leaves before the hard state is flushed, or the vote is not saved',
          );
          return;
        }
        const index = coveredIndex(call, reply);
        const held = handled.get(call) === true;
        handled.delete(call);
        if (index === 0) return;
        if (!held && !covers(call)) {
          complain(
            host,
            `${host.id} acknowledged index ${index} in term ${call.args.term}, but its disk ends at ${Math.max(durable.lastIndex, durable.snapshot?.lastIncludedIndex ?? 0)}${durable.entry(index) === undefined ? '' : `, with another entry at ${index}`}: a crash would lose what the leader counts on`,
            'the reply leaves before the entries are flushed, or a change of the log is not saved',
          );
        } else if (durableTerm(durable) < call.args.term) {
          complain(
            host,
            `${host.id} acknowledged index ${index} in term ${call.args.term}, but its disk has term ${durable.currentTerm}: after a crash it could follow an older leader`,
            'a new term is not saved, or not flushed before the reply',
          );
        }
      },
      crashed(host) {
        for (const call of [...handled.keys()]) if (call.to === host) handled.delete(call);
      },
    };
  },
};

import type { AppendEntriesReply } from '#contract';
import type { Call, Host } from '#kernel';
import { coveredIndex, coveredTerm, durableTerm, ERROR_SWALLOWED, holds } from './durable.ts';
import type { Rule } from './rule.ts';
import { grantIn } from './votes.ts';

/** A request that is being handled. */
interface Handling {
  /** When it came first. */
  readonly step: number;
  /** Whether the disk has held since then what a success would promise. */
  held: boolean;
  /** Copies of it that have no reply yet. */
  open: number;
}

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
  check({ world, report }) {
    const handled = new Map<Call, Handling>();
    const covers = (call: Call): boolean => holds(call.to.disk.durable, coveredIndex(call, SUCCESS), coveredTerm(call));
    const complain = (host: Host, step: number, message: string, likelyCause: string): void =>
      report({
        message,
        evidence: step === world.step ? [] : [step],
        servers: [host.id],
        likelyCause: host.disk.failed ? ERROR_SWALLOWED : likelyCause,
      });
    return {
      requestArrived(call) {
        if (call.to.scripted || call.method === 'TimeoutNow') return;
        const state = handled.get(call) ?? { step: world.step, held: false, open: 0 };
        state.held ||= call.method !== 'RequestVote' && covers(call);
        state.open++;
        handled.set(call, state);
      },
      flushed(host) {
        for (const [call, state] of handled) {
          if (!state.held && call.to === host && call.method !== 'RequestVote') state.held = covers(call);
        }
      },
      replySent(call, reply) {
        const host = call.to;
        if (host.scripted) return;
        const { durable } = host.disk;
        const state = handled.get(call);
        if (state !== undefined && --state.open === 0) handled.delete(call);
        const { step = world.step, held = false } = state ?? {};
        const grant = grantIn(call, reply);
        if (grant !== undefined) {
          const { term, candidate } = grant;
          if (durable.currentTerm > term || (durable.currentTerm === term && durable.votedFor === candidate)) return;
          complain(
            host,
            step,
            `${host.id} granted its vote of term ${term} to ${candidate}, but its disk has term ${durable.currentTerm} and ${durable.votedFor === null ? 'no vote' : `a vote for ${durable.votedFor}`}: after a crash it could vote again`,
            step === world.step
              ? 'the reply leaves before the hard state is flushed, or the vote is not saved'
              : 'the reply does not wait for the flush that covers the vote, or the vote is decided, or saved, behind the wait',
          );
          return;
        }
        const index = coveredIndex(call, reply);
        if (index === 0) return;
        if (!held && !covers(call)) {
          complain(
            host,
            step,
            `${host.id} acknowledged index ${index} in term ${call.args.term}, but its disk ends at ${Math.max(durable.lastIndex, durable.snapshot?.lastIncludedIndex ?? 0)}${durable.entry(index) === undefined ? '' : `, with another entry at ${index}`}: a crash would lose what the leader counts on`,
            step === world.step
              ? 'the reply leaves before the entries are flushed, or a change of the log is not saved'
              : 'the reply does not wait for the flush that covers its entries, or does not ask behind it whether a later leader has replaced them',
          );
        } else if (durableTerm(durable) < call.args.term) {
          complain(
            host,
            step,
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

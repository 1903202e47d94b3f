import type { LogEntry, ServerId } from '#contract';
import type { Host, Write } from '#kernel';
import { coveredIndex, coveredTerm } from './durable.ts';
import type { Rule } from './rule.ts';
import { grantIn } from './votes.ts';

/** A vote that a server has given, be it to itself, and the step in which others learnt of it. */
interface Vote {
  readonly term: number;
  readonly candidate: ServerId;
  readonly step: number;
}

/** The end of what a server has acknowledged: the entry there, the term of the leader that counts on it, and the step. */
interface Share {
  readonly index: number;
  readonly entryTerm: number;
  readonly term: number;
  readonly step: number;
}

/**
 * A crash keeps a prefix of the unflushed writes, so each single write must leave a disk on which all promises stand: the
 * newest vote, and what was acknowledged to the newest leader.
 */
export const promisesSurvive: Rule = {
  id: 'PromisesSurvive',
  kind: 'safety',
  sentence:
    'What a server has promised stays on stable storage: no single write takes a vote or an acknowledged entry back, since a crash may come before the next one.',
  paper: 'Raft Figure 2 (persistent state)',
  fromLab: 3,
  check({ world, report }) {
    const votes = new Map<ServerId, Vote>();
    const shares = new Map<ServerId, Share>();
    /** The highest term of a leader that each server has heard from: what it acknowledged to earlier ones may go. */
    const heard = new Map<ServerId, number>();
    const voted = (id: ServerId, term: number, candidate: ServerId): void => {
      if (term > (votes.get(id)?.term ?? 0)) votes.set(id, { term, candidate, step: world.step });
    };
    const complain = ({ id }: Host, { step }: Vote | Share, message: string, likelyCause: string): void =>
      report({ message, evidence: [step], servers: [id], likelyCause });
    return {
      requestSent({ from, method, args }) {
        if (!from.scripted && (method === 'AppendEntries' || method === 'InstallSnapshot'))
          voted(from.id, args.term, from.id);
      },
      requestArrived({ to, method, args }) {
        if (method !== 'AppendEntries' && method !== 'InstallSnapshot') return;
        heard.set(to.id, Math.max(args.term, heard.get(to.id) ?? 0));
      },
      replySent(call, reply) {
        const { to, args } = call;
        if (to.scripted) return;
        const grant = grantIn(call, reply);
        if (grant !== undefined) voted(to.id, grant.term, grant.candidate);
        const index = coveredIndex(call, reply);
        const known = shares.get(to.id);
        if (index === 0 || args.term < (heard.get(to.id) ?? 0)) return;
        if (known !== undefined && known.term === args.term && known.index >= index) return;
        shares.set(to.id, { index, entryTerm: coveredTerm(call), term: args.term, step: world.step });
      },
      written(host, write) {
        const vote = votes.get(host.id);
        if (vote !== undefined && takesBack(write, vote)) {
          complain(
            host,
            vote,
            `${host.id} gave its vote of term ${vote.term} to ${vote.candidate} at step ${vote.step}, and now writes a hard state of ${describeHardState(write)}: after a crash it could vote again`,
            'term and vote are saved one after the other, or the vote is cleared although the term does not grow',
          );
        }
        const share = shares.get(host.id);
        if (share === undefined || share.term < (heard.get(host.id) ?? 0) || !drops(host, write, share)) return;
        complain(
          host,
          share,
          `${host.id} acknowledged index ${share.index} in term ${share.term} at step ${share.step}, and now ${describeChange(write)}: a crash before the next write loses what the leader counts on`,
          'the log, or a part of it that is there already, is written again in place of what is new only',
        );
      },
    };
  },
};

/** @returns whether a hard state would let the server vote again. That it does vote for another is for OneVotePerTerm to say */
function takesBack(write: Write, { term }: Vote): boolean {
  if (write.kind !== 'hardState') return false;
  return write.currentTerm < term || (write.currentTerm === term && write.votedFor === null);
}

/** @returns whether a crash right behind a write would leave a disk without what was acknowledged */
function drops({ disk }: Host, write: Write, { index, entryTerm }: Share): boolean {
  if ((disk.view.snapshot?.lastIncludedIndex ?? 0) >= index) return false;
  switch (write.kind) {
    case 'append':
      return write.entry.index < index || (write.entry.index === index && write.entry.term !== entryTerm);
    case 'truncate':
      return write.index <= index;
    case 'discard':
      return write.index >= index;
    default:
      return false;
  }
}

function describeHardState(write: Write): string {
  if (write.kind !== 'hardState') return '';
  return `term ${write.currentTerm} with ${write.votedFor === null ? 'no vote' : `a vote for ${write.votedFor}`}`;
}

function describeChange(write: Write): string {
  const entry: LogEntry | undefined = write.kind === 'append' ? write.entry : undefined;
  if (entry !== undefined) return `writes entry ${entry.index} of term ${entry.term}, which removes all behind it`;
  return write.kind === 'truncate' ? `truncates its log from ${write.index} on` : 'discards it without a snapshot';
}

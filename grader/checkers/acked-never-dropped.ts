import type { AppendEntriesArgs, AppendEntriesReply } from '#contract';
import type { Rule } from './rule.ts';

/** What a server has acknowledged in a term stays in its log as long as it is in that term: the leader counts on it. */
export const ackedNeverDropped: Rule = {
  id: 'AckedNeverDropped',
  kind: 'safety',
  sentence:
    'A follower removes entries only where they conflict with the leader’s: what it has acknowledged to this leader stays.',
  paper: 'Raft §5.3, Figure 2 (AppendEntries, steps 3 and 4)',
  fromLab: 2,
  check({ world, report }) {
    const acked = new Map<string, { term: number; index: number; step: number }>();
    /** The step in which each server was last sent a snapshot, and given one by its state machine. */
    const installed = new Map<string, number>();
    const compacted = new Map<string, number>();
    const explain = (id: string, ackedStep: number): string => {
      if (ackedStep === world.step) return 'it answers with success, but does not store the entries of the request';
      if (compacted.get(id) === world.step)
        return 'compact removes entries behind the snapshot, or the log that is left is counted from the wrong index';
      if (installed.get(id) === world.step)
        return 'InstallSnapshot drops the whole log, also when its last included entry is in it: what follows that entry must stay';
      return 'AppendEntries removes everything behind prevLogIndex, even when nothing conflicts: an older request that comes late then drops entries';
    };
    return {
      requestArrived({ method, to }) {
        if (method === 'InstallSnapshot') installed.set(to.id, world.step);
      },
      compacted({ id }) {
        compacted.set(id, world.step);
      },
      replySent({ method, args, to }, reply) {
        if (to.scripted || method !== 'AppendEntries' || !(reply as AppendEntriesReply).success) return;
        const { term, prevLogIndex, entries } = args as AppendEntriesArgs;
        const index = prevLogIndex + entries.length;
        const known = acked.get(to.id);
        if (known === undefined || term > known.term || (term === known.term && index > known.index)) {
          acked.set(to.id, { term, index, step: world.step });
        }
      },
      stepped(host, { currentTerm, lastLogIndex }) {
        const known = acked.get(host.id);
        if (known === undefined || known.term !== currentTerm || lastLogIndex >= known.index) return;
        report({
          message: `${host.id} acknowledged index ${known.index} in term ${currentTerm} at step ${known.step}, but in the same term its log ends at ${lastLogIndex}`,
          evidence: [known.step],
          servers: [host.id],
          likelyCause: explain(host.id, known.step),
        });
      },
      crashed(host) {
        acked.delete(host.id);
      },
    };
  },
};

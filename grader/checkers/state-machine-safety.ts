import type { LogEntry } from '#contract';
import { type Host, isSnapshot } from '#kernel';
import { describeEntry } from './entry-book.ts';
import type { Rule } from './rule.ts';

/** State machines get the same entries in the same order: by index, without gap or repeat in an incarnation, everywhere and for ever. */
export const stateMachineSafety: Rule = {
  id: 'StateMachineSafety',
  kind: 'safety',
  sentence:
    'If a server has applied a log entry at a given index, no other server will ever apply a different log entry for the same index.',
  paper: 'Raft §5.4.3, Figure 3',
  fromLab: 2,
  check({ world, report }) {
    const everywhere: { readonly entry: LogEntry; readonly host: Host; readonly step: number }[] = [];
    /** The last index that each server has applied in its present life. */
    const last = new Map<Host, number>();
    const say = (host: Host, message: string, evidence: readonly number[], likelyCause: string): void =>
      report({ message, evidence, servers: [host.id], likelyCause });
    return {
      booted(host) {
        last.set(host, 0);
      },
      applied(host, item) {
        const before = last.get(host) ?? 0;
        if (isSnapshot(item)) {
          if (item.lastIncludedIndex < before) {
            say(
              host,
              `${host.id} applied a snapshot through index ${item.lastIncludedIndex} behind index ${before}`,
              [],
              'a snapshot that is older than what has been applied is installed',
            );
          }
          last.set(host, item.lastIncludedIndex);
          return;
        }
        last.set(host, item.index);
        if (item.index !== before + 1) {
          say(
            host,
            `${host.id} applied index ${item.index} behind index ${before}`,
            [],
            item.index <= before
              ? 'an entry is applied again: lastApplied is not looked at, or not moved'
              : before === 0 && host.disk.view.snapshot !== undefined
                ? 'after a restart, the snapshot on the disk is not given to env.apply before the entries behind it'
                : 'entries between are skipped',
          );
        }
        const first = everywhere[item.index];
        if (first === undefined) everywhere[item.index] = { entry: item, host, step: world.step };
        else if (
          first.entry !== item &&
          (first.entry.term !== item.term || first.entry.kind !== item.kind || first.entry.command !== item.command)
        ) {
          say(
            host,
            `${host.id} applied ${describeEntry(item)}, but ${first.host.id} applied ${describeEntry(first.entry)} at step ${first.step}`,
            [first.step],
            'an entry was applied before it was committed, or after it had been replaced',
          );
        }
      },
      stepped(host, { lastApplied }) {
        const applied = last.get(host) ?? 0;
        if (lastApplied !== applied)
          say(
            host,
            `${host.id} says that it has applied index ${lastApplied}, but gave index ${applied} to its state machine last`,
            [],
            'lastApplied is moved without calling env.apply, or env.apply is called without moving it',
          );
      },
    };
  },
};

import type { Status } from '#contract';
import type { Host } from '#kernel';
import type { Rule } from './rule.ts';

/** commitIndex and lastApplied only grow in an incarnation; nothing is applied before it is committed, or committed before it is there. */
export const indexMonotonic: Rule = {
  id: 'IndexMonotonic',
  kind: 'safety',
  sentence:
    'commitIndex and lastApplied increase monotonically; lastApplied never exceeds commitIndex, nor commitIndex the log.',
  paper: 'Raft Figure 2 (volatile state)',
  fromLab: 2,
  check({ report }) {
    const say = (host: Host, message: string): void =>
      report({ message: `${host.id}: ${message}`, evidence: [], servers: [host.id] });
    const fell = (host: Host, name: 'commitIndex' | 'lastApplied', previous: Status, status: Status): void => {
      if (status[name] < previous[name]) say(host, `${name} fell from ${previous[name]} to ${status[name]}`);
    };
    return {
      stepped(host, status, previous) {
        const { commitIndex, lastApplied, lastLogIndex } = status;
        if (previous !== undefined) {
          fell(host, 'commitIndex', previous, status);
          fell(host, 'lastApplied', previous, status);
        }
        if (lastApplied > commitIndex) say(host, `lastApplied ${lastApplied} exceeds commitIndex ${commitIndex}`);
        if (commitIndex > lastLogIndex)
          say(host, `commitIndex ${commitIndex} exceeds the last index ${lastLogIndex} of the log`);
      },
    };
  },
};

import type { Configuration, LogEntry } from '#contract';
import type { Host } from '#kernel';
import {
  describeConfiguration,
  isConfigurationEntry,
  newestConfiguration,
  sameConfiguration,
} from './configurations.ts';
import type { Rule } from './rule.ts';

/**
 * Members change one step at a time: a leader appends no configuration before the one before it is committed; it leaves a
 * joint one only for its target; and changes the voters without a joint one by at most one server, with an entry of its own
 * term committed before.
 */
export const configChange: Rule = {
  id: 'ConfigChange',
  kind: 'safety',
  sentence:
    'A new configuration is appended only after the previous one is committed; the final one only after the joint one; without joint consensus, one server at a time, after an entry of the leader’s own term is committed.',
  paper: 'Raft §6; thesis §4.1–4.3',
  fromLab: 5,
  check({ report, ghost }) {
    let appended: { readonly host: Host; readonly entry: LogEntry & { readonly configuration: Configuration } }[] = [];
    const judge = (
      host: Host,
      term: number,
      { index, configuration }: LogEntry & { readonly configuration: Configuration },
    ): void => {
      const before = newestConfiguration(host.disk.view, host, index);
      const say = (message: string, likelyCause: string): void =>
        report({
          message: `${host.id}, leader of term ${term}, appended the configuration ${describeConfiguration(configuration)} at index ${index}: ${message}`,
          evidence: [],
          servers: [host.id],
          likelyCause,
        });
      if (before.index > ghost.lastIndex) {
        say(
          `the one before it, at index ${before.index}, is not committed`,
          'a change is accepted while another is under way, or the joint configuration is left before it is committed',
        );
        return;
      }
      const { next } = before.configuration;
      if (next !== undefined) {
        const target: Configuration = { voters: next.voters, learners: next.learners };
        if (!sameConfiguration(configuration, target))
          say(
            `the cluster is in the joint configuration ${describeConfiguration(before.configuration)}, which leads to ${describeConfiguration(target)}`,
            'a joint configuration is left for something else than its target',
          );
        return;
      }
      const old = before.configuration.voters;
      if (configuration.next !== undefined) {
        if (!sameSet(old, configuration.voters))
          say(
            `the voters before it are ${old.join(' ')}`,
            'a joint configuration does not start from the one in force',
          );
        return;
      }
      const changed =
        old.filter((id) => !configuration.voters.includes(id)).length +
        configuration.voters.filter((id) => !old.includes(id)).length;
      if (changed > 1) {
        say(
          `it changes ${changed} voters of ${old.join(' ')} at once, without a joint configuration`,
          'a change of several servers at once needs joint consensus',
        );
      } else if (changed === 1 && !ghost.entries.some((entry) => entry.term === term)) {
        say(
          `no entry of term ${term} is committed yet`,
          'the single-server change of a new leader can overlap with one of the leader before (found in 2015 in the thesis, §4.1): it first commits an entry of its own term',
        );
      }
    };
    return {
      written(host, write) {
        if (write.kind === 'append' && isConfigurationEntry(write.entry)) appended.push({ host, entry: write.entry });
      },
      crashed(host) {
        appended = appended.filter((each) => each.host !== host);
      },
      stepped(host, { role, currentTerm }) {
        if (appended.length === 0) return;
        for (const each of appended) {
          // A follower appends what its leader has answered for.
          if (each.host === host && role === 'leader' && each.entry.term === currentTerm)
            judge(host, currentTerm, each.entry);
        }
        appended = appended.filter((each) => each.host !== host);
      },
    };
  },
};

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each) => b.includes(each));
}

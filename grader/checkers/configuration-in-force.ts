import { describeConfiguration, NewestConfigurations, sameConfiguration } from './configurations.ts';
import type { Rule } from './rule.ts';

/**
 * A server uses the newest configuration in its log: from the moment that the entry is appended, committed or not, and not
 * once it is truncated. Judged whenever the disk has the whole log, so that a server may write a little later than it appends.
 */
export const configurationInForce: Rule = {
  id: 'ConfigurationInForce',
  kind: 'safety',
  sentence: 'A server always uses the latest configuration in its log, regardless of whether the entry is committed.',
  paper: 'Raft §6; thesis §4.1',
  fromLab: 4,
  check({ report }) {
    const configurations = new NewestConfigurations();
    return {
      stepped(host, { configuration, lastLogIndex }) {
        const { view } = host.disk;
        if (Math.max(view.lastIndex, view.snapshot?.lastIncludedIndex ?? 0) !== lastLogIndex) return;
        const newest = configurations.of(host);
        if (sameConfiguration(newest.configuration, configuration)) return;
        report({
          message: `${host.id} uses the configuration ${describeConfiguration(configuration)}, but the newest in its log is ${describeConfiguration(newest.configuration)}${newest.index === 0 ? ', with which it was started' : `, at index ${newest.index}`}`,
          evidence: [],
          servers: [host.id],
          likelyCause:
            'a configuration is taken over when it is committed or applied in place of when it is appended, is kept after its entry was truncated, or is lost by a restart or a snapshot',
        });
      },
    };
  },
};

import type { Rule } from './rule.ts';

/**
 * Entries leave the log's beginning only behind a snapshot that covers them. A crash keeps a prefix of the writes, so that
 * the order of the writes decides, whether a crash comes between or not.
 */
export const snapshotBeforeTrim: Rule = {
  id: 'SnapshotBeforeTrim',
  kind: 'safety',
  sentence:
    'Once a server completes writing a snapshot, it may delete all log entries up through the last included index: not before, and none behind it.',
  paper: 'Raft §7',
  fromLab: 4,
  check({ report }) {
    return {
      written({ id, disk }, write) {
        if (write.kind !== 'discard') return;
        const covered = disk.view.snapshot?.lastIncludedIndex ?? 0;
        if (write.index <= covered) return;
        report({
          message: `${id} discarded its log through index ${write.index}, while ${covered === 0 ? 'it had written no snapshot' : `its newest snapshot ended at index ${covered}`}: a crash now loses entries`,
          evidence: [],
          servers: [id],
          likelyCause: 'the log is trimmed before the snapshot is written, or further than the snapshot reaches',
        });
      },
    };
  },
};

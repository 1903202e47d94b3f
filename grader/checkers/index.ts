/**
 * Raft's rules, one a file, each checked after every event against the wire, the disks and what is applied. A rule that
 * could fail one correct Raft does not belong here.
 *
 * @module
 */
import type { Observer, World } from '#kernel';
import { ackedNeverDropped } from './acked-never-dropped.ts';
import { budgets } from './budgets.ts';
import { commitRule } from './commit-rule.ts';
import { configChange } from './config-change.ts';
import { configurationInForce } from './configuration-in-force.ts';
import { electionSafety } from './election-safety.ts';
import { EntryBook } from './entry-book.ts';
import { GhostLog } from './ghost-log.ts';
import { indexMonotonic } from './index-monotonic.ts';
import { leaderAppendOnly } from './leader-append-only.ts';
import { leaderCompleteness } from './leader-completeness.ts';
import { leaderElected } from './leader-elected.ts';
import { leaderSends } from './leader-sends.ts';
import { legalTransition } from './legal-transition.ts';
import { logMatching } from './log-matching.ts';
import { messageIdentity } from './message-identity.ts';
import { oneVotePerTerm } from './one-vote-per-term.ts';
import { promisesSurvive } from './promises-survive.ts';
import { proposalKept } from './proposal-kept.ts';
import { replyAfterDurable } from './reply-after-durable.ts';
import type { BudgetLimits, CheckerContext, Rule, Violation } from './rule.ts';
import { snapshotBeforeTrim } from './snapshot-before-trim.ts';
import { snapshotMatchesLog } from './snapshot-matches-log.ts';
import { stateMachineSafety } from './state-machine-safety.ts';
import { termMonotonic } from './term-monotonic.ts';

/**
 * All rules. When one step breaks several, the first in this list is reported: causes stand before their consequences.
 */
export const RULES: readonly Rule[] = [
  messageIdentity,
  replyAfterDurable,
  promisesSurvive,
  oneVotePerTerm,
  leaderSends,
  leaderElected,
  electionSafety,
  termMonotonic,
  legalTransition,
  leaderAppendOnly,
  logMatching,
  ackedNeverDropped,
  configurationInForce,
  configChange,
  snapshotBeforeTrim,
  snapshotMatchesLog,
  commitRule,
  leaderCompleteness,
  stateMachineSafety,
  proposalKept,
  indexMonotonic,
  budgets,
];

/**
 * Begins to check a run against all rules that a lab gives evidence for.
 *
 * @param report - gets each violation as it is seen
 * @param measured - gets the highest values of what the budgets limit
 * @returns observers for the world
 */
export function checkRules(
  world: World,
  lab: number,
  limits: BudgetLimits,
  report: (violation: Violation) => void,
  measured?: CheckerContext['measured'],
): Observer[] {
  const book = new EntryBook();
  const ghost = new GhostLog(world, book, lab >= 3);
  const rules = RULES.filter(({ fromLab }) => fromLab <= lab);
  const checkers = rules.map((rule) =>
    rule.check({
      lab,
      world,
      budgets: limits,
      book,
      ghost,
      report: (violation) => report({ rule, ...violation }),
      ...(measured && { measured }),
    }),
  );
  // The ghost sees each event before the rules that ask it.
  return lab >= 2 ? [ghost, ...checkers] : checkers;
}

export { UNLIMITED } from './budgets.ts';
export { describeConfiguration, newestConfiguration, sameConfiguration } from './configurations.ts';
export type { KeyValueInput, KeyValueOutput } from './linearizability/index.ts';
export { judgeHistory, type ServiceOperation } from './linearizable.ts';
export { isQuorum } from './quorum.ts';
export type { BudgetLimits, CheckerContext, Report, Rule, RuleText, Violation } from './rule.ts';

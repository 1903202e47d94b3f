/**
 * Raft's rules, one a file, each checked after every event against the wire, the disks and what is applied. A rule that
 * could fail one correct Raft does not belong here.
 *
 * @module
 */
import type { Observer, World } from '#kernel';
import { budgets } from './budgets.ts';
import { electionSafety } from './election-safety.ts';
import { leaderElected } from './leader-elected.ts';
import { leaderSends } from './leader-sends.ts';
import { legalTransition } from './legal-transition.ts';
import { messageIdentity } from './message-identity.ts';
import { oneVotePerTerm } from './one-vote-per-term.ts';
import type { BudgetLimits, Rule, Violation } from './rule.ts';
import { termMonotonic } from './term-monotonic.ts';

/**
 * All rules. When one step breaks several, the first in this list is reported: causes stand before their consequences.
 */
export const RULES: readonly Rule[] = [
  messageIdentity,
  oneVotePerTerm,
  leaderElected,
  electionSafety,
  termMonotonic,
  legalTransition,
  leaderSends,
  budgets,
];

/**
 * Begins to check a run against all rules that a lab gives evidence for.
 *
 * @param report - gets each violation as it is seen
 * @returns observers for the world
 */
export function checkRules(
  world: World,
  lab: number,
  limits: BudgetLimits,
  report: (violation: Violation) => void,
): Observer[] {
  return RULES.filter(({ fromLab }) => fromLab <= lab).map((rule) =>
    rule.check({ world, budgets: limits, report: (violation) => report({ rule, ...violation }) }),
  );
}

export { isQuorum } from './quorum.ts';
export type { BudgetLimits, CheckerContext, Report, Rule, RuleText, Violation } from './rule.ts';

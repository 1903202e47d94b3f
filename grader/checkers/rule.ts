import type { ServerId } from '#contract';
import type { Observer, World } from '#kernel';
import type { EntryBook } from './entry-book.ts';
import type { GhostLog } from './ghost-log.ts';

/** What breaks with a rule; the words of a report, in one place. */
export interface RuleText {
  /** Stable name, for example `ElectionSafety`. */
  readonly id: string;
  readonly kind: 'safety' | 'liveness' | 'budget' | 'contract';
  /** What the rule demands, in one sentence. */
  readonly sentence: string;
  /** Where it comes from, for example `Raft §5.2`. */
  readonly paper: string;
}

/** A rule that was broken, with what shows it. */
export interface Violation {
  readonly rule: RuleText;
  /** What was seen: servers, terms, times. */
  readonly message: string;
  /** Steps that show it, besides the present one. */
  readonly evidence: readonly number[];
  /** Servers that take part in it. */
  readonly servers: readonly ServerId[];
  /** What usually leads to this. */
  readonly likelyCause?: string;
}

/** What a checker reports; the rule's own text is added. */
export type Report = (violation: Omit<Violation, 'rule'>) => void;

/** Upper bounds that the rule Budgets holds a run to. Constants of a lab, from calibration: at least 3 times the worst correct variant. */
export interface BudgetLimits {
  /** Pending timers of one server. */
  readonly timersMax: number;
  /** Requests from one server to one other within one heartbeat interval. */
  readonly requestsPerHeartbeatMax: number;
  /** Bytes of requests from one server to one other within one heartbeat interval. */
  readonly bytesPerHeartbeatMax: number;
  /** Flushes of one server within one heartbeat interval. */
  readonly flushesPerHeartbeatMax: number;
  /** Entries on one server's disk, those that are not flushed included. */
  readonly storedEntriesMax: number;
}

/** What a checker may look at besides its observations: public facts of the world, never a server's private fields. */
export interface CheckerContext {
  /** The lab whose test it is: from lab 3 on, disks count. */
  readonly lab: number;
  readonly world: World;
  readonly report: Report;
  readonly budgets: BudgetLimits;
  /** Gets each new highest value of what the budgets limit, for calibration. */
  readonly measured?: (limit: keyof BudgetLimits, value: number) => void;
  /** Entries that the run has shown. */
  readonly book: EntryBook;
  /** What is truly committed. */
  readonly ghost: GhostLog;
}

/** A rule, and how to check it. */
export interface Rule extends RuleText {
  /** The first lab whose runs give evidence for it. */
  readonly fromLab: number;
  /** Begins to check a run, with a memory of its own. */
  readonly check: (context: CheckerContext) => Observer;
}

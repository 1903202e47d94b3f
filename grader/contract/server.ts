import type { Env } from './environment.ts';
import type { Configuration, Membership, ServerId } from './log.ts';
import type {
  AppendEntriesArgs,
  AppendEntriesReply,
  InstallSnapshotArgs,
  InstallSnapshotReply,
  RequestVoteArgs,
  RequestVoteReply,
  TimeoutNowArgs,
  TimeoutNowReply,
} from './messages.ts';

/**
 * What a request handler returns: a reply, `undefined` for no answer, or a promise of either. While a handler awaits,
 * other requests, replies and timers run: check term and role again after every `await`.
 */
export type Answer<Reply> = Reply | undefined | Promise<Reply | undefined>;

/** A server's part in its term (Raft paper, Figure 4). */
export type Role = 'follower' | 'candidate' | 'leader';

/** What a server says of itself. */
export interface Status {
  /** A server that only asks for pre-votes is a `follower`. */
  readonly role: Role;
  /** Latest term that the server has seen. */
  readonly currentTerm: number;
  /** Who leads `currentTerm`, as far as this server knows. */
  readonly leader?: ServerId;
  /** Index of the highest entry known to be committed; 0 at the start. */
  readonly commitIndex: number;
  /** Index of the highest entry given to `env.apply`; 0 at the start. */
  readonly lastApplied: number;
  /** Index of the last entry in the log, or of the snapshot when the log behind it is empty; 0 when there is neither. */
  readonly lastLogIndex: number;
  /** The configuration in force. */
  readonly configuration: Configuration;
}

/** What became of a command that was offered to a server. Accepted is not committed. */
export type ProposeResult =
  | {
      /** This server leads and has appended the command to its log. */
      readonly accepted: true;
      /** Where. */
      readonly index: number;
      /** In which term. */
      readonly term: number;
    }
  | {
      /** Nothing was appended. */
      readonly accepted: false;
      /** Who may accept it; this server itself means "try again later"; absent means "unknown". */
      readonly leader?: ServerId;
    };

/**
 * A Raft server. A submission's `raft.ts` exports `class Raft implements RaftServer`, constructed as `new Raft(env)` and
 * then started, anew after every restart, over the same disk. Modules are evaluated for each incarnation, so no variable
 * is shared between servers or survives a restart.
 *
 * A method of a lab that you have not reached throws {@link NotImplemented}.
 */
export interface RaftServer {
  /** Called once, first. Nothing else is called before it returns. */
  start(): void | Promise<void>;

  /** A candidate asks for a vote (lab 1). */
  onRequestVote(args: RequestVoteArgs): Answer<RequestVoteReply>;

  /** A leader sends entries or a heartbeat (labs 1 and 2). */
  onAppendEntries(args: AppendEntriesArgs): Answer<AppendEntriesReply>;

  /** A leader sends a snapshot (lab 4). */
  onInstallSnapshot(args: InstallSnapshotArgs): Answer<InstallSnapshotReply>;

  /** A leader hands over to this server (lab 5). */
  onTimeoutNow(args: TimeoutNowArgs): Answer<TimeoutNowReply>;

  /** A client offers a command (lab 2). */
  propose(command: string): ProposeResult;

  /**
   * The state machine has taken a snapshot of everything up to `index` (lab 4). Never called from inside `env.apply`.
   * Ignored when `index` is at or below the snapshot that there is.
   *
   * @param index - at most `lastApplied`
   * @param data - the state machine's bytes
   */
  compact(index: number, data: string): void;

  /**
   * An operator asks for other members (lab 5). The change is done when `target` is committed without `next`. Joint
   * consensus and single-server changes are both right.
   */
  changeMembership(target: Membership): ProposeResult;

  /** An operator asks this leader to hand over to `to` (lab 5). Accepted: the last entry's index and the current term. */
  transferLeadership(to: ServerId): ProposeResult;

  /** Reserved for linearizable reads outside the log (bonus). */
  readIndex?(): Promise<number | undefined>;

  /** The truth, whenever the code yields. No side effects, no calls to `env`, cheap: the grader calls it after every event. */
  status(): Status;
}

/** The shape of a submission's `Raft` export. */
export type RaftConstructor = new (env: Env) => RaftServer;

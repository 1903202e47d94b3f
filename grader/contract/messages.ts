import type { Configuration, Json, LogEntry, ServerId } from './log.ts';

/** Asks for a vote (Raft paper, Figure 2: RequestVote). */
export interface RequestVoteArgs {
  /** Candidate's term. With `preVote`: the term that it would use. */
  readonly term: number;
  /** Who asks. */
  readonly candidateId: ServerId;
  /** Index of the candidate's last entry; 0 when its log is empty. */
  readonly lastLogIndex: number;
  /** Term of the candidate's last entry; 0 when its log is empty. */
  readonly lastLogTerm: number;
  /**
   * A question, not a vote: "would you grant it?" (thesis, section 9.6). It promises nothing, and changes neither side's
   * term or vote. A server that asks it reports the role `follower`.
   */
  readonly preVote?: true;
  /** The old leader asked for this election (`TimeoutNow`), so contact with it is no reason to refuse (thesis, section 4.2.3). */
  readonly transfer?: true;
}

/** Answers {@link RequestVoteArgs}. */
export interface RequestVoteReply {
  /** The responder's current term, for the candidate to update itself. */
  readonly term: number;
  /** `true`: the candidate has this vote (with `preVote`: would have it). */
  readonly voteGranted: boolean;
}

/** Replicates entries; with none, a heartbeat (Raft paper, Figure 2: AppendEntries). */
export interface AppendEntriesArgs {
  /** Leader's term. */
  readonly term: number;
  /** Who leads, so that followers can redirect clients. */
  readonly leaderId: ServerId;
  /** Index of the entry just before `entries`; 0 before the first. */
  readonly prevLogIndex: number;
  /** Term of the entry at `prevLogIndex`; 0 when that is 0. */
  readonly prevLogTerm: number;
  /** Entries to store, in order, from `prevLogIndex + 1` without a gap. */
  readonly entries: readonly LogEntry[];
  /** Leader's commit index. */
  readonly leaderCommit: number;
}

/** Answers {@link AppendEntriesArgs}. */
export interface AppendEntriesReply {
  /** The responder's current term, for the leader to update itself. */
  readonly term: number;
  /**
   * `true` promises that this server holds exactly what the leader holds up to `prevLogIndex + entries.length` of that
   * request, and, from lab 3, that it is durable. It says nothing of later entries.
   */
  readonly success: boolean;
  /** With a refusal: where the leader may try next (Raft paper, section 5.3, the optimisation). */
  readonly conflictIndex?: number;
  /** With a refusal: the term of the conflicting entry. */
  readonly conflictTerm?: number;
  /** Anything else that an implementation wants to tell its leader. The grader does not read it. */
  readonly ext?: Json;
}

/** Brings a snapshot to a follower that is too far behind (Raft paper, Figure 13). */
export interface InstallSnapshotArgs {
  /** Leader's term. */
  readonly term: number;
  /** Who leads. */
  readonly leaderId: ServerId;
  /** The snapshot replaces every entry up to and including this index. */
  readonly lastIncludedIndex: number;
  /** Term of the entry at `lastIncludedIndex`. */
  readonly lastIncludedTerm: number;
  /** The newest configuration at or before `lastIncludedIndex`. */
  readonly configuration: Configuration;
  /** Where `data` stands in the snapshot, in characters. 0 when the whole snapshot is in one message. */
  readonly offset: number;
  /** This part of the snapshot. */
  readonly data: string;
  /** `true` in the last part. One message with `offset: 0, done: true` earns full marks. */
  readonly done: boolean;
}

/** Answers {@link InstallSnapshotArgs}. */
export interface InstallSnapshotReply {
  /** The responder's current term, for the leader to update itself. */
  readonly term: number;
  /**
   * `true` to the last part promises that this server durably holds everything up to `lastIncludedIndex`, in the snapshot
   * or in its log.
   */
  readonly success: boolean;
}

/** Tells the target of a leadership transfer to start an election at once (thesis, section 3.10). */
export interface TimeoutNowArgs {
  /** Leader's term. */
  readonly term: number;
  /** Who leads. */
  readonly leaderId: ServerId;
}

/** Answers {@link TimeoutNowArgs}. */
export interface TimeoutNowReply {
  /** The responder's current term, for the leader to update itself. */
  readonly term: number;
}

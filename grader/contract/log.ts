/**
 * Names a server, for example `n1`. Ids are unique in a cluster and stay the same for ever.
 */
export type ServerId = string;

/** A value that survives `JSON.parse(JSON.stringify(value))`. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Who takes part: one set of members (Raft paper, section 6; thesis, chapter 4). */
export interface Membership {
  /** Vote, and count towards every majority. */
  readonly voters: readonly ServerId[];
  /** Receive the log and never count (thesis, section 4.2.1). */
  readonly learners: readonly ServerId[];
}

/**
 * The cluster's members. A server uses the newest configuration in its log from the moment that the entry is appended,
 * committed or not, and goes back to the one before when the entry is truncated (Raft paper, section 6).
 */
export interface Configuration extends Membership {
  /** Present while two sets overlap (joint consensus): every decision then needs a majority of both. */
  readonly next?: Membership;
}

/** One slot of the log. */
export interface LogEntry {
  /** Position in the log. The first entry has index 1; there is no entry 0. */
  readonly index: number;
  /** Term in which a leader created the entry. It never changes. */
  readonly term: number;
  /**
   * `command`: from a client. `noop`: a leader's first entry of its term (optional; Raft paper, section 8).
   * `config`: a change of members (lab 5).
   */
  readonly kind: 'command' | 'noop' | 'config';
  /** The client's command. Present exactly when `kind` is `command`. */
  readonly command?: string;
  /** The new configuration. Present exactly when `kind` is `config`. */
  readonly configuration?: Configuration;
}

/** The state machine's contents in place of a prefix of the log (Raft paper, section 7). */
export interface Snapshot {
  /** Index of the last entry that the snapshot replaces. */
  readonly lastIncludedIndex: number;
  /** Term of that entry. */
  readonly lastIncludedTerm: number;
  /** The newest configuration at or before `lastIncludedIndex`. */
  readonly configuration: Configuration;
  /** The state machine's own bytes; Raft does not look inside. */
  readonly data: string;
}

/** What a server must remember about elections (Raft paper, Figure 2: persistent state). */
export interface HardState {
  /** Latest term that the server has seen; 0 before the first. */
  readonly currentTerm: number;
  /** Who got this server's vote in `currentTerm`, or `null`. */
  readonly votedFor: ServerId | null;
}

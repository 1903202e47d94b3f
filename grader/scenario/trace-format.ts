import type { Role, ServerId } from '#contract';
import type { DropCause, Method } from '#kernel';
import type { FailureKind } from './result.ts';

/**
 * One run as plain JSON: what happened, in order, and what could be seen of every server after it. Steps are the world's,
 * times virtual milliseconds.
 */
export interface Trace {
  readonly format: 1;
  /** Version of the kit that made it. */
  readonly kit: string;
  /** Id of the lab, for example `lab1`. */
  readonly lab: string;
  /** Slug of the test. */
  readonly test: string;
  /** What a right server does in that test, in one line. */
  readonly title: string;
  readonly seed: number;
  readonly nodes: readonly ServerId[];
  /** Servers that the test plays itself; nothing is known of their state. */
  readonly scripted: readonly ServerId[];
  /** Who offers commands; empty when nobody does. */
  readonly clients: readonly string[];
  readonly verdict: TraceVerdict;
  /** Events at the beginning that were left out because there were too many. */
  readonly omitted: number;
  readonly events: readonly TraceEvent[];
  /** Full states: one before the first event, then about every 50 steps; with long logs fewer. */
  readonly snapshots: readonly TraceSnapshot[];
}

/** How the run ended. Texts are empty when nothing failed. */
export interface TraceVerdict {
  readonly kind: FailureKind | 'passed' | 'not-started';
  /** Id of the rule that broke. */
  readonly checker: string;
  readonly step: number;
  /** What the rule demands. */
  readonly sentence: string;
  /** Where it comes from. */
  readonly paper: string;
  /** What was seen. */
  readonly message: string;
  readonly likelyCause?: string;
  /** Steps that show it. */
  readonly evidence: readonly number[];
}

/** A message as far as a trace keeps it. */
export interface TraceMessage {
  /** Number of the message within its run: its sending, its arrivals and its loss share it. */
  readonly message: number;
  readonly method: Method;
  readonly phase: 'request' | 'reply';
  readonly from: ServerId;
  readonly to: ServerId;
  /** The term that it carries. */
  readonly term: number;
  /** How many requests of the same link, method and term went before the request: with them, its causal key. */
  readonly occurrence: number;
  /** Of a reply: the term of its request. */
  readonly requestTerm?: number;
  /** Of a reply to a further copy of a request: which reply it is, from 2. */
  readonly copy?: number;
  readonly preVote?: true;
  readonly transfer?: true;
  readonly lastLogIndex?: number;
  readonly lastLogTerm?: number;
  readonly prevLogIndex?: number;
  readonly prevLogTerm?: number;
  readonly leaderCommit?: number;
  /** The first entries. */
  readonly entries?: readonly TraceEntry[];
  /** How many entries there are in all. */
  readonly entryCount?: number;
  readonly lastIncludedIndex?: number;
  readonly lastIncludedTerm?: number;
  readonly voteGranted?: boolean;
  readonly success?: boolean;
  readonly conflictIndex?: number;
  readonly conflictTerm?: number;
}

/** An entry: its term, and its command, `noop` or `config`. Long commands are cut. */
export type TraceEntry = readonly [term: number, text: string];

/** What each kind of event tells. */
export interface TraceData {
  readonly send: TraceMessage;
  readonly deliver: TraceMessage & { readonly again?: true };
  readonly drop: TraceMessage & { readonly why: DropCause };
  readonly duplicate: TraceMessage;
  readonly delay: TraceMessage & { readonly arrivesMs: number };
  /** The sender of a request was told that no reply will come. */
  readonly unanswered: TraceMessage;
  readonly 'timer-fire': object;
  readonly crash: { readonly lostWrites: number };
  readonly restart: { readonly life: number };
  readonly pause: object;
  readonly resume: object;
  readonly 'disk-write': { readonly term: number; readonly votedFor: ServerId | null };
  readonly 'disk-flush': { readonly writes: number };
  readonly 'disk-fault': object;
  /** A change of the network; `cuts` lists the directions that are cut, as `n1>n2`. */
  readonly partition: { readonly text: string; readonly cuts: readonly string[] };
  readonly heal: { readonly text: string; readonly cuts: readonly string[] };
  readonly 'client-call': {
    /** Absent for an operator's call. */
    readonly command?: string;
    readonly accepted: boolean;
    readonly index?: number;
    readonly term?: number;
    readonly leader?: ServerId;
  };
  readonly apply: { readonly index: number; readonly term: number; readonly text: string };
  readonly role: { readonly role: Role; readonly term: number; readonly was: Role | null };
  readonly term: { readonly term: number; readonly was: number };
  readonly commit: { readonly index: number; readonly was: number };
  /** Entries `from` to `to` were appended. */
  readonly 'log-append': { readonly from: number; readonly to: number; readonly term: number };
  /** The entry at `from` and all behind it went. */
  readonly 'log-truncate': { readonly from: number };
  readonly snapshot: { readonly index: number; readonly term: number };
  readonly throw: { readonly activity: string; readonly text: string };
  readonly note: { readonly topic?: string; readonly text: string };
  readonly violation: { readonly rule: string; readonly message: string };
}

/** The names of what can happen. */
export type TraceKind = keyof TraceData;

/** Something that happened. */
export type TraceEvent<K extends TraceKind = TraceKind> = { [Kind in K]: TraceEventOf<Kind> }[K];

/** One kind of event. */
export interface TraceEventOf<K extends TraceKind> {
  readonly step: number;
  /** Virtual milliseconds. */
  readonly at: number;
  /** To whom; absent when it happened to the world. */
  readonly node?: ServerId;
  readonly kind: K;
  /** The step that made this possible: in which the message was sent, or the timer set. */
  readonly cause?: number;
  readonly data: TraceData[K];
  /** What was different after it from before. State is seen at the end of a step, so the step's last event has it. */
  readonly patch?: TracePatch;
}

/** A server's log as far as it can be seen; `null` is an entry of which only the place is known. */
export interface TraceLog {
  /** The index just before the first entry: what came before is in a snapshot. */
  readonly base: number;
  readonly entries: readonly (TraceEntry | null)[];
}

/** What can be seen of a server. `null`: unknown, or none. */
export interface TraceNode {
  readonly up: boolean;
  readonly paused: boolean;
  /** The disk has failed, until the next restart. */
  readonly diskFailed: boolean;
  readonly role: Role | null;
  readonly currentTerm: number | null;
  /** From the disk; before a server uses its disk, from the votes that it sends. */
  readonly votedFor: ServerId | null;
  readonly leader: ServerId | null;
  readonly commitIndex: number | null;
  readonly lastApplied: number | null;
  readonly lastLogIndex: number | null;
  /** When the next timers are due: at most three, in milliseconds since the start. */
  readonly timers: readonly number[];
  /** Of a leader: up to where others said that they hold its log, as far as their replies have come. */
  readonly matchIndex: Readonly<Record<ServerId, number>> | null;
  readonly log: TraceLog;
}

/** The state before an event. */
export interface TraceSnapshot {
  /** Place of that event in `events`. */
  readonly before: number;
  readonly nodes: Readonly<Record<ServerId, TraceNode>>;
  readonly cuts: readonly string[];
}

/** A change of a log: from an index on it reads otherwise. */
export interface TraceLogPatch {
  readonly base: number;
  readonly from: number;
  readonly entries: TraceLog['entries'];
}

/** What changed of a server. */
export type TraceNodePatch = Partial<Omit<TraceNode, 'log'>> & { readonly log?: TraceLogPatch };

/** What changed. */
export interface TracePatch {
  readonly nodes?: Readonly<Record<ServerId, TraceNodePatch>>;
  readonly cuts?: readonly string[];
}

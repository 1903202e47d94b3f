/**
 * The contract between a Raft server and its world: the only module, besides its own files, that a submission imports.
 *
 * Names are those of the Raft paper, Figures 2 and 13 ("In Search of an Understandable Consensus Algorithm", extended
 * version), and of chapters 3, 4 and 6 of Ongaro's thesis ("Consensus: Bridging Theory and Practice"). All times are
 * virtual milliseconds.
 *
 * @module
 */
export * from './environment.ts';
export * from './errors.ts';
export * from './log.ts';
export * from './messages.ts';
export * from './server.ts';

/** How one direction of a link treats messages. Probabilities lie in [0, 1]; times are in virtual milliseconds. */
export interface LinkPolicy {
  /** Shortest time on the way. */
  readonly latencyMsMin: number;
  /** Longest time on the way, unless the message is held up. */
  readonly latencyMsMax: number;
  /** Probability that a request is lost. */
  readonly requestLoss: number;
  /** Probability that a reply is lost, though the request was handled. */
  readonly replyLoss: number;
  /** Probability that a request arrives twice. */
  readonly duplication: number;
  /** Probability that a message is held up. */
  readonly delay: number;
  /** Longest time that a message is held up. */
  readonly delayMsMax: number;
  /** How much the link carries, in bytes a millisecond; absent: no limit. */
  readonly bandwidthBytesPerMs?: number;
}

/** A link that loses nothing and takes 1 to 5 ms, so that messages still overtake each other. */
export const RELIABLE: LinkPolicy = {
  latencyMsMin: 1,
  latencyMsMax: 5,
  requestLoss: 0,
  replyLoss: 0,
  duplication: 0,
  delay: 0,
  delayMsMax: 0,
};

/** A link that loses 10 % of requests and of replies, repeats 5 % of requests and holds some messages up for as long as 2 s. */
export const UNRELIABLE: LinkPolicy = {
  ...RELIABLE,
  requestLoss: 0.1,
  replyLoss: 0.1,
  duplication: 0.05,
  delay: 0.05,
  delayMsMax: 2_000,
};

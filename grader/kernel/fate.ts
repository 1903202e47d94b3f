import type { Call } from './call.ts';
import type { LinkPolicy } from './link-policy.ts';

/** What becomes of a message on a link that is not cut; what is absent does not happen to it. */
export interface Fate {
  /** It never arrives. */
  readonly lost?: boolean;
  /** It arrives a second time, after a latency of its own. Requests only. */
  readonly twice?: boolean;
  /** For so many virtual milliseconds it is held up, beyond its link's latency. */
  readonly lateMs?: number;
  /** How long it is on its way, in virtual milliseconds; absent: as chance decides. */
  readonly latencyMs?: number;
}

/**
 * Decides a message's fate in place of chance.
 *
 * @param key - see {@link messageKey}
 * @param drawn - what chance would do
 * @param policy - how its link treats messages when it is sent
 */
export type DecideFate = (key: string, drawn: Fate, policy: LinkPolicy) => Fate;

/**
 * The causal key of a message: the same message has the same key in every run that was the same up to there, whatever became
 * of others. A request is `n1>n2 AppendEntries t3 #4`: the fourth of its method and term on its link; its reply is
 * `n2>n1 reply to AppendEntries t3 #4`.
 *
 * @param again - replies to further copies of the request: how many went before
 */
export function messageKey(call: Call, phase: 'request' | 'reply', again = 0): string {
  const { from, to, method, args, occurrence } = call;
  const request = `${method} t${args.term} #${occurrence + 1}`;
  if (phase === 'request') return `${from.id}>${to.id} ${request}`;
  return `${to.id}>${from.id} reply to ${request}${again === 0 ? '' : `, copy ${again + 1}`}`;
}

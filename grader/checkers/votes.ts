import type { RequestVoteArgs, RequestVoteReply, ServerId } from '#contract';
import type { Call, Reply } from '#kernel';

/** A real vote that has left its voter. */
export interface Grant {
  readonly candidate: ServerId;
  readonly step: number;
}

/** @returns the vote that a reply gives, or `undefined` when it is a refusal, a pre-vote, or no vote at all */
export function grantIn(call: Call, reply: Reply): { readonly term: number; readonly candidate: ServerId } | undefined {
  if (call.method !== 'RequestVote' || !(reply as RequestVoteReply).voteGranted) return undefined;
  const args = call.args as RequestVoteArgs;
  return args.preVote === true ? undefined : { term: args.term, candidate: args.candidateId };
}

/** The real votes of a run: for each term and voter, those whom it has granted its vote. */
export class Ballots {
  readonly #terms = new Map<number, Map<ServerId, Grant[]>>();

  /** Records a vote. @returns the earlier vote of the same voter in the same term for somebody else, if there is one */
  record(term: number, voter: ServerId, grant: Grant): Grant | undefined {
    const voters = this.#terms.get(term) ?? new Map<ServerId, Grant[]>();
    this.#terms.set(term, voters);
    const grants = voters.get(voter) ?? [];
    voters.set(voter, [...grants, grant]);
    return grants.find(({ candidate }) => candidate !== grant.candidate);
  }

  /** @returns who voted for the candidate in the term, with the step at which the vote left */
  supporters(term: number, candidate: ServerId): Map<ServerId, number> {
    const supporters = new Map<ServerId, number>();
    for (const [voter, grants] of this.#terms.get(term) ?? []) {
      const grant = grants.find((each) => each.candidate === candidate);
      if (grant !== undefined) supporters.set(voter, grant.step);
    }
    return supporters;
  }

  /** @returns whether a server has given its vote of a term away */
  votedForAnother(term: number, voter: ServerId): boolean {
    return (this.#terms.get(term)?.get(voter) ?? []).some(({ candidate }) => candidate !== voter);
  }
}

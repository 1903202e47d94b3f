import { sameConfiguration } from '#checkers';
import type { AppendEntriesArgs, Membership, ProposeResult, ServerId } from '#contract';
import {
  Client,
  describeMembership,
  expect,
  Operator,
  round,
  type ScriptedCluster,
  type ScriptedFollower,
  scriptFollowers,
  type TestContext,
} from '#scenario';
import { CALM_MS, commits, lead } from '../lab2/messages.ts';

/** Words of lab 5 for a real server, `n1`, that leads scripted followers, which keep logs and answer truthfully. */

/** `n1` at the head of a cluster. */
export interface Led {
  readonly cluster: ScriptedCluster;
  /** By id; those that have not joined are there too. */
  readonly followers: ReadonlyMap<ServerId, ScriptedFollower>;
  readonly operator: Operator;
  readonly client: Client;
}

/** Makes `n1` the leader of a cluster, with an entry of its term committed. */
export async function led(test: TestContext, size: number, joining: readonly ServerId[] = []): Promise<Led> {
  const cluster = test.scripted({ size, joining });
  const followers = new Map(scriptFollowers(cluster).map((each) => [each.id, each]));
  const client = new Client(cluster);
  await lead(cluster);
  const stage = { cluster, followers, operator: new Operator(cluster), client };
  await carriesOut(stage, 'first');
  return stage;
}

/** A command must be accepted and committed: a leader can then tell that its term is settled. */
export async function carriesOut({ cluster, client }: Led, command: string): Promise<number> {
  const { index } = await client.proposeTo('n1', command);
  await commits(cluster, index, 'all of its followers answer', 'the leader does not commit what its followers hold');
  return index;
}

/** Lets newcomers become learners that have all of the log. */
export async function learn({ cluster, followers, operator }: Led, newcomers: readonly ServerId[]): Promise<void> {
  const { voters } = cluster.state.configuration;
  await operator.change(
    { voters, learners: newcomers },
    { among: ['n1'], likelyCause: 'a change that adds learners only is refused, or never done' },
  );
  await cluster.until(
    `n1 to bring its whole log to the learners ${newcomers.join(' ')}`,
    () => newcomers.every((id) => followers.get(id)!.lastIndex === cluster.state.lastLogIndex),
    { likelyCause: 'a leader has no nextIndex for a server that joins, or sends nothing to learners' },
  );
  await cluster.run(CALM_MS);
}

/**
 * Which followers handle AppendEntries from now on, and what waits. The others lose what would bring them forward, and
 * answer the rest: a leader that looks whether it is still heard has no reason to step down.
 */
export function onlyHandledBy({ followers }: Led, ids: readonly ServerId[]): void {
  for (const follower of followers.values()) {
    const handles = ids.includes(follower.id);
    follower.handles = (args) => handles || bringsNothing(follower, args);
    if (handles) follower.catchUp();
  }
}

/** @returns whether a follower has all that a request carries, or must refuse it anyway */
export function bringsNothing(follower: ScriptedFollower, { entries, prevLogIndex }: AppendEntriesArgs): boolean {
  return entries.length === 0 || prevLogIndex + entries.length <= follower.lastIndex;
}

/**
 * Asks for other members, until it is accepted and the leader uses another configuration.
 *
 * @returns `false` when the leader, which is to be removed, hands over in place of that
 */
export async function begins({ cluster, operator }: Led, target: Membership): Promise<boolean> {
  const before = cluster.state.configuration;
  let answer: ProposeResult | undefined;
  for (let times = 0; times < 40 && answer?.accepted !== true; times++) {
    answer = await operator.changeMembership('n1', target);
    if (answer?.accepted !== true) await cluster.run(50);
    const handsOver = cluster.incoming.some(({ method }) => method === 'TimeoutNow');
    if (handsOver && !target.voters.includes('n1')) return false;
  }
  const wish = describeMembership(target);
  const { currentTerm } = cluster.state;
  expect(answer?.accepted === true, `n1 leads, and no change is under way, but it refuses to change to ${wish}`, {
    likelyCause: 'an earlier change is never taken for done',
  });
  expect(
    answer.term === currentTerm,
    `n1 has begun a change in term ${currentTerm}, but says that it is term ${answer.term}`,
  );
  await cluster.until(
    `n1 to append a configuration on the way to ${wish}`,
    () => !sameConfiguration(cluster.state.configuration, before),
    { within: 1_000, likelyCause: 'the configuration is taken over when it is committed, not when it is appended' },
  );
  return true;
}

/** A peer answers with a higher term: `n1` leads no more. @returns that term */
export async function depose({ cluster, followers }: Led): Promise<number> {
  const term = cluster.state.currentTerm + 2;
  for (const follower of followers.values()) follower.handles = () => false;
  const request = await cluster.request('AppendEntries', 'n1, which leads, to send AppendEntries');
  followers.get(request.peer)!.currentTerm = term;
  cluster.answer(request, { term, success: false });
  await cluster.until(`n1 to step down, as ${request.peer} is in term ${term}`, () => cluster.state.role !== 'leader', {
    within: 50,
  });
  return term;
}

/** From now on votes come from these peers, and all of them; what they do with AppendEntries stays. */
export function onlyVotedForBy(led: Led, ids: readonly ServerId[]): void {
  led.cluster.auto = (request) => {
    if (request.method !== 'RequestVote') return led.followers.get(request.peer)!.receive(request);
    if (!ids.includes(request.peer)) return undefined;
    led.followers.get(request.peer)!.currentTerm = Math.max(
      request.args.term,
      led.followers.get(request.peer)!.currentTerm,
    );
    return { term: request.args.term, voteGranted: true };
  };
}

/**
 * A follower that answers everything must hear of `n1`, which leads, often enough, whatever `n1` is doing: it would campaign if
 * it did not.
 *
 * @param doing - what `n1` is doing, in words
 */
export function isHeard({ cluster }: Led, id: ServerId, sinceMs: number, doing: string): void {
  const heard = cluster.incoming.filter(({ peer, method }) => peer === id && method === 'AppendEntries');
  const timesMs = [sinceMs, ...heard.map(({ atMs }) => atMs).filter((atMs) => atMs > sinceMs), cluster.nowMs];
  const silenceMs = Math.max(...timesMs.slice(1).map((atMs, i) => atMs - timesMs[i]!));
  expect(
    silenceMs < cluster.world.timing.electionTimeoutMsMin,
    `${doing}, and ${id} does not hear of it for ${round(silenceMs)} ms: election timeouts can end sooner`,
    { likelyCause: 'a leader sends no heartbeats while it hands over, or when it is out of its own configuration' },
  );
}

/** The change that was begun must now be done, whoever leads behind it. */
export async function finishes({ cluster, operator }: Led, target: Membership, likelyCause?: string): Promise<void> {
  await cluster.until(
    `the members ${describeMembership(target)} to be committed, now that all servers answer`,
    () => operator.committedAt(target) !== undefined,
    likelyCause === undefined ? {} : { likelyCause },
  );
}

import { UNLIMITED } from '#checkers';
import type { Env, RaftServer, Status } from '#contract';
import type { TestDefinition } from './definition.ts';
import type { Platform } from './run-request.ts';
import { runTest } from './run-test.ts';

/** A server that leads term 1 from the start, without asking anyone: in a cluster of three, a known violation. */
class Usurper implements RaftServer {
  readonly #env: Env;

  constructor(env: Env) {
    this.#env = env;
  }

  start(): void {
    for (const to of this.#env.bootstrap.voters) {
      if (to === this.#env.id) continue;
      void this.#env.rpc.appendEntries(to, {
        term: 1,
        leaderId: this.#env.id,
        prevLogIndex: 0,
        prevLogTerm: 0,
        entries: [],
        leaderCommit: 0,
      });
    }
  }

  onRequestVote(): undefined {}

  onAppendEntries(): undefined {}

  onInstallSnapshot(): undefined {}

  onTimeoutNow(): undefined {}

  propose(): { accepted: false } {
    return { accepted: false };
  }

  compact(): void {}

  changeMembership(): { accepted: false } {
    return { accepted: false };
  }

  transferLeadership(): { accepted: false } {
    return { accepted: false };
  }

  status(): Status {
    return {
      role: 'leader',
      currentTerm: 1,
      commitIndex: 0,
      lastApplied: 0,
      lastLogIndex: 0,
      configuration: this.#env.bootstrap,
    };
  }
}

const test: TestDefinition = {
  slug: 'canary',
  title: 'A known violation is reported',
  kind: 'scenario',
  points: 0,
  paper: 'Raft §5.2',
  sentence: 'Nobody leads without votes.',
  runs: 1,
  async run(context) {
    await context.cluster({ size: 3 }).run(100);
  },
};

/**
 * Plays a run whose violation is known, in a thread in which the submission has run already. Code that switches the checkers
 * off, on purpose or not, must not earn points for it.
 *
 * @returns whether the violation was reported
 */
export async function playCanary({ drain, turn }: Pick<Platform, 'drain' | 'turn'>): Promise<boolean> {
  const lab = { id: 'lab1', number: 1, title: '', points: 0, paper: '', budgets: UNLIMITED };
  const platform = { load: () => Usurper, drain, ...(turn === undefined ? {} : { turn }) };
  const { outcome, failure } = await runTest(platform, { lab, test, seed: 1 });
  return outcome === 'failed' && failure?.rule === 'LeaderElected';
}

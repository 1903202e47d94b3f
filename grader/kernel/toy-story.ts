/**
 * A busy little story with a bit of everything: chance, timers, loss, delays, disks, crashes and a pause. The tests of the
 * trace hash play it in several processes.
 *
 * @module
 */
import type { Env } from '#contract';
import { UNRELIABLE } from './link-policy.ts';
import { appendArgs, type Behaviour, ballot, command, ToyWorld } from './toy-server.ts';

const IDS = ['n1', 'n2', 'n3'];

const chatter: Behaviour = {
  start(env) {
    let term = env.storage.load().currentTerm;
    const talk = async (): Promise<void> => {
      term++;
      env.storage.saveHardState({ currentTerm: term, votedFor: env.random() < 0.5 ? env.id : null });
      await env.storage.flush();
      const replies = await Promise.all(IDS.map((id) => ask(env, id, term)));
      if (replies.some((reply) => reply !== undefined)) env.apply(command(term, term));
      env.clock.setTimeout(talk, 5 + env.random() * 20);
    };
    env.clock.setTimeout(talk, env.random() * 20);
  },
  async appendEntries(args, env) {
    const last = env.storage.load().entries.length;
    env.storage.append([command(last + 1, args.term)]);
    env.storage.flushSync();
    return { term: args.term, success: last % 2 === 0 };
  },
};

function ask(env: Env, to: string, term: number): Promise<unknown> {
  return env.random() < 0.5 ? env.rpc.requestVote(to, ballot(term)) : env.rpc.appendEntries(to, appendArgs(0, term));
}

/** @returns the trace hash after 2 virtual seconds, with those of every step when `digests` is given */
export async function playStory(seed: number, digests?: string[]): Promise<string> {
  const world = new ToyWorld(
    { n1: chatter, n2: chatter, n3: chatter },
    {
      seed,
      link: UNRELIABLE,
      costs: { flushUs: 300, messageUs: 20 },
      ...(digests === undefined ? {} : { onHash: (_step, digest) => digests.push(digest) }),
    },
  );
  world.atMs(300, () => world.crash('n2', { atEffect: 7 }));
  world.atMs(700, () => {
    if (!world.host('n2').up) world.boot('n2');
  });
  world.atMs(800, () => world.pause('n1'));
  world.atMs(1_000, () => world.resume('n1'));
  world.atMs(1_200, () => world.crash('n3'));
  world.atMs(1_300, () => world.boot('n3'));
  world.atMs(1_500, () => world.network.settleDelayed());
  await world.run(2_000);
  return world.hash.digest();
}

import type { ProposeResult, ServerId } from '#contract';
import type { Work } from './adversary.ts';
import { Client, type Submission } from './client.ts';
import type { Cluster } from './cluster.ts';
import { playOffers } from './offers.ts';

/** How clients work while an adversary is at work. */
export interface WorkloadOptions {
  /** Clients, each with one command after the other. */
  readonly clients: number;
  /** Time between two commands of a client, in virtual milliseconds, at most. */
  readonly pauseMsMax: number;
}

/** The domain of draws about clients. */
const CLIENTS = 12;

/**
 * Clients that offer commands to whomever they take for the leader, and try another server when they are refused. Behind the
 * faults a new command must be carried out by the whole core.
 */
export function workload({ clients, pauseMsMax }: WorkloadOptions): (cluster: Cluster) => Work {
  return (cluster) => {
    const { world, ids, decisions } = cluster;
    let stopped = false;
    const startOne = (n: number): void => {
      let target = ids[n % ids.length]!;
      let count = 0;
      const next = (): void => {
        if (stopped) return;
        const command = `c${n}.${++count}`;
        const learn = (result: ProposeResult): void => {
          if (!result.accepted)
            target =
              result.leader !== undefined && result.leader !== target
                ? result.leader
                : ids[(ids.indexOf(target) + 1) % ids.length]!;
        };
        if (world.host(target).up) {
          decisions.offered({ atMs: world.nowMs, server: target, command });
          cluster.offer(target, command, learn);
        } else target = ids[(ids.indexOf(target) + 1) % ids.length]!;
        const pauseMs = 1 + world.chance.draw(CLIENTS, n, count) * pauseMsMax;
        world.at(world.nowUs + Math.round(pauseMs * 1_000), next);
      };
      world.at(world.nowUs + n * 1_000, next);
    };
    let stop = (): void => {
      stopped = true;
    };
    if (decisions.offers === undefined) for (let n = 1; n <= clients; n++) startOne(n);
    else stop = playOffers(cluster, decisions.offers, ({ server, command }) => cluster.offer(server, command));
    return {
      stop: () => stop(),
      async settle(core: readonly ServerId[]) {
        const client = new Client(cluster);
        const last: Submission = await client.submit('last', {
          among: core,
          likelyCause: 'after the faults, the leader cannot bring its followers’ logs in line with its own',
        });
        await client.everywhere(last, {
          among: core,
          likelyCause: 'the commit index does not reach the followers, or a follower’s log is never repaired',
        });
      },
    };
  };
}

import type { Cluster, Operator } from '#scenario';

/** Virtual milliseconds from one command to the next. */
const EVERY_MS = 100;

/**
 * Lets clients go on with their commands while an operator waits for something. A leader that begins without a no-op
 * settles what it finds, a change half done among it, along with the next command: without one it may wait for ever.
 *
 * @returns what `wait` returns
 */
export async function amidCommands<T>(cluster: Cluster, operator: Operator, wait: () => Promise<T>): Promise<T> {
  const { world } = cluster;
  let over = false;
  const next = (): void => {
    if (over) return;
    const leader = operator.newestLeader();
    if (leader !== undefined) cluster.offer(leader, `at-${world.nowUs}`);
    world.at(world.nowUs + EVERY_MS * 1_000, next);
  };
  next();
  try {
    return await wait();
  } finally {
    over = true;
  }
}

import type { Cluster } from './cluster.ts';
import type { Offer } from './decisions.ts';

/**
 * Has commands offered at the times and to the servers that are decided, in place of clients who decide; what would go to a
 * server that is down is left out.
 *
 * @param offer - offers one
 * @returns ends it
 */
export function playOffers(cluster: Cluster, offers: readonly Offer[], offer: (offer: Offer) => void): () => void {
  const { world, decisions } = cluster;
  let stopped = false;
  for (const each of offers) {
    world.at(Math.round(each.atMs * 1_000), () => {
      if (stopped || !world.host(each.server).up) return;
      decisions.offered(each);
      offer(each);
    });
  }
  return () => {
    stopped = true;
  };
}

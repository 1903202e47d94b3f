/**
 * Unusual but correct Rafts. The grader must pass each of them: whatever one of them does, a student may do.
 */
import type { Variant } from '../../grader/author/edits.ts';
import { batching } from './batching.ts';
import { elections } from './elections.ts';
import { leadership } from './leadership.ts';
import { membership } from './membership.ts';
import { order } from './order.ts';
import { preVote } from './pre-vote.ts';
import { replication } from './replication.ts';
import { singleServer } from './single-server.ts';
import { timeouts } from './timeouts.ts';

export const variants: readonly Variant[] = [
  {
    slug: 'synchronous',
    title: 'written independently: never waits, and counts ticks in place of timers',
    labs: [1, 2, 3, 4],
    base: 'folder',
    edits: [],
  },
  {
    slug: 'asynchronous',
    title: 'written independently: every handler waits for the disk, and a leader begins without a no-op',
    labs: [1, 2, 3, 4, 5],
    base: 'folder',
    edits: [],
  },
  ...preVote,
  ...elections,
  ...leadership,
  ...replication,
  ...order,
  ...membership,
  ...singleServer,
  ...timeouts,
  ...batching,
];

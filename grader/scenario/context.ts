import type { Cluster, ClusterOptions } from './cluster.ts';
import type { DecisionBook } from './decisions.ts';
import type { LabDefinition } from './definition.ts';
import type { ScriptedCluster } from './scripted.ts';

/** What a test plays with. It builds one cluster, once. */
export interface TestContext {
  /** Decides all draws of this run. */
  readonly seed: number;
  readonly lab: LabDefinition;
  /** What is decided otherwise than chance would, and what was decided so far. */
  readonly decisions: DecisionBook;
  /** Starts a cluster of real servers. */
  cluster(options: ClusterOptions): Cluster;
  /** Starts one real server, `n1`, among peers whose messages the test writes. */
  scripted(options: ClusterOptions): ScriptedCluster;
  /** Counts a situation that the test is there for. */
  reached(what: string, times?: number): void;
}

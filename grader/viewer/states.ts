import type { Trace, TraceEntry, TraceLogPatch, TraceNode, TracePatch } from '#scenario';

/** What can be seen of all servers at one time. */
export interface WorldState {
  readonly nodes: ReadonlyMap<string, TraceNode>;
  /** Directions that are cut, as `n1>n2`. */
  readonly cuts: readonly string[];
}

/** @returns the state behind the event at a place; `-1`: before the first */
export function stateAfter(trace: Trace, place: number): WorldState {
  let start = trace.snapshots[0]!;
  for (const snapshot of trace.snapshots) if (snapshot.before <= place + 1) start = snapshot;
  const replay = new Replay(start.nodes);
  let { cuts } = start;
  for (let i = start.before; i <= place; i++) {
    const { patch } = trace.events[i]!;
    replay.apply(patch);
    cuts = patch?.cuts ?? cuts;
  }
  return { nodes: replay.nodes, cuts };
}

/** States that move forward by patches. Logs are changed in place: copying a long log for each event would take too long. */
export class Replay {
  readonly nodes = new Map<string, TraceNode>();

  constructor(nodes: Readonly<Record<string, TraceNode>>) {
    for (const [id, node] of Object.entries(nodes)) {
      this.nodes.set(id, { ...node, log: { base: node.log.base, entries: [...node.log.entries] } });
    }
  }

  apply(patch: TracePatch | undefined): void {
    for (const [id, { log, ...fields }] of Object.entries(patch?.nodes ?? {})) {
      const node = this.nodes.get(id)!;
      this.nodes.set(id, { ...node, ...fields, log: log === undefined ? node.log : changed(node.log, log) });
    }
  }
}

function changed(log: TraceNode['log'], { base, from, entries }: TraceLogPatch): TraceNode['log'] {
  const own = log.entries as (TraceEntry | null)[];
  own.splice(0, base - log.base);
  own.length = from - 1 - base;
  for (const entry of entries) own.push(entry);
  return { base, entries: own };
}

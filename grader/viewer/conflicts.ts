import type { TraceEntry } from '#scenario';
import type { WorldState } from './states.ts';

/**
 * @returns the cells (`n1:4`) of entries that break an agreement: two servers hold different entries as committed at one index,
 * or entries of one index and term that are not alike (Raft paper, Figure 3: State Machine Safety, Log Matching)
 */
export function conflictingCells({ nodes }: WorldState): ReadonlySet<string> {
  const found = new Set<string>();
  const logs = [...nodes];
  for (const [n, [a, one]] of logs.entries()) {
    for (const [b, other] of logs.slice(n + 1)) {
      const committed = Math.min(one.commitIndex ?? 0, other.commitIndex ?? 0);
      const first = Math.max(one.log.base, other.log.base) + 1;
      const last = Math.min(one.log.base + one.log.entries.length, other.log.base + other.log.entries.length);
      for (let index = first; index <= last; index++) {
        const [here, there] = [
          one.log.entries[index - one.log.base - 1],
          other.log.entries[index - other.log.base - 1],
        ];
        if (here == null || there == null || isAlike(here, there)) continue;
        if (index > committed && here[0] !== there[0]) continue;
        found.add(`${a}:${index}`).add(`${b}:${index}`);
      }
    }
  }
  return found;
}

function isAlike(a: TraceEntry, b: TraceEntry): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

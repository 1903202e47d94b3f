import type { ServerId } from '#contract';
import type { Mark, RecordedLine } from './recorder.ts';

/** How far back a change of a server lies, in the eyes of what it does later: small is near. */
const DISTANCE: Partial<Record<Mark, number>> = { role: 1, life: 1, disk: 1, log: 1, vote: 2, snapshot: 2, commit: 3 };
const MESSAGE = 1;
const COUNTED = 0.5;
const TIMER = 4;

interface Change {
  readonly step: number;
  readonly mark: Mark;
}

/** What made what possible in a run: messages, and what each server had become before. */
export class Causes {
  readonly #lines = new Map<number, RecordedLine[]>();
  /** For each server, its changes in order. */
  readonly #changes = new Map<ServerId, Change[]>();

  constructor(lines: readonly RecordedLine[]) {
    for (const line of lines) {
      const { step, server, mark } = line;
      const others = this.#lines.get(step);
      if (others === undefined) this.#lines.set(step, [line]);
      else others.push(line);
      if (server === undefined || mark === undefined || mark === 'trouble') continue;
      const changes = this.#changes.get(server) ?? [];
      this.#changes.set(server, changes);
      changes.push({ step, mark });
    }
  }

  /** What happened in a step. */
  at(step: number): readonly RecordedLine[] {
    return this.#lines.get(step) ?? [];
  }

  /** The last step before another in which a server changed; `undefined`: in none. */
  lastChange(server: ServerId, before: number): number | undefined {
    return this.#changes.get(server)?.findLast(({ step }) => step < before)?.step;
  }

  /** Goes back from steps to what led to them, the nearest first; each step comes once. */
  *past(roots: Iterable<number>): Generator<number> {
    const open = new Map<number, number>([...roots].map((step) => [step, 0]));
    const done = new Set<number>();
    while (open.size > 0) {
      const [step, distance] = nearest(open);
      open.delete(step);
      done.add(step);
      yield step;
      for (const [cause, further] of this.#causesOf(step)) {
        if (done.has(cause)) continue;
        open.set(cause, Math.min(open.get(cause) ?? Number.POSITIVE_INFINITY, distance + further));
      }
    }
  }

  *#causesOf(step: number): Generator<readonly [step: number, distance: number]> {
    const lines = this.at(step);
    for (const { cause, topic } of lines) if (cause !== undefined) yield [cause, topic === 'timer' ? TIMER : MESSAGE];
    for (const server of new Set(lines.flatMap((line) => line.server ?? []))) {
      const before = (this.#changes.get(server) ?? []).filter((change) => change.step < step);
      for (const [mark, distance] of Object.entries(DISTANCE)) {
        const last = before.findLast((change) => change.mark === mark);
        if (last !== undefined) yield [last.step, distance];
      }
      // What was counted: votes that make a leader, confirmations with which it commits.
      const becameLeader = lines.some(({ mark, text }) => mark === 'role' && text.startsWith('LEADER'));
      const followed = lines.some(({ way, topic }) => way === 'got' && topic === 'request');
      if (becameLeader) yield* counted(before, 'votes', 'role');
      if (lines.some(({ mark }) => mark === 'commit') && !followed) yield* counted(before, 'acks', 'commit');
    }
  }
}

/** The steps of one kind of change since the last of another. */
function* counted(changes: readonly Change[], what: Mark, since: Mark): Generator<readonly [number, number]> {
  const from = changes.findLastIndex(({ mark }) => mark === since);
  for (const { step, mark } of changes.slice(from + 1)) if (mark === what) yield [step, COUNTED];
}

/** The open step with the shortest distance; the latest of equals. */
function nearest(open: ReadonlyMap<number, number>): readonly [step: number, distance: number] {
  let best: readonly [number, number] = [-1, Number.POSITIVE_INFINITY];
  for (const [step, distance] of open) {
    if (distance < best[1] || (distance === best[1] && step > best[0])) best = [step, distance];
  }
  return best;
}

import type { TraceNode } from '#scenario';
import { Replay } from './states.ts';
import type { Timeline } from './timeline.ts';

/** What a server was from one moment up to, and without, another. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly look: 'follower' | 'candidate' | 'leader' | 'down' | 'paused' | 'unknown';
  readonly term: number | null;
}

/** While links were cut. */
export interface CutStretch {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Places on the scrubber. */
export interface Marks {
  /** Moments in which somebody began to campaign or to lead. */
  readonly elections: readonly number[];
  readonly faults: readonly number[];
  /** The verdict's evidence, the failure itself last. */
  readonly evidence: readonly number[];
  /** The failure; absent when there is none. */
  readonly violation: number | undefined;
}

/** @returns for each lane, its stretches in order */
export function laneStretches({ trace, moments }: Timeline): readonly (readonly Stretch[])[] {
  const replay = new Replay(trace.snapshots[0]!.nodes);
  const lanes = trace.nodes.map((id): Stretch[] => [stretch(0, replay.nodes.get(id)!)]);
  for (const [moment, { first, last }] of moments.entries()) {
    for (let place = first; place <= last; place++) {
      const { patch } = trace.events[place]!;
      replay.apply(patch);
      for (const id of Object.keys(patch?.nodes ?? {})) {
        extend(lanes[trace.nodes.indexOf(id)]!, moment, replay.nodes.get(id)!);
      }
    }
  }
  return lanes.map((lane) => lane.map((each, n) => ({ ...each, to: lane[n + 1]?.from ?? moments.length })));
}

function extend(lane: Stretch[], moment: number, node: TraceNode): void {
  const last = lane.at(-1)!;
  const next = stretch(moment, node);
  if (next.look === last.look && next.term === last.term) return;
  if (last.from === moment) lane.pop();
  lane.push(next);
}

function stretch(from: number, { up, paused, role, currentTerm }: TraceNode): Stretch {
  const look = !up ? 'down' : paused ? 'paused' : (role ?? 'unknown');
  return { from, to: from, look, term: currentTerm };
}

/** @returns when links were cut, in order */
export function cutStretches({ trace, moments }: Timeline): readonly CutStretch[] {
  const found: CutStretch[] = [];
  let text = trace.snapshots[0]!.cuts.length > 0 ? 'links are cut' : '';
  let from = 0;
  const close = (to: number): void => {
    if (text !== '' && to > from) found.push({ from, to, text });
  };
  for (const [moment, { first }] of moments.entries()) {
    const event = trace.events[first]!;
    if (event.kind !== 'partition' && event.kind !== 'heal') continue;
    close(moment);
    from = moment;
    text = event.data.cuts.length === 0 ? '' : cutText(event.data.cuts, trace.nodes);
  }
  close(moments.length);
  return found;
}

/** @returns which servers still reach each other: `n1 n2 | n3`, or the cut directions when these are not groups */
export function cutText(cuts: readonly string[], nodes: readonly string[]): string {
  const isCut = (a: string, b: string): boolean => cuts.includes(`${a}>${b}`);
  const groups: string[][] = [];
  for (const node of nodes) {
    const group = groups.find((each) => each.every((other) => !isCut(node, other) && !isCut(other, node)));
    if (group === undefined) groups.push([node]);
    else group.push(node);
  }
  const groupOf = (node: string): string[] | undefined => groups.find((each) => each.includes(node));
  const clean = nodes.every((a) => nodes.every((b) => a === b || isCut(a, b) === (groupOf(a) !== groupOf(b))));
  return clean
    ? groups.map((group) => group.join(' ')).join(' | ')
    : cuts.map((cut) => cut.replace('>', '⇸')).join(' ');
}

/** @returns the places to jump to */
export function marksOf(timeline: Timeline): Marks {
  const { trace, moments, momentOf } = timeline;
  const elections = new Set<number>();
  const faults = new Set<number>();
  let violation: number | undefined;
  for (const [place, { kind, data }] of trace.events.entries()) {
    const moment = momentOf[place]!;
    if (kind === 'role' && data.role !== 'follower') elections.add(moment);
    if (kind === 'violation') violation = moment;
    const isFault =
      kind === 'crash' || kind === 'pause' || kind === 'partition' || kind === 'heal' || kind === 'disk-fault';
    if (isFault || (kind === 'restart' && data.life > 1)) faults.add(moment);
  }
  const steps = trace.verdict.evidence.filter((step) => step >= (moments[0]?.step ?? 0));
  const evidence = new Set(steps.map((step) => timeline.momentAtStep(step)));
  if (violation !== undefined) evidence.add(violation);
  return { elections: [...elections], faults: [...faults], evidence: [...evidence].sort((a, b) => a - b), violation };
}

import type { Decisions, MessageFate, Offer } from '../decisions.ts';
import type { Fault } from '../faults.ts';

/** Durations that are easy to read, in milliseconds. */
const SHORT_MS = [20, 50, 100, 200, 300, 500];
const GRAINS_MS = [100, 50, 10];

/** @returns simpler forms of a fault, the simplest first; each differs from it in one value */
export function simplerFaults(fault: Fault): Fault[] {
  const simpler: Fault[] = [];
  if (fault.kind === 'isolate' && fault.companion) simpler.push({ ...fault, companion: false });
  if ((fault.kind === 'crash' || fault.kind === 'stop') && fault.atEffect > 0) simpler.push({ ...fault, atEffect: 0 });
  if (fault.kind === 'oneWay') for (const peers of singleBits(fault.peers)) simpler.push({ ...fault, peers });
  if ('forMs' in fault) for (const forMs of shorter(fault.forMs)) simpler.push({ ...fault, forMs });
  for (const atMs of rounder(fault.atMs)) simpler.push({ ...fault, atMs });
  return simpler;
}

/** @returns simpler forms of what becomes of a message */
export function simplerFates(fate: MessageFate): MessageFate[] {
  const { lateMs, twice, ...rest } = fate;
  const simpler: MessageFate[] = [];
  if (lateMs !== undefined && twice === true) simpler.push({ ...rest, lateMs }, { ...rest, twice });
  if (lateMs !== undefined) for (const ms of rounder(lateMs)) simpler.push({ ...fate, lateMs: ms });
  return simpler;
}

/** @returns simpler forms of an offer */
export function simplerOffers(offer: Offer): Offer[] {
  return rounder(offer.atMs).map((atMs) => ({ ...offer, atMs }));
}

/** @returns the same decisions with all faults and offers earlier, so that less time passes before the first */
export function earlier({ faults = [], offers = [], ...rest }: Decisions): Decisions[] {
  const firstMs = Math.min(...faults.map(({ atMs }) => atMs), ...offers.map(({ atMs }) => atMs));
  if (!Number.isFinite(firstMs)) return [];
  return SHORT_MS.filter((ms) => firstMs - ms >= 50).map((ms) => {
    const move = <T extends { readonly atMs: number }>(item: T): T => ({ ...item, atMs: item.atMs - (firstMs - ms) });
    return { ...rest, faults: faults.map(move), offers: offers.map(move) };
  });
}

/** @returns shorter times, and rounder ones that are not much longer, in milliseconds */
export function shorter(ms: number): number[] {
  return [...SHORT_MS.filter((each) => each < ms), ...rounder(ms)];
}

/** Rounder numbers near one, the roundest first. */
function rounder(ms: number): number[] {
  const near = GRAINS_MS.filter((grain) => grain < ms && ms % grain !== 0).map(
    (grain) => Math.round(ms / grain) * grain,
  );
  if (!Number.isInteger(ms)) near.push(Math.round(ms));
  return [...new Set(near)].filter((each) => each !== ms);
}

/** The bits of a mask, each as a mask of its own; none when it has only one. */
function singleBits(mask: number): number[] {
  const bits: number[] = [];
  for (let bit = 1; bit <= mask; bit *= 2) if ((mask & bit) !== 0) bits.push(bit);
  return bits.length > 1 ? bits : [];
}

import { serverIds } from '../cluster.ts';
import type { Decisions, MessageFate } from '../decisions.ts';
import type { Failure, RunResult } from '../result.ts';
import { type Case, caseFailure, isSameFailure } from './case.ts';
import { reduceList } from './reduce.ts';
import { type Limits, type Play, Search, type SearchEnd } from './search.ts';
import { earlier, shorter, simplerFates, simplerFaults, simplerOffers } from './simplify.ts';

/** The run to make smaller. */
export interface FailedRun {
  /** Id of the lab. */
  readonly lab: string;
  /** Slug of the test. */
  readonly test: string;
  readonly seed: number;
  readonly failure: Failure;
}

/** A failing run from which nothing more was found to be taken away. */
export interface Minimised {
  readonly case: Case;
  /** The small run, with its story. */
  readonly result: RunResult;
  readonly failure: Failure;
  /** Runs that were tried. */
  readonly trials: number;
  /** Events in them. */
  readonly events: number;
  /** Why it ended: `done`, or what was used up. */
  readonly end: SearchEnd;
}

/** The lists among the decisions from which to take away. */
const LISTS = ['messages', 'faults', 'offers'] as const;
type ListName = (typeof LISTS)[number];

/** Rounds at most; each later one profits from what the one before has made simpler. */
const ROUNDS_MAX = 4;
/** With more offers than these, nobody looks at their times. */
const SIMPLIFIED_OFFERS_MAX = 6;

/** Latencies to try for all messages, in milliseconds. */
const LATENCIES_MS = [1, 3, 5];

/**
 * Makes a failing run smaller while the same rule breaks: takes away faults, servers, trouble with messages, and client
 * operations, then makes what is left simpler and earlier. Deterministic for a given budget of runs and events.
 *
 * @param play - plays the same test and seed again
 * @returns `undefined` when the failure does not come back in a run of its own
 */
export async function minimise(play: Play, run: FailedRun, limits: Limits = {}): Promise<Minimised | undefined> {
  const first = await play({ keepDecisions: true });
  if (first.failure === undefined || !isSameFailure(run.failure, first.failure)) return undefined;
  const search = new Search(play, limits, first.failure);
  await pin(search, first.decisions ?? {});
  const isLiveness = first.failure.kind === 'liveness';
  await untilNothingChanges(search, () => takeAway(search, isLiveness));
  // Simpler values are no use while there are many, and make room for taking more away when there are few.
  await untilNothingChanges(search, async () => {
    await simplify(search);
    await takeAway(search, isLiveness);
  });
  const result = await play({ decisions: search.best, record: true });
  const { failure } = result;
  if (failure === undefined || !isSameFailure(run.failure, failure)) return undefined;
  const { lab, test, seed } = run;
  return {
    case: { format: 1, lab, test, seed, ...caseFailure(result), decisions: search.best },
    result,
    failure,
    trials: search.trials,
    events: search.events,
    end: search.end,
  };
}

async function untilNothingChanges(search: Search, attempt: () => Promise<void>): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const before = search.best;
    await attempt();
    if (search.best === before) return;
  }
}

/** Replaces chance by what it decided, as far as the failure can be shown that way. */
async function pin(search: Search, taken: Decisions): Promise<void> {
  // A story that decides everything itself, over reliable links.
  if (!LISTS.some((name) => (taken[name]?.length ?? 0) > 0) && taken.servers === undefined) return;
  const { offers, messages, ...others } = taken;
  const parts: Decisions[] = [
    taken,
    // Clients whose next command depends on the last answer cannot be pinned.
    { ...others, ...(messages && { messages }) },
    { ...others },
    { ...(messages && { messages }), ...(offers && { offers }) },
    { ...(messages && { messages }) },
  ];
  for (const part of parts) if (await search.tryOut(part)) return;
}

/** Takes decisions away: everything of a kind at once, and then what can go one by one. */
async function takeAway(search: Search, isLiveness: boolean): Promise<void> {
  for (const name of LISTS) {
    if ((search.best[name]?.length ?? 0) > 0) await search.tryOut({ ...search.best, [name]: [] });
  }
  await evenLatency(search);
  await crashAtOnce(search);
  await reduce(search, 'faults', [({ kind }) => kind]);
  await takeServers(search, isLiveness);
  await reduce(search, 'messages', [troubleOf, linkOf, methodOf]);
  await reduce(search, 'offers', [({ server }) => server]);
}

async function reduce<Name extends ListName>(
  search: Search,
  name: Name,
  groupings: readonly ((item: NonNullable<Decisions[Name]>[number]) => string)[],
): Promise<void> {
  type Item = NonNullable<Decisions[Name]>[number];
  const items: readonly Item[] = search.best[name] ?? [];
  await reduceList<Item>(items, groupings, (left) => search.tryOut({ ...search.best, [name]: left }));
}

/** With one latency for all, taking a message away does not change the order in which others arrive. */
async function evenLatency(search: Search): Promise<void> {
  if (search.best.latencyMs !== undefined || search.best.messages === undefined) return;
  for (const latencyMs of LATENCIES_MS) if (await search.tryOut({ ...search.best, latencyMs })) return;
}

/** A crash at an effect to come strikes elsewhere as soon as anything else changes. */
async function crashAtOnce(search: Search): Promise<void> {
  const { faults = [] } = search.best;
  const changed = faults.map((fault) =>
    'atEffect' in fault && fault.atEffect > 0 ? { ...fault, atEffect: 0 } : fault,
  );
  if (changed.some((fault, i) => fault !== faults[i])) await search.tryOut({ ...search.best, faults: changed });
}

/** Fewer servers; or, as that changes who hears whom, some that never start. */
async function takeServers(search: Search, isLiveness: boolean): Promise<void> {
  const { servers } = search.best;
  if (servers === undefined) return;
  for (let fewer = 1; fewer < servers; fewer++) if (await search.tryOut(withServers(search.best, fewer))) return;
  // A majority must run for anything to happen, and all that stop by themselves leave no more than that.
  if (isLiveness) return;
  for (const id of serverIds(servers)) {
    const { absent = [] } = search.best;
    const isLast = (absent.length + 1) * 2 >= servers;
    if (!absent.includes(id) && !isLast) await search.tryOut({ ...search.best, absent: [...absent, id] });
  }
}

/** Only the first servers, all of which start. */
function withServers({ faults, messages, offers, absent: _, ...rest }: Decisions, servers: number): Decisions {
  const ids = serverIds(servers);
  const isThere = (id: string): boolean => ids.includes(id);
  return {
    ...rest,
    servers,
    ...(faults && { faults: faults.filter((fault) => !('target' in fault) || Number(fault.target) < servers) }),
    ...(messages && { messages: messages.filter((fate) => linkOf(fate).split('-').every(isThere)) }),
    ...(offers && { offers: offers.filter(({ server }) => isThere(server)) }),
  };
}

/** Makes what is left simpler, value by value. */
async function simplify(search: Search): Promise<void> {
  for (const decisions of earlier(search.best)) if (await search.tryOut(decisions)) break;
  const { forMs } = search.best;
  for (const ms of forMs === undefined ? [] : [0, ...shorter(forMs)]) {
    if (await search.tryOut({ ...search.best, forMs: ms })) break;
  }
  await simplifyList(search, 'faults', simplerFaults);
  await simplifyList(search, 'messages', simplerFates);
  if ((search.best.offers?.length ?? 0) <= SIMPLIFIED_OFFERS_MAX) await simplifyList(search, 'offers', simplerOffers);
}

async function simplifyList<Name extends ListName>(
  search: Search,
  name: Name,
  simpler: (item: NonNullable<Decisions[Name]>[number]) => readonly NonNullable<Decisions[Name]>[number][],
): Promise<void> {
  type Item = NonNullable<Decisions[Name]>[number];
  const length = search.best[name]?.length ?? 0;
  for (let i = 0; i < length; i++) {
    let improved = true;
    while (improved) {
      improved = false;
      const items = search.best[name] as readonly Item[];
      for (const item of simpler(items[i]!)) {
        improved = await search.tryOut({ ...search.best, [name]: items.with(i, item) });
        if (improved) break;
      }
    }
  }
}

function troubleOf({ lost, twice }: MessageFate): string {
  return lost === true ? 'lost' : twice === true ? 'twice' : 'late';
}

/** The two servers, in the same order for both directions. */
function linkOf({ message }: MessageFate): string {
  return message.split(' ', 1)[0]!.split('>').toSorted().join('-');
}

function methodOf({ message }: MessageFate): string {
  return message.replace(/^\S+ /, '').replace(/ t\d.*/, '');
}

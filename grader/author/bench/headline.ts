import { type Costs, type LinkPolicy, World } from '#kernel';
import { Cluster } from '#scenario';
import { COSTS, LINK } from '../../../labs/lab6/lab.ts';
import { type Measured, measure } from '../../../labs/lab6/load.ts';
import { type ElectionSetting, measureElections } from './elections.ts';
import { drain, turn } from './event-loop.ts';
import type { Load, Table } from './table.ts';

/** Under what conditions clients work: three servers, and clients that each have one command under way. */
interface LoadSetting {
  readonly costs: Costs;
  readonly link: LinkPolicy;
  readonly clients: number;
}

/** The same figure of both Rafts. */
interface Pair<Figure> {
  readonly before: Figure;
  readonly after: Figure;
}

const FOR_MS = 1_000;
const IDS = ['n1', 'n2', 'n3'];

/** The model of lab 6. */
const LAB6: LoadSetting = { costs: COSTS, link: LINK, clients: 64 };
/** 1,200 writes a second that take 8.7 ms each are ten at a time, and a disk that does one every 0.8 ms. */
const CLAIMED_WRITES = setting(0.8, 0.3, 10);
/** With ten at a time, 5 ms are a flush of 0.5 ms each. */
const CLAIMED_COMMITS = setting(0.5, 0.1, 10);

const QUICK: ElectionSetting = { servers: 3, timeoutMs: [150, 200], latencyMs: [1, 5] };
const SLOW: ElectionSetting = { ...QUICK, timeoutMs: [300, 500] };

function setting(flushMs: number, oneWayMs: number, clients: number): LoadSetting {
  const link = { ...LINK, latencyMsMin: oneWayMs, latencyMsMax: oneWayMs };
  return { costs: { ...COSTS, flushUs: flushMs * 1_000 }, link, clients };
}

/**
 * What batching and pipelining bring, beside what is claimed elsewhere.
 *
 * @param before - lab 5's checkpoint
 * @param subject - what stands against it: the reference
 */
export async function headlineTable(before: Load, subject: Load): Promise<Table> {
  const underLoad = async (under: LoadSetting): Promise<Pair<Measured>> => {
    return { before: await measureLoad(before, under), after: await measureLoad(subject, under) };
  };
  const commits = await underLoad(CLAIMED_COMMITS);
  const alone = await underLoad({ ...CLAIMED_COMMITS, clients: 1 });
  const writes = await underLoad(CLAIMED_WRITES);
  const lab6 = await underLoad(LAB6);
  const quick = await measureElections(subject, QUICK);
  return {
    title: 'Lab 6: lab 5’s checkpoint against the reference (virtual time: the same on every machine)',
    head: ['figure', 'flush ms', 'one way ms', 'clients', 'claimed', 'lab 5', 'reference', 'factor', 'claimed'],
    rows: [
      times('one commit in a queue, ms', CLAIMED_COMMITS, '5 to 1.2', pick(commits, 'p50Ms'), 5 / 1.2),
      times('one commit alone, ms', { ...CLAIMED_COMMITS, clients: 1 }, '5 to 1.2', pick(alone, 'p50Ms'), 5 / 1.2),
      rates('writes a second', CLAIMED_WRITES, '1200 to 3500', pick(writes, 'perSecond'), 3_500 / 1_200),
      times('latency of a write, ms', CLAIMED_WRITES, '8.7 to 2.3', pick(writes, 'p50Ms'), 8.7 / 2.3),
      times('requests for a write', CLAIMED_WRITES, '-60 %', requests(writes), 1 / 0.4),
      rates('writes a second', LAB6, '1200 to 3500', pick(lab6, 'perSecond'), 3_500 / 1_200),
      times('latency of a write, ms', LAB6, '8.7 to 2.3', pick(lab6, 'p50Ms'), 8.7 / 2.3),
      times('requests for a write', LAB6, '-60 %', requests(lab6), 1 / 0.4),
      elections('300–500, then 150–200', { before: await measureElections(before, SLOW), after: quick }),
      elections('150–200', { before: await measureElections(before, QUICK), after: quick }),
    ],
    notes: notesOn(saved(writes), saved(lab6)),
  };
}

/** Under which cost model each claim holds, if it does. @param few and many - what is saved with 10 and with 64 clients */
function notesOn(few: string, many: string): string[] {
  return [
    'Cost model: so many ms for a flush and for one way, 20 µs for a message, 100 MB/s, three servers, clients with one command each.',
    'One commit: holds where ten wait for the same disk. Alone, a command has nobody to share with: a flush and a round trip, before',
    'and after. Writes a second and their latency: the claims fit each other (1200/s × 8.7 ms = 10 at a time), and a flush of 0.8 ms.',
    'Both hold there, by group commit: no answer leaves before its flush. The source answers first, and loses what it has acknowledged:',
    'a mutant here. With flushes of 5 ms and 64 clients the checkpoint is overloaded: heartbeats come late, and it loses its leader.',
    'Requests: holds for that overload, and against a request for each command and follower, 2 for a write: the reference saves',
    `${few} with 10 clients, ${many} with 64. It does not hold against the checkpoint with 10: that sends one request at a time, and`,
    'what comes meanwhile shares the next. The reference does not wait, and sends a little more often. Elections: the setting does it,',
    'not the code; with the same timeouts both take the same time. The table of elections shows the price in split votes.',
  ];
}

/** What the reference saves of a request for each command and follower. */
function saved({ after: { requests: sent, commands } }: Pair<Measured>): string {
  return `${((1 - sent / commands / (IDS.length - 1)) * 100).toFixed(0)} %`;
}

/** Lets clients work on one Raft, as lab 6's tests do. */
async function measureLoad(load: Load, { costs, link, clients }: LoadSetting): Promise<Measured> {
  const bootstrap = { voters: IDS, learners: [] };
  const world = new World({
    seed: 1,
    servers: IDS.map((id) => ({ id, bootstrap, load, costs })),
    link,
    drain,
    turn,
  });
  const cluster = new Cluster(world);
  for (const id of IDS) world.boot(id);
  return measure(cluster, await cluster.steadyLeader(), { clients, forMs: FOR_MS });
}

function pick(pair: Pair<Measured>, what: keyof Measured): Pair<number> {
  return { before: pair.before[what], after: pair.after[what] };
}

function requests({ before, after }: Pair<Measured>): Pair<number> {
  return { before: before.requests / before.commands, after: after.requests / after.commands };
}

/** A row about something of which less is better. */
function times(name: string, under: LoadSetting, claim: string, pair: Pair<number>, claimedFactor: number): string[] {
  return row(name, under, claim, pair, pair.before / pair.after, claimedFactor);
}

/** A row about something of which more is better. */
function rates(name: string, under: LoadSetting, claim: string, pair: Pair<number>, claimedFactor: number): string[] {
  return row(name, under, claim, pair, pair.after / pair.before, claimedFactor);
}

function row(
  name: string,
  { costs, link, clients }: LoadSetting,
  claim: string,
  { before, after }: Pair<number>,
  factor: number,
  claimedFactor: number,
): string[] {
  return [
    name,
    `${costs.flushUs / 1_000}`,
    `${link.latencyMsMin}`,
    `${clients}`,
    claim,
    short(before),
    short(after),
    short(factor),
    claimedFactor.toFixed(1),
  ];
}

function elections(timeoutsMs: string, { before, after }: Pair<{ readonly medianMs: number }>): string[] {
  const factor = short(before.medianMs / after.medianMs);
  const name = `election, ms; timeouts ${timeoutsMs}`;
  const latencies = QUICK.latencyMs.join('–');
  return [name, '0', latencies, '', '300–500 to 150–200', short(before.medianMs), short(after.medianMs), factor, '2.3'];
}

function short(figure: number): string {
  return figure >= 100 ? figure.toFixed(0) : figure.toFixed(figure >= 10 ? 1 : 2);
}

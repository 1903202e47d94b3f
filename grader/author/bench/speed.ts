import { checkRules, UNLIMITED } from '#checkers';
import { createQueue, Event, EventKind, World } from '#kernel';
import { drain, turn } from './event-loop.ts';
import { type Load, median, type Table } from './table.ts';

/** What to measure: a cluster of so many servers, with or without clients and checkers. */
interface Subject {
  readonly name: string;
  readonly servers: number;
  readonly lab: number;
  readonly checked: boolean;
  /** Virtual time between two commands; absent: none. */
  readonly commandEveryMs?: number;
}

const SUBJECTS: readonly Subject[] = [
  { name: 'reference, 3 servers, idle', servers: 3, lab: 1, checked: false },
  { name: 'reference, 3 servers, idle, all rules of lab 1', servers: 3, lab: 1, checked: true },
  { name: 'reference, 3 servers, 100 commands/s, all rules', servers: 3, lab: 5, checked: true, commandEveryMs: 10 },
  { name: 'reference, 5 servers, 100 commands/s, all rules', servers: 5, lab: 5, checked: true, commandEveryMs: 10 },
];

const ROUNDS = 7;
const BARE_EVENTS = 200_000;
/** A measurement handles at least so many events: enough for the code to be compiled for speed. */
const EVENTS_MIN = 60_000;

/** Measures each subject against a bare loop (pop, push, one drain for each event), in turns, so that a slow minute hits both. */
export async function speedTable(load: Load): Promise<Table> {
  const rows = [toRow('bare loop: pop, push, drain', await bareLoop(), 1)];
  for (const subject of SUBJECTS) {
    await runCluster(subject, load);
    const speeds: number[] = [];
    const ratios: number[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      const bare = await bareLoop();
      const speed = await runCluster(subject, load);
      speeds.push(speed);
      ratios.push(speed / bare);
    }
    rows.push(toRow(subject.name, median(speeds), median(ratios)));
  }
  return {
    title: 'Speed (real time; compare the ratios, not the figures of different machines)',
    head: ['subject', 'events/s', 'ratio'],
    rows,
  };
}

function toRow(name: string, eventsPerSecond: number, ratio: number): string[] {
  return [name, `${Math.round(eventsPerSecond / 1_000)} k`, ratio.toFixed(3)];
}

async function bareLoop(): Promise<number> {
  const queue = createQueue();
  const push = (timeUs: number, sequence: number): void => {
    queue.push(new Event(timeUs, sequence, EventKind.action, undefined, undefined, undefined, undefined));
  };
  for (let i = 0; i < 50; i++) push(i * 7, i);
  const began = performance.now();
  for (let i = 0; i < BARE_EVENTS; i++) {
    const event = queue.pop()!;
    push(event.timeUs + 500, 50 + i);
    await drain();
  }
  return perSecond(BARE_EVENTS, began);
}

async function runCluster(subject: Subject, load: Load): Promise<number> {
  const ids = Array.from({ length: subject.servers }, (_, i) => `n${i + 1}`);
  const bootstrap = { voters: ids, learners: [] };
  const world = new World({ seed: 1, servers: ids.map((id) => ({ id, bootstrap, load })), drain, turn });
  if (subject.checked) {
    const fail = (violation: unknown): never => {
      throw new Error(`the reference breaks a rule: ${JSON.stringify(violation)}`);
    };
    for (const observer of checkRules(world, subject.lab, UNLIMITED, fail)) world.observers.add(observer);
  }
  for (const id of ids) world.boot(id);
  if (subject.commandEveryMs !== undefined) offerCommands(world, subject.commandEveryMs);
  const began = performance.now();
  while (world.step < EVENTS_MIN) await world.run(world.nowMs + 1_000);
  return perSecond(world.step, began);
}

function offerCommands(world: World, everyMs: number): void {
  let count = 0;
  const next = (): void => {
    const leader = world.hosts.find(({ status }) => status?.role === 'leader');
    const command = `x${++count}`;
    if (leader !== undefined) world.invoke(leader.id, 'propose', (server) => server.propose(command), command);
    world.at(world.nowUs + everyMs * 1_000, next);
  };
  world.at(1_000, next);
}

function perSecond(events: number, began: number): number {
  return (events * 1_000) / (performance.now() - began);
}

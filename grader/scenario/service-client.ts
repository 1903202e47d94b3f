import { judgeHistory, type KeyValueInput, type KeyValueOutput, type ServiceOperation } from '#checkers';
import type { ProposeResult, ServerId } from '#contract';
import type { Work } from './adversary.ts';
import { Client } from './client.ts';
import type { Cluster } from './cluster.ts';
import type { TestContext } from './context.ts';
import type { Offer } from './decisions.ts';
import { RuleBroken } from './expectation.ts';
import { type Compaction, KeyValueService } from './key-value-service.ts';
import { decodeOperation, encodeOperation } from './key-value-state.ts';
import { playOffers } from './offers.ts';

/** How clients use the service while an adversary is at work. */
export interface ServiceOptions {
  /** Clients, each with one operation at a time. */
  readonly clients: number;
  /** Keys that they share. */
  readonly keys: number;
  /** Time between an answer and the client's next operation, in virtual milliseconds, at most. */
  readonly pauseMsMax: number;
  /** How a server compacts, by its number from 0. */
  readonly compaction: (cluster: Cluster, server: number) => Compaction | undefined;
}

/** Virtual milliseconds after which a client gives up on an operation that was accepted, and never learns of it. */
const PATIENCE_MS = 600;
/** The domains of draws about what clients do, and when; and about how servers compact. */
const OPERATIONS = 13;
const PAUSES = 14;
const COMPACTION = 15;

/**
 * Compaction that differs from server to server and from seed to seed: every few entries, at indexes of its own, now and
 * then late, or only by leaders.
 *
 * @param every - entries from one snapshot to the next, on average
 */
export function variedCompaction(every: number): ServiceOptions['compaction'] {
  return ({ world }, server) => {
    const draw = (what: number, below: number): number =>
      Math.floor(world.chance.draw(COMPACTION, server, what) * below);
    const own = Math.max(1, Math.ceil(every / 2) + draw(0, every));
    return { every: own, first: 1 + draw(1, own), lag: draw(2, 2) * draw(3, every), leaderOnly: world.seed % 4 === 0 };
  };
}

/**
 * Clients of a key-value service on the cluster, in place of plain commands: each has one operation under way, and never
 * repeats one. When the faults are over, the servers of the core must carry out more, and what all clients saw must have
 * one explanation.
 */
export function service(options: ServiceOptions): (cluster: Cluster, test: TestContext) => Work {
  return (cluster, test) => {
    const compactions = new Map(cluster.ids.map((id, n) => [id, options.compaction(cluster, n)]));
    const map = new KeyValueService(cluster, (id) => compactions.get(id));
    const history = new History();
    const stop = startClients({ cluster, map, history }, options);
    return {
      stop,
      async settle(core) {
        await readEverything(cluster, map, history, options.keys, core);
        test.reached('operations', history.operations.length);
        test.reached('openOperations', history.operations.filter(({ output }) => output === undefined).length);
        const violation = judgeHistory(history.operations);
        if (violation !== undefined) throw new RuleBroken(violation);
      },
    };
  };
}

/** What clients share. */
interface Service {
  readonly cluster: Cluster;
  readonly map: KeyValueService;
  readonly history: History;
}

/** Starts the clients; what is decided already takes the place of clients who decide. @returns stops them */
function startClients(service: Service, options: ServiceOptions): () => void {
  const { offers } = service.cluster.decisions;
  if (offers === undefined) {
    const clients = Array.from({ length: options.clients }, (_, n) => new ServiceClient(service, n + 1, options));
    return () => {
      for (const client of clients) client.stop();
    };
  }
  const open = new Set<() => void>();
  const stopOffers = playOffers(service.cluster, offers, (offer) => {
    const giveUp = carryOut(service, offer, () => open.delete(giveUp));
    open.add(giveUp);
  });
  return () => {
    stopOffers();
    for (const giveUp of open) giveUp();
  };
}

/** What a client knows of its operation in the end. */
type Ending =
  | { readonly type: 'done'; readonly output: KeyValueOutput }
  | { readonly type: 'refused'; readonly result: ProposeResult }
  | { readonly type: 'lost' | 'unknown' };

/**
 * Offers an operation, and takes down what its client comes to know of it.
 *
 * @param ended - called once
 * @returns lets the client give up, unless it has its answer
 */
function carryOut({ cluster, map, history }: Service, offer: Offer, ended: (ending: Ending) => void): () => void {
  const { server, command } = offer;
  const input = decodeOperation(command)!;
  const client = command.split('.', 1)[0]!;
  const callAt = cluster.nowMs;
  // The first that happens decides what the client knows; it listens no longer after that.
  let listening = true;
  const end = (ending: Ending): void => {
    if (!listening) return;
    listening = false;
    if (ending.type === 'done') history.add(cluster, client, input, callAt, ending.output);
    else if (ending.type === 'unknown') history.add(cluster, client, input, callAt);
    ended(ending);
  };
  const giveUp = (): void => end({ type: 'unknown' });
  cluster.world.at(cluster.world.nowUs + PATIENCE_MS * 1_000, giveUp);
  cluster.offer(server, command, (result) => {
    if (!result.accepted) end({ type: 'refused', result });
    else
      map.await(result.index, result.term, (fate) =>
        end(fate.done ? { type: 'done', output: fate.output } : { type: 'lost' }),
      );
  });
  return giveUp;
}

/** What clients did and saw, one behind the other. */
class History {
  readonly operations: ServiceOperation[] = [];

  /** Adds an operation. @param output - absent for an open one */
  add(cluster: Cluster, client: string, input: KeyValueInput, callAt: number, output?: KeyValueOutput): void {
    const { nowMs, world } = cluster;
    const returnAt = output === undefined ? Number.POSITIVE_INFINITY : nowMs;
    this.operations.push({ client, input, output, callAt, returnAt, step: world.step });
  }
}

/** One client. It goes on as events of the world. */
class ServiceClient {
  readonly #service: Service;
  readonly #name: string;
  readonly #number: number;
  readonly #options: ServiceOptions;
  #target: ServerId;
  #count = 0;
  #stopped = false;
  /** Gives up on the operation under way, if there is one. */
  #giveUp: () => void = () => {};
  /** The value of each key as it saw it last, for comparing. */
  readonly #seen = new Map<string, string>();

  constructor(service: Service, number: number, options: ServiceOptions) {
    const { ids } = service.cluster;
    this.#service = service;
    this.#number = number;
    this.#name = `c${number}`;
    this.#options = options;
    this.#target = ids[number % ids.length]!;
    this.#later(number);
  }

  stop(): void {
    this.#stopped = true;
    this.#giveUp();
  }

  #later(ms: number): void {
    const { world } = this.#service.cluster;
    world.at(world.nowUs + Math.round(ms * 1_000), () => {
      if (!this.#stopped) this.#next();
    });
  }

  #pause(): void {
    this.#giveUp = () => {};
    const { world } = this.#service.cluster;
    this.#later(1 + world.chance.draw(PAUSES, this.#number, this.#count) * this.#options.pauseMsMax);
  }

  #next(): void {
    const { cluster } = this.#service;
    const count = ++this.#count;
    const target = this.#target;
    if (!cluster.world.host(target).up) {
      this.#turnTo(undefined);
      return;
    }
    const input = this.#choose();
    const offer = { atMs: cluster.nowMs, server: target, command: encodeOperation(`${this.#name}.${count}`, input) };
    cluster.decisions.offered(offer);
    this.#giveUp = carryOut(this.#service, offer, (ending) => {
      if (ending.type === 'refused') {
        this.#turnTo(ending.result);
        return;
      }
      if (ending.type === 'done') this.#learn(input, ending.output);
      if (ending.type !== 'unknown' || !this.#stopped) this.#pause();
    });
  }

  /** What it offered was refused, and so nothing happened; tries elsewhere. */
  #turnTo(refusal: ProposeResult | undefined): void {
    const { ids } = this.#service.cluster;
    const hint = refusal?.accepted === false ? refusal.leader : undefined;
    this.#target =
      hint !== undefined && hint !== this.#target ? hint : ids[(ids.indexOf(this.#target) + 1) % ids.length]!;
    this.#pause();
  }

  #learn(input: KeyValueInput, output: KeyValueOutput): void {
    if (input.kind === 'get') this.#seen.set(input.key, output as string);
    else if (input.kind === 'put' || output === true) this.#seen.set(input.key, input.value);
  }

  #choose(): KeyValueInput {
    const { chance } = this.#service.cluster.world;
    const key = `k${1 + Math.floor(chance.draw(OPERATIONS, this.#number, this.#count, 1) * this.#options.keys)}`;
    const value = `${this.#name}.${this.#count}`;
    const kind = chance.draw(OPERATIONS, this.#number, this.#count, 2);
    if (kind < 0.35) return { kind: 'get', key };
    if (kind < 0.5) return { kind: 'put', key, value };
    if (kind < 0.8) return { kind: 'append', key, value: `/${value}` };
    return { kind: 'compareAndSet', key, expected: this.#seen.get(key) ?? '', value };
  }
}

/** Behind the faults: every key is read once more, which shows what the state machines have come to. */
async function readEverything(
  cluster: Cluster,
  map: KeyValueService,
  history: History,
  keys: number,
  core: readonly ServerId[],
): Promise<void> {
  const client = new Client(cluster);
  for (let n = 1; n <= keys; n++) {
    const input: KeyValueInput = { kind: 'get', key: `k${n}` };
    const callAt = cluster.nowMs;
    const done = await client.submit(encodeOperation(`last.${n}`, input), {
      among: core,
      likelyCause: 'after the faults, the leader cannot bring its followers’ logs in line with its own',
    });
    map.await(done.index, done.term, (fate) => {
      if (fate.done) history.add(cluster, 'last', input, callAt, fate.output);
    });
    if (n < keys) continue;
    await client.everywhere(done, {
      among: core,
      likelyCause: 'a follower that needs a snapshot never gets it, or cannot go on behind it',
    });
  }
}

import { checkRules, RULES, type Violation } from '#checkers';
import type { Configuration, ServerId } from '#contract';
import { type Activity, type HostOptions, ObserverFault, RELIABLE, RunEnded, World } from '#kernel';
import { Cluster, type ClusterOptions, serverIds } from './cluster.ts';
import type { TestContext } from './context.ts';
import { DecisionBook } from './decisions.ts';
import type { LabDefinition } from './definition.ts';
import { ExpectationFailed, RuleBroken } from './expectation.ts';
import { LogMilestones } from './log-milestones.ts';
import { Milestones } from './milestones.ts';
import { playEdits } from './play-edits.ts';
import { Recorder } from './recorder.ts';
import type { Failure, RunResult, SourceLocation } from './result.ts';
import type { Platform, RunRequest } from './run-request.ts';
import { ScriptedCluster, type Stage, scriptedClass } from './scripted.ts';
import { SnapshotMilestones } from './snapshot-milestones.ts';
import { chooseStory, tellAll } from './story.ts';
import { describeThrown, describeUnrest, isStackOverflow, missingLab } from './thrown.ts';

/** Plays one test with one seed. Never rejects because of the submission; rejects when the kit itself is at fault. */
export async function runTest(platform: Platform, request: RunRequest): Promise<RunResult> {
  const run = new Run(platform, request);
  try {
    await request.test.run(run);
    await run.finish();
  } catch (error) {
    return run.judge(error);
  }
  return run.result('passed');
}

/** Ends a run whose time is over. */
const TIME_OVER = Symbol('time over');

/** What ended a run: code of a server that threw. */
interface ThrownReason {
  readonly server: ServerId;
  readonly error: unknown;
  readonly activity: Activity;
  readonly location: SourceLocation | undefined;
}

class Run implements TestContext {
  readonly seed: number;
  readonly lab: LabDefinition;
  readonly decisions: DecisionBook;
  readonly #platform: Platform;
  readonly #request: RunRequest;
  #world: World | undefined;
  #milestones: Milestones | undefined;
  #recorder: Recorder | undefined;
  /** What the present step broke so far; the first rule in the list counts. */
  #violations: Violation[] = [];
  #thrown: ThrownReason | undefined;

  constructor(platform: Platform, request: RunRequest) {
    this.#platform = platform;
    this.#request = request;
    this.seed = request.seed;
    this.lab = request.lab;
    this.decisions = new DecisionBook(request.decisions, request.keepDecisions);
  }

  cluster(options: ClusterOptions): Cluster {
    const ids = serverIds(options.size);
    const { load } = this.#platform;
    const { costs, joining = [], down = [] } = options;
    return new Cluster(
      this.#build(
        ids.map((id) => ({ id, bootstrap: bootstrapOf(id, options), load, costs })),
        { ...options, down: [...down, ...joining] },
      ),
      this.decisions,
    );
  }

  scripted(options: ClusterOptions): ScriptedCluster {
    const ids = serverIds(options.size);
    const stage: Stage = { peers: new Map() };
    const peer = scriptedClass(stage);
    const servers = ids.map((id, i) => {
      const bootstrap = bootstrapOf(id, options);
      return i === 0
        ? { id, bootstrap, load: this.#platform.load }
        : { id, bootstrap, load: () => peer, scripted: true };
    });
    const link = { ...RELIABLE, latencyMsMin: 1, latencyMsMax: 1 };
    return new ScriptedCluster(this.#build(servers, { link, ...options }), stage);
  }

  reached(what: string, times = 1): void {
    this.#milestones?.reached(what, times);
  }

  /** Brings to light what the test left behind. */
  async finish(): Promise<void> {
    if (this.#world === undefined) throw new Error(`${this.#request.test.slug} built no cluster`);
    await this.#world.settle();
  }

  /** @returns the verdict on a run that ended early. @throws what is no verdict but a fault of the kit */
  judge(error: unknown): RunResult {
    if (error instanceof ExpectationFailed)
      return this.#fail({
        ...this.#ownRule(error.kind),
        message: error.message,
        evidence: error.details.evidence ?? [],
        servers: error.details.servers ?? [],
        ...(error.details.likelyCause === undefined ? {} : { likelyCause: error.details.likelyCause }),
      });
    if (error instanceof RuleBroken) return this.#broke(error.violation);
    if (!(error instanceof RunEnded)) throw error;
    if (error.reason instanceof ObserverFault) throw error.reason.cause;
    if (error.reason === TIME_OVER) return this.result('passed');
    // What it did before it was full may have broken a rule, or not: the verdict must be the same in every run.
    if (this.#thrown !== undefined && isStackOverflow(this.#thrown.error))
      return { ...this.#judgeThrown(this.#thrown), hash: '' };
    const violation = this.#worst();
    if (violation !== undefined) return this.#broke(violation);
    if (this.#thrown !== undefined) return this.#judgeThrown(this.#thrown);
    const unrest = describeUnrest(error.reason);
    if (unrest !== undefined) return this.#fail({ ...unrest, evidence: [], servers: [] });
    throw error.reason;
  }

  result(outcome: RunResult['outcome'], more: Partial<RunResult> = {}): RunResult {
    const world = this.#world;
    return {
      seed: this.seed,
      outcome,
      events: world?.step ?? 0,
      virtualMs: world?.nowMs ?? 0,
      hash: world?.hash.digest() ?? '',
      reached: this.#milestones?.counts ?? {},
      ...(this.#request.keepDecisions === true ? { decisions: this.decisions.taken } : {}),
      ...(this.#request.decisions === undefined ? {} : { unmet: this.decisions.unmet }),
      ...more,
    };
  }

  #broke(violation: Violation): RunResult {
    return this.#fail({ ...violation.rule, ...violation, rule: violation.rule.id });
  }

  #judgeThrown({ server, error, activity, location }: ThrownReason): RunResult {
    const missing = missingLab(error);
    if (missing !== undefined) return this.result('not-started', { missing, ...(location && { missingAt: location }) });
    const thrown = describeThrown(error, server, activity, this.#platform.isHang?.(error) ?? false);
    return this.#fail({ ...thrown, evidence: [], servers: [server], ...(location === undefined ? {} : { location }) });
  }

  #fail(failure: Omit<Failure, 'step' | 'atMs' | 'story'> & { readonly servers: readonly ServerId[] }): RunResult {
    const world = this.#world!;
    const { kind, rule, sentence, paper, message, likelyCause, evidence, location } = failure;
    this.#recorder?.failed(world.step, failure.servers, message);
    const accused = failure.servers[0] ?? this.#onlyReal();
    const told = { evidence, step: world.step, ...(accused === undefined ? {} : { accused }) };
    const story = (this.#request.tellAll === true ? tellAll : chooseStory)(this.#recorder?.lines ?? [], told);
    return this.result('failed', {
      failure: {
        kind,
        rule,
        sentence,
        paper,
        message,
        ...(likelyCause === undefined ? {} : { likelyCause }),
        step: world.step,
        atMs: world.nowMs,
        evidence,
        ...(location === undefined ? {} : { location }),
        story,
      },
    });
  }

  /** Among scripted servers, whatever goes wrong is the work of the one that is not. */
  #onlyReal(): ServerId | undefined {
    const { hosts } = this.#world!;
    return hosts.some(({ scripted }) => scripted) ? hosts.find(({ scripted }) => !scripted)?.id : undefined;
  }

  #ownRule(kind: 'safety' | 'liveness' | 'budget'): {
    kind: typeof kind;
    rule: string;
    sentence: string;
    paper: string;
  } {
    const { slug, sentence, paper } = this.#request.test;
    return { kind, rule: slug, sentence, paper };
  }

  /** The first broken rule in the order of the list: causes stand before consequences. */
  #worst(): Violation | undefined {
    const order = (violation: Violation): number => RULES.findIndex(({ id }) => id === violation.rule.id);
    return this.#violations.toSorted((a, b) => order(a) - order(b))[0];
  }

  #build(servers: readonly HostOptions[], options: ClusterOptions): World {
    if (this.#world !== undefined) throw new Error(`${this.#request.test.slug} built a second cluster`);
    const { platform, request } = { platform: this.#platform, request: this.#request };
    const { drain, turn, meter } = platform;
    const { turnEverySteps, onHash, untilMs } = request;
    const decideFate = this.decisions.decideFate((id) => this.#world!.host(id).nowUs / 1_000);
    const world = new World({
      seed: this.seed,
      servers,
      drain,
      ...(request.lab.timing === undefined ? {} : { timing: request.lab.timing }),
      ...(options.link === undefined ? {} : { link: options.link }),
      ...(decideFate === undefined ? {} : { decideFate }),
      ...(turn === undefined ? {} : { turn }),
      ...(meter === undefined ? {} : { meter }),
      ...(turnEverySteps === undefined ? {} : { turnEverySteps }),
      ...(onHash === undefined ? {} : { onHash }),
    });
    this.#world = world;
    this.#observe(world);
    request.onRejection?.((reason) => world.unhandled(reason));
    for (const [id, numbers] of Object.entries(options.random ?? {})) world.host(id).scriptedRandom.push(...numbers);
    if (untilMs !== undefined) world.at(untilMs * 1_000, () => world.end(TIME_OVER));
    const { absent } = this.decisions;
    if (absent.length > 0) world.disturb(`never started: ${absent.join(' ')}`, absent);
    const down = [...(options.down ?? []), ...absent];
    for (const { id } of world.hosts) if (!down.includes(id)) world.boot(id);
    playEdits(world, this.decisions);
    return world;
  }

  #observe(world: World): void {
    // The recorder stands first, so that its story has the event that breaks a rule.
    if (this.#request.record === true) {
      this.#recorder = new Recorder(world, this.lab.number >= 3);
      world.observers.add(this.#recorder);
    }
    for (const observer of this.#request.observers?.(world) ?? []) world.observers.add(observer);
    const milestones = new Milestones(world);
    this.#milestones = milestones;
    world.observers.add(milestones);
    if (this.lab.number >= 2) world.observers.add(new LogMilestones(world, milestones));
    if (this.lab.number >= 4) world.observers.add(new SnapshotMilestones(milestones));
    const checkers = checkRules(
      world,
      this.lab.number,
      this.lab.budgets,
      (violation) => this.#violations.push(violation),
      (limit, value) => milestones.rose(`max:${limit}`, value),
    );
    for (const observer of checkers) world.observers.add(observer);
    world.observers.add({
      threw: (host, error, activity) => {
        // A script is part of the test. It awaits what it begins: a rejection that comes to light later is not its own.
        if (host.scripted && activity !== 'a promise that nobody awaited') world.end(new ObserverFault(error));
        const server = host.scripted ? world.hosts.find(({ scripted }) => !scripted)!.id : host.id;
        // Now, as later code of the server moves on the place that a value without one is given.
        this.#thrown ??= { server, error, activity, location: this.#platform.locate?.(error) };
      },
      // Only at the end of a step is it known which of several broken rules is the cause.
      stepEnded: () => {
        if (this.#violations.length > 0) world.end(this.#violations);
      },
    });
  }
}

/** @returns the configuration that a server starts with: none when it is yet to join */
function bootstrapOf(id: ServerId, { size, joining = [] }: ClusterOptions): Configuration {
  const voters = joining.includes(id) ? [] : serverIds(size).filter((each) => !joining.includes(each));
  return { voters, learners: [] };
}

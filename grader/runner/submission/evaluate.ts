import { Script } from 'node:vm';
import type { RaftConstructor } from '#contract';
import * as contract from '#contract';
import { mathWithoutRandom, refusal, refusedNames, refusedValue } from './ambients.ts';
import type { Bundle } from './bundle.ts';
import { captureConsole, type OnConsole } from './console.ts';
import { CONTRACT } from './imports.ts';
import { LoadError, type SourceLocation } from './load-error.ts';
import { createPositionMap, type PositionMap } from './position-map.ts';
import { createStepMeter, DEFAULT_STEP_LIMIT, StepLimitExceeded, type StepMeter } from './step-meter.ts';

/** What the surroundings of a submission's code provide. */
export interface EvaluateOptions {
  /** Receives what the code writes to `console`. */
  readonly onConsole: OnConsole;
  /** Steps that the code may take in one event; by default {@link DEFAULT_STEP_LIMIT}. */
  readonly stepLimit?: number;
  /** Its first element is set to each step that begins: over a SharedArrayBuffer, it shows where a stuck thread is. */
  readonly lastStep?: Int32Array;
}

/** A submission in this thread. */
export interface Submission {
  /** Counts the code's steps. Reset it before each event. */
  readonly steps: StepMeter;
  /**
   * Evaluates the code afresh, with module variables of its own, and resets the step meter before and after.
   *
   * @throws {@link LoadError} `broken` when that throws, does not end, or gives no class `Raft`
   */
  newIncarnation(): RaftConstructor;
  /** Where in the student's source an error came up: the topmost of its frames that is the student's. */
  locate(error: unknown): SourceLocation | undefined;
  /** The loop or function that was entered last in the present event; `undefined` when none was. */
  lastEntered(): SourceLocation | undefined;
  /** Where a step is: the loop or function. */
  describeStep(step: number): SourceLocation;
}

/** The evaluated script: surroundings in, and then a CommonJS module to fill. */
type Factory = (
  ...surroundings: unknown[]
) => (module: { exports: { Raft?: unknown } }, exports: object, require: (id: string) => unknown) => void;

/** Enough for the kit's own frames above a student's. */
const STACK_FRAMES = 20;

/**
 * Compiles a bundle once. The code runs in this realm, shares its intrinsics, and sees no other of its globals.
 *
 * @throws {@link LoadError} `broken` when the engine does not accept the code
 */
export function evaluateSubmission(bundle: Bundle, options: EvaluateOptions): Submission {
  const describeStep = (step: number): SourceLocation => {
    const [file, line, column] = bundle.steps.slice(step * 3, step * 3 + 3);
    return { file: bundle.files[file!]!, line: line!, column: column! };
  };
  const lastStep = options.lastStep ?? new Int32Array(1);
  const { meter, step } = createStepMeter(options.stepLimit ?? DEFAULT_STEP_LIMIT, lastStep, describeStep);

  const surroundings = new Map(refusedNames().map((name) => [name, refusedValue(name)]));
  surroundings.set('Math', mathWithoutRandom());
  surroundings.set('console', captureConsole(options.onConsole));
  surroundings.set(bundle.stepName, step);

  // The same name in every run, because code may read its own stack, and then it is part of what a run does.
  const fileName = `submission-${bundle.sha256.slice(0, 12)}`;
  const factory = compile(bundle.code, [...surroundings.keys()], fileName);
  const locate = createLocator(bundle, fileName);
  const newIncarnation = (): RaftConstructor => {
    Error.stackTraceLimit = Math.max(Error.stackTraceLimit || 0, STACK_FRAMES);
    meter.reset();
    try {
      // All of it again, so that not even an assignment to a refused name goes from one incarnation to another.
      return runModule(factory, [...surroundings.values()]);
    } catch (error) {
      if (error instanceof LoadError) throw error;
      throw new LoadError('broken', loadSentence(error), { location: locate(error), cause: error });
    } finally {
      meter.reset();
    }
  };
  const lastEntered = (): SourceLocation | undefined => (meter.count === 0 ? undefined : describeStep(lastStep[0]!));
  return { steps: meter, newIncarnation, locate, lastEntered, describeStep };
}

/**
 * The outer function's parameters hide the globals. It is sloppy, so that `eval` can be one of them. The inner one is
 * strict and holds the code, whose own declarations may then have any of these names.
 */
function compile(code: string, names: readonly string[], fileName: string): Factory {
  const head = `(function (${names.join(', ')}) { return function (module, exports, require) { "use strict";`;
  try {
    const script = new Script(`${head}\n${code}\n}; })`, { filename: fileName, lineOffset: -1 });
    return script.runInThisContext();
  } catch (error) {
    throw new LoadError('broken', loadSentence(error), { cause: error });
  }
}

function runModule(factory: Factory, surroundings: readonly unknown[]): RaftConstructor {
  const module: { exports: { Raft?: unknown } } = { exports: {} };
  factory(...surroundings).call(undefined, module, module.exports, importContract);
  const { Raft } = module.exports;
  if (typeof Raft !== 'function' || typeof Raft.prototype !== 'object') {
    throw new LoadError('broken', 'raft.ts must export Raft as a class');
  }
  return Raft as RaftConstructor;
}

function importContract(id: string): unknown {
  if (id !== CONTRACT) throw refusal('require');
  return contract;
}

function loadSentence(error: unknown): string {
  if (error instanceof StepLimitExceeded) return 'loading the file does not come to an end';
  return error instanceof Error ? error.message : 'loading the file throws a value that is not an Error';
}

function createLocator(bundle: Bundle, fileName: string): Submission['locate'] {
  let positions: PositionMap | undefined;
  const frame = new RegExp(`^ +at .*\\b${fileName}:(\\d+):(\\d+)\\)?$`, 'gm');
  return (error) => {
    if (error instanceof StepLimitExceeded) return error.location;
    positions ??= createPositionMap(bundle.map, bundle.insertions);
    for (const [, line, column] of readStack(error).matchAll(frame)) {
      const location = positions.locate(Number(line), Number(column) - 1);
      if (location) return location;
    }
    return undefined;
  };
}

/** A student may throw anything, also what throws when it is looked at. */
function readStack(error: unknown): string {
  try {
    const stack = (error as { stack?: unknown } | null | undefined)?.stack;
    return typeof stack === 'string' ? stack : '';
  } catch {
    return '';
  }
}

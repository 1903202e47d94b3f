import path from 'node:path';
import { type GenerateImplementation, type GradeOptions, KIT_ROOT, UsageError } from '#runner';
import type { Circumstances } from '../mode.ts';
import type { Surroundings } from '../surroundings.ts';
import { type OptionSpecs, readWords, refuseEatenOptions } from '../words.ts';

const FORMATS = ['auto', 'tui', 'plain', 'json'] as const;

/** Options that several commands have in common. */
export const COMMON_OPTIONS = {
  impl: { type: 'text', example: 'solutions' },
  seed: { type: 'number', min: 0, example: '42' },
  suite: { type: 'text', example: '../my-suite' },
  ascii: { type: 'flag' },
  help: { type: 'flag' },
} as const satisfies OptionSpecs;

/** Options of a grading, wherever it is shown. */
const GRADING_OPTIONS = {
  ...COMMON_OPTIONS,
  runs: { type: 'number', min: 1, example: '500' },
  only: { type: 'text', example: 'election' },
  jobs: { type: 'number', min: 1, example: '2' },
  plain: { type: 'flag' },
  all: { type: 'flag' },
} as const satisfies OptionSpecs;

const GRADE_OPTIONS = {
  ...GRADING_OPTIONS,
  format: { type: 'choice', choices: FORMATS },
  output: { type: 'text', example: 'result.json' },
} as const satisfies OptionSpecs;

/** The folder for what one command leaves to the next. */
const MEMORY = path.join(KIT_ROOT, '.raftlab');

/** The same, or what the variable `RAFTLAB_MEMORY` names in its place: for tests, and for a disk that must not be written. */
export function memoryFolder(environment: Circumstances['environment']): string {
  return environment.RAFTLAB_MEMORY || MEMORY;
}

/** Loaded only when somebody asks for something that has to be made first. */
export const generate: GenerateImplementation = async (impl) => {
  if (!/^(checkpoint|variant|mutant):/.test(impl)) return undefined;
  return (await import('../../author/implementations.ts')).generateImplementation(impl);
};

/** What `grade` or `watch` is asked for. */
export interface GradeRequest {
  readonly help: boolean;
  readonly options: GradeOptions;
  readonly format: (typeof FORMATS)[number];
  readonly plain: boolean;
  readonly ascii: boolean;
  /** Absolute path. */
  readonly output?: string;
}

type Caller = Pick<Surroundings, 'cwd' | 'environment'>;

/** @throws {@link UsageError} */
export function readGradeRequest(words: readonly string[], caller: Caller): GradeRequest {
  const request = readRequest('grade', words, caller, GRADE_OPTIONS);
  return request.all ? { ...request, options: { ...request.options, allSeeds: true } } : request;
}

/** @throws {@link UsageError} */
export function readWatchRequest(words: readonly string[], caller: Caller): GradeRequest {
  const request = readRequest('watch', words, caller, GRADING_OPTIONS);
  return {
    ...request,
    // Whoever has just saved waits for the verdict; the smallest run is for a grading or a replay.
    options: { ...request.options, failedFirst: true, stopAtFirst: !request.all, typeCheck: 'late', minimise: false },
  };
}

function readRequest(
  command: string,
  words: readonly string[],
  { cwd, environment }: Caller,
  specs: OptionSpecs,
): GradeRequest & { readonly all: boolean } {
  refuseEatenOptions(environment, specs);
  const { positionals, text, number, flag } = readWords(words, specs);
  for (const word of positionals) checkLab(command, word);
  const [impl, seed, suite] = [text('impl'), number('seed'), text('suite')];
  const [runs, only, jobs, output] = [number('runs'), text('only'), number('jobs'), text('output')];
  return {
    help: flag('help'),
    options: {
      labs: positionals,
      cwd,
      memory: memoryFolder(environment),
      // The document has no place for a smaller run or for type errors, and its readers wait.
      minimise: text('format') !== 'json',
      typeCheck: text('format') !== 'json',
      generate,
      ...(impl !== undefined && { impl }),
      ...(seed !== undefined && { seed }),
      ...(suite !== undefined && { suites: [suite] }),
      ...(runs !== undefined && { runs }),
      ...(only !== undefined && { only }),
      ...(jobs !== undefined && { jobs }),
    },
    format: (text('format') ?? 'auto') as GradeRequest['format'],
    plain: flag('plain'),
    ascii: flag('ascii'),
    all: flag('all'),
    ...(output !== undefined && { output: path.resolve(cwd, output) }),
  };
}

/** A word that cannot be a lab is explained here; whether a lab exists, the runner knows. */
function checkLab(command: string, word: string): void {
  if (/^lab\d+$/.test(word)) return;
  const [lab, slug] = word.split('/');
  if (slug !== undefined)
    throw new UsageError(`"${word}" is a test, not a lab: write npm run ${command} ${lab} only=${slug}`);
  if (/^\d+$/.test(word)) {
    throw new UsageError(
      `"${word}" is not a lab: write lab${word}, or name the option that it belongs to, such as seed=${word}`,
    );
  }
  throw new UsageError(`"${word}" is neither a lab nor an option: name labs such as lab1, and options such as seed=42`);
}

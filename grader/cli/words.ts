import { parseArgs } from 'node:util';
import { UsageError } from '#runner';
import { suggest } from './suggest.ts';

/** What an option takes: a text, a number (from `min`), one of some words, or nothing (a flag). */
export type OptionSpec =
  | { readonly type: 'text'; readonly example: string }
  | { readonly type: 'number'; readonly min: number; readonly example: string }
  | { readonly type: 'choice'; readonly choices: readonly string[] }
  | { readonly type: 'flag' };

/** The options of a command, by name. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** A command's words, taken apart and checked. */
export interface Words {
  /** Words that are no options. */
  readonly positionals: readonly string[];
  text(name: string): string | undefined;
  number(name: string): number | undefined;
  flag(name: string): boolean;
}

/**
 * Takes a command's words apart. npm keeps `--seed 42` for itself, so each option may also be written `seed=42`, and each flag
 * as a bare word.
 *
 * @throws {@link UsageError} that names what is right
 */
export function readWords(words: readonly string[], specs: OptionSpecs): Words {
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, { type }]) => [name, { type: type === 'flag' ? 'boolean' : 'string' } as const]),
  );
  const args = normalize(words, specs);
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  const positionals: string[] = [];
  const values = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind === 'option') values.set(token.name, checkValue(token.name, token.value, specs));
  }
  return {
    positionals,
    text: (name) => values.get(name),
    number: (name) => (values.has(name) ? Number(values.get(name)) : undefined),
    flag: (name) => values.has(name),
  };
}

/** Writes options and flags the way in which `parseArgs` knows them. */
function normalize(words: readonly string[], specs: OptionSpecs): string[] {
  return words.map((word, i) => {
    const before = words[i - 1];
    // The value of `--only plain` is not a flag.
    const isValue = before?.startsWith('--') === true && !before.includes('=') && takesValue(specs, before.slice(2));
    if (isValue || word.startsWith('-')) return word;
    return /^[a-z][a-z-]*=/.test(word) || specs[word]?.type === 'flag' ? `--${word}` : word;
  });
}

function takesValue(specs: OptionSpecs, name: string): boolean {
  return Object.hasOwn(specs, name) && specs[name]!.type !== 'flag';
}

function checkValue(name: string, value: string | undefined, specs: OptionSpecs): string {
  const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
  if (spec === undefined) throw new UsageError(explainUnknown(name, specs));
  if (spec.type === 'flag') {
    if (value !== undefined) throw new UsageError(`${name} takes no value: write ${name} alone`);
    return '';
  }
  if (value === undefined || value === '')
    throw new UsageError(`${name} needs a value, such as ${exampleOf(name, spec)}`);
  if (
    spec.type === 'number' &&
    !(/^\d+$/.test(value) && Number.isSafeInteger(Number(value)) && Number(value) >= spec.min)
  ) {
    throw new UsageError(`${name}=${value} is not a whole number from ${spec.min}: write ${exampleOf(name, spec)}`);
  }
  if (spec.type === 'choice' && !spec.choices.includes(value)) {
    const meant = suggest(value, spec.choices);
    const list = meant === undefined ? `choose from ${spec.choices.join(', ')}` : `did you mean ${name}=${meant}?`;
    throw new UsageError(`there is no ${name}=${value}: ${list}`);
  }
  return value;
}

function exampleOf(name: string, spec: Exclude<OptionSpec, { type: 'flag' }>): string {
  return `${name}=${spec.type === 'choice' ? spec.choices[0] : spec.example}`;
}

function explainUnknown(name: string, specs: OptionSpecs): string {
  const known = Object.keys(specs);
  const meant = suggest(name, known);
  const list = meant === undefined ? `there are ${known.join(', ')}` : `did you mean ${meant}?`;
  return `there is no option ${name}: ${list}`;
}

/**
 * npm takes `--seed` away from the command, and all that is left of it is a variable. Better to say so than to grade with
 * another seed.
 *
 * @throws {@link UsageError}
 */
export function refuseEatenOptions(
  environment: Readonly<Record<string, string | undefined>>,
  specs: OptionSpecs,
): void {
  for (const [name, spec] of Object.entries(specs)) {
    if (environment[`npm_config_${name}`] === undefined || NPM_SETTINGS.has(name)) continue;
    const right = spec.type === 'flag' ? name : exampleOf(name, spec);
    throw new UsageError(`npm keeps --${name} for itself: write it without dashes, such as ${right}`);
  }
}

/** npm has settings of its own by these names, so their variables say nothing. */
const NPM_SETTINGS: ReadonlySet<string> = new Set(['only', 'jobs', 'output', 'format', 'all', 'help']);

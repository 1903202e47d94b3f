import { UsageError } from '#runner';

/** All that the choice of how to show things depends on. */
export interface Circumstances {
  /** As asked for. */
  readonly format: 'auto' | 'tui' | 'plain' | 'json';
  /** The flag `plain`. */
  readonly plain: boolean;
  /** The flag `ascii`. */
  readonly ascii: boolean;
  /** Output goes to a file. */
  readonly toFile: boolean;
  readonly isTerminal: boolean;
  /** Of the terminal, in cells; absent when it is not known. */
  readonly columns?: number;
  readonly platform: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** How things are shown. */
export interface Manner {
  readonly mode: 'tui' | 'plain' | 'json';
  readonly color: boolean;
  readonly ascii: boolean;
}

/** A window narrower than this has no room for a screen. */
const COLUMNS_MIN = 40;

/**
 * Chooses how things are shown: a screen only on an interactive terminal, plain lines everywhere else.
 *
 * @throws {@link UsageError} when a screen is asked for where there can be none
 */
export function chooseManner(circumstances: Circumstances): Manner {
  const { environment, ascii, platform } = circumstances;
  const color = (environment.NO_COLOR ?? '') === '' && environment.TERM !== 'dumb';
  return { mode: chooseMode(circumstances), color, ascii: ascii || !knowsUnicode(platform, environment) };
}

function chooseMode({ format, plain, toFile, isTerminal, columns, environment }: Circumstances): Manner['mode'] {
  if (format === 'json') return 'json';
  if (format === 'plain' || plain) return 'plain';
  if (format === 'tui') {
    if (isTerminal && !toFile) return 'tui';
    throw new UsageError('format=tui needs a terminal to draw on: write format=plain');
  }
  const wide = columns === undefined || columns >= COLUMNS_MIN;
  return isTerminal && !toFile && !isCi(environment) && environment.TERM !== 'dumb' && wide ? 'tui' : 'plain';
}

/** @returns whether this is a build server: as Ink decides, which there draws nothing before the end */
export function isCi(environment: Circumstances['environment']): boolean {
  const says = (value: string | undefined): boolean => value !== undefined && value !== '0' && value !== 'false';
  return says(environment.CI) || says(environment.CONTINUOUS_INTEGRATION);
}

function knowsUnicode(platform: string, environment: Circumstances['environment']): boolean {
  const { LC_ALL, LC_CTYPE, LANG, TERM, WT_SESSION, TERM_PROGRAM } = environment;
  // The old console of Windows lacks the characters; newer terminals make themselves known.
  if (platform === 'win32') return WT_SESSION !== undefined || TERM_PROGRAM !== undefined;
  const locale = LC_ALL || LC_CTYPE || LANG || '';
  return locale === '' ? TERM !== 'linux' : /utf-?8/i.test(locale);
}

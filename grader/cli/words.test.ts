import { expect, test } from 'vitest';
import { type OptionSpecs, readWords, refuseEatenOptions } from './words.ts';

const SPECS: OptionSpecs = {
  seed: { type: 'number', min: 0, example: '42' },
  runs: { type: 'number', min: 1, example: '500' },
  impl: { type: 'text', example: 'solutions' },
  format: { type: 'choice', choices: ['auto', 'plain', 'json'] },
  plain: { type: 'flag' },
};

/** What was read, as plain data. */
function read(...words: string[]): unknown {
  const { positionals, text, number, flag } = readWords(words, SPECS);
  return [positionals, number('seed'), number('runs'), text('impl'), text('format'), flag('plain')];
}

const none = undefined;

test.for<[string[], unknown]>([
  [[], [[], none, none, none, none, false]],
  [
    ['lab1', 'lab2'],
    [['lab1', 'lab2'], none, none, none, none, false],
  ],
  [
    ['--seed', '42'],
    [[], 42, none, none, none, false],
  ],
  [['--seed=42'], [[], 42, none, none, none, false]],
  [
    ['seed=42', 'lab1', 'runs=5'],
    [['lab1'], 42, 5, none, none, false],
  ],
  [
    ['seed=1', 'seed=0'],
    [[], 0, none, none, none, false],
  ],
  [
    ['plain', 'lab1'],
    [['lab1'], none, none, none, none, true],
  ],
  [
    ['--plain', 'lab1'],
    [['lab1'], none, none, none, none, true],
  ],
  [['impl=../a=b'], [[], none, none, '../a=b', none, false]],
  [
    ['--impl', 'plain'],
    [[], none, none, 'plain', none, false],
  ],
  [
    ['--impl', 'seed=4'],
    [[], none, none, 'seed=4', none, false],
  ],
  [
    ['impl=checkpoint:2', 'format=json'],
    [[], none, none, 'checkpoint:2', 'json', false],
  ],
])('%j is understood', ([words, expected]) => {
  expect(read(...words)).toEqual(expected);
});

test.for([
  ['seed=abc', 'seed=abc is not a whole number from 0: write seed=42'],
  ['seed=-1', 'seed=-1 is not a whole number from 0: write seed=42'],
  ['seed=1.5', 'seed=1.5 is not a whole number from 0: write seed=42'],
  ['seed=99999999999999999', 'seed=99999999999999999 is not a whole number from 0: write seed=42'],
  ['runs=0', 'runs=0 is not a whole number from 1: write runs=500'],
  ['seed=', 'seed needs a value, such as seed=42'],
  ['--impl', 'impl needs a value, such as impl=solutions'],
  ['sede=4', 'there is no option sede: did you mean seed?'],
  ['--plian', 'there is no option plian: did you mean plain?'],
  ['--constructor=1', 'there is no option constructor: there are seed, runs, impl, format, plain'],
  ['format=jsn', 'there is no format=jsn: did you mean format=json?'],
  ['format=yaml', 'there is no format=yaml: choose from auto, plain, json'],
  ['plain=yes', 'plain takes no value: write plain alone'],
])('%s is refused with what is right', ([word, message]) => {
  expect(() => read(word!)).toThrow(expect.objectContaining({ name: 'UsageError', message }));
});

test('an option that npm kept for itself is named', () => {
  const refuse = (environment: Record<string, string>) => () => refuseEatenOptions(environment, SPECS);
  expect(refuse({ npm_config_seed: 'true' })).toThrow(
    'npm keeps --seed for itself: write it without dashes, such as seed=42',
  );
  expect(refuse({ npm_config_plain: 'true' })).toThrow(
    'npm keeps --plain for itself: write it without dashes, such as plain',
  );
  expect(refuse({ npm_config_format: 'json', npm_config_cache: '/' })).not.toThrow();
});

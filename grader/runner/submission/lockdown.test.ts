import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/**
 * Runs in a process of its own, because this one must keep its intrinsics. It prints one JSON document: for each case what
 * was reported, then whether the library still works.
 */
const SCRIPT = `
import fc from 'fast-check';
import seedrandom from 'seedrandom';
import { runInThisContext } from 'node:vm';
import { lockIntrinsics } from './grader/runner/submission/index.ts';

const sample = () => JSON.stringify(fc.sample(fc.record({ a: fc.array(fc.string()), d: fc.date(), f: fc.double() }), { seed: 1, numRuns: 20 }));
const before = [sample(), seedrandom.alea('x')()];
const push = Array.prototype.push;
const intrinsics = lockIntrinsics();
const report = { cases: {}, restored: true };

const changes = {
  nothing: '0',
  'stack trace limit': 'Error.stackTraceLimit = 5',
  regex: '"abc".match(/(b)/)',
  assignment: 'Array.prototype.push = () => 1',
  symbol: 'Array.prototype[Symbol.iterator] = function* () {}',
  definition: 'Object.defineProperty(Object.prototype, "toString", { get: () => () => "x" })',
  enumerable: 'Object.defineProperty(Object.prototype, "valueOf", { enumerable: true })',
  deletion: 'delete Map.prototype.get',
  addition: 'Array.prototype.last = function () { return this.at(-1) }',
  'addition to a constructor': 'Object.shuffle = () => 1',
  'addition to an iterator': 'Object.getPrototypeOf([].values()).x = 1',
  'addition to all descriptors': 'Object.prototype.get = () => 1',
  'stack traces': 'Error.prepareStackTrace = () => 1',
  'a static': 'JSON.stringify = () => "{}"',
  'a global class': 'Promise.prototype.then = null',
  'an accessor': 'Object.defineProperty(Map.prototype, "size", { get: () => 0 })',
  'a prototype': 'Object.setPrototypeOf(Array.prototype, { evil: 1 })',
  'the comparison': 'Reflect.ownKeys = Object.getOwnPropertyDescriptor = Object.is = null',
  'two at once': 'Map.prototype.get = Array.prototype.filter = Array.prototype.map = () => 1',
};
for (const [name, change] of Object.entries(changes)) {
  runInThisContext('"use strict";' + change);
  const first = intrinsics.tampered();
  report.cases[name] = first ?? null;
  const again = intrinsics.tampered();
  if (again !== undefined) report.restored = name + ' ' + again;
}
report.push = [].push === push && new Map([[1, 2]]).get(1) === 2;

const attempt = (code) => { try { return String(runInThisContext('"use strict";' + code)); } catch (error) { return error.name + ': ' + error.message; } };
report.attempts = [
  attempt('(() => {}).constructor("return process")()'),
  attempt('new (async () => {}).constructor("1")'),
  attempt('(function* () {}).constructor("1")'),
  attempt('(async function* () {}).constructor("1")'),
  attempt('Array.prototype.push.call = 1'),
  attempt('(() => {}) instanceof (() => {}).constructor'),
  attempt('class E extends Error { constructor() { super("m"); this.name = "E"; this.message = "n"; } } new E()'),
  attempt('const o = {}; o.toString = () => "mine"; o'),
  attempt('class Log extends Array { constructor() { super(); this.entries = [1, 2]; } } new Log().entries'),
  attempt('class M extends Map { get(k) { return 7 } } const m = new M(); m.size2 = 1; m.has = 3; m.get(1) + m.has'),
];

const undo = intrinsics.trap('Array.prototype.push');
report.trapped = [
  attempt('Array.prototype.push = () => 1'),
  attempt('class Own extends Array { constructor() { super(); this.push = 5; } } new Own().push'),
  attempt('const a = []; a.push(3); a'),
];
undo();
const undoAddition = intrinsics.trap('Array.prototype.last');
report.trapped.push(attempt('Array.prototype.last = 1'));
undoAddition();
intrinsics.trap('no.such.path')();
report.afterTraps = intrinsics.tampered() ?? null;

runInThisContext('Object.freeze(JSON)');
report.frozen = [intrinsics.tampered() !== undefined, intrinsics.tampered() !== undefined];
report.libraries = sample() === before[0] && seedrandom.alea('x')() === before[1];
const start = performance.now();
for (let i = 0; i < 100; i++) intrinsics.tampered();
report.milliseconds = (performance.now() - start) / 100;
console.log(JSON.stringify(report));
`;

test('changes to intrinsics are noticed and undone, and nothing else breaks', async () => {
  const root = path.join(import.meta.dirname, '../../..');
  const flags = ['--import', 'tsx', '--input-type=module', '--eval', SCRIPT];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { cwd: root });
  const report = JSON.parse(stdout);

  expect(report.cases).toEqual({
    nothing: null,
    'stack trace limit': null,
    regex: null,
    assignment: 'Array.prototype.push',
    symbol: 'Array.prototype[Symbol.iterator]',
    definition: 'Object.prototype.toString',
    enumerable: 'Object.prototype.valueOf',
    deletion: 'Map.prototype.get',
    addition: 'Array.prototype.last',
    'addition to a constructor': 'Object.shuffle',
    'addition to an iterator': 'ArrayIterator.prototype.x',
    'addition to all descriptors': 'Object.prototype.get',
    'stack traces': 'Error.prepareStackTrace',
    'a static': 'JSON.stringify',
    'a global class': 'Promise.prototype.then',
    'an accessor': 'Map.prototype.size',
    'a prototype': "Array.prototype's prototype",
    'the comparison': expect.stringMatching(/^(Reflect|Object)\./),
    'two at once': expect.stringMatching(/^Array\.prototype\./),
  });
  expect(report.restored).toBe(true);
  expect(report.push).toBe(true);

  const noStrings = expect.stringMatching(/^ContractError: Function is not available to a server: code made from str/);
  expect(report.attempts).toEqual([
    ...[noStrings, noStrings, noStrings, noStrings],
    expect.stringMatching(/^TypeError/),
    ...['true', 'E: n', 'mine', '1,2', '10'],
  ]);
  expect(report.trapped).toEqual([
    "ContractError: Array.prototype.push is the language's own and must not be changed",
    '5',
    '3',
    "ContractError: Array.prototype.last is the language's own and must not be changed",
  ]);
  expect(report.afterTraps).toBeNull();
  expect(report.frozen).toEqual([true, true]);
  expect(report.libraries).toBe(true);
  expect(report.milliseconds).toBeLessThan(5);
}, 20_000);

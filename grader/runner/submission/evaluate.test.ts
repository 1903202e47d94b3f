import { describe, expect, test } from 'vitest';
import { ContractError } from '#contract';
import { ALLOWED_GLOBALS } from './ambients.ts';
import { LoadError } from './load-error.ts';
import { StepLimitExceeded } from './step-meter.ts';
import { construct, loadSubmission, thrownBy } from './temporary-submission.ts';

type Uses = { uses: Record<string, () => unknown> };

/** A submission whose only object has one function for each expression. */
async function loadUses(expressions: readonly string[]): Promise<Uses['uses']> {
  const uses = expressions.map((expression) => `${JSON.stringify(expression)}: () => (${expression})`);
  const submission = await loadSubmission({ 'raft.ts': `export class Raft {\n uses = {\n${uses.join(',\n')} } }` });
  return construct<Uses>(submission).uses;
}

describe('ambients', () => {
  const hints: Record<string, string> = {
    'setTimeout(() => {}, 1)': 'setTimeout is not available to a server: use env.clock.setTimeout(callback, delayMs)',
    'setInterval(() => {}, 1)': 'setInterval is not available to a server: use env.clock.setInterval',
    'setImmediate(() => {})': 'env.clock.setTimeout(callback, 0)',
    'clearTimeout(1)': 'env.clock.clear(timer)',
    'queueMicrotask(() => {})': 'use await',
    'Date.now()': 'Date is not available to a server: use env.clock.now()',
    'new Date()': 'env.clock.now()',
    'Date()': 'env.clock.now()',
    'performance.now()': 'env.clock.now()',
    'Math.random()': 'Math.random is not available to a server: use env.random()',
    'crypto.randomUUID()': 'env.random()',
    'process.env': 'there is no process',
    'process.env = 1': 'there is no process',
    'delete process.env': 'there is no process',
    '"env" in process': 'there is no process',
    'class extends process {}': 'there is no process',
    '1 instanceof WeakRef': 'garbage collector',
    'Buffer.from("")': 'Buffer',
    'fetch("")': 'env.rpc',
    'structuredClone({})': 'JSON.parse(JSON.stringify(value))',
    'eval("1")': 'code made from strings',
    'new Function("1")': 'code made from strings',
    'WebAssembly.compile': 'code made from strings',
    'globalThis.process': 'fields of your own objects',
    'global.process': 'fields of your own objects',
    '[] instanceof Intl.Collator': 'machine to machine',
    'new SharedArrayBuffer(8)': 'one thread',
    'Atomics.wait': 'one thread',
    'new TextEncoder()':
      "TextEncoder is not available to a server: use env, your own files and the language's own values",
  };

  test('are refused with what to use in their place', async () => {
    const uses = await loadUses(Object.keys(hints));
    for (const [expression, hint] of Object.entries(hints)) {
      const error = thrownBy(() => uses[expression]!());
      expect(error, expression).toBeInstanceOf(ContractError);
      expect((error as Error).message).toContain(hint);
    }
  });

  test('are all that is not on the list', async () => {
    const names = Object.getOwnPropertyNames(globalThis).filter((name) => /^[A-Za-z_]\w*$/.test(name));
    const refused = names.filter((name) => !ALLOWED_GLOBALS.has(name) && name !== 'Math' && name !== 'console');
    expect(refused.length).toBeGreaterThan(50);
    const uses = await loadUses(refused.map((name) => `${name}.x`));
    for (const [expression, use] of Object.entries(uses)) {
      expect(thrownBy(use), expression).toBeInstanceOf(ContractError);
    }
  });

  test('hide nothing of the language, and their names are free', async () => {
    const source = `
      const process = 'mine';
      function fetch(Date: number) { return Date; }
      export class Raft {
        result = [process, fetch(2), Math.max(1, 3), typeof setTimeout, [0].concat([4]).length, new Map([[1, 5]]).get(1)];
        array = [];
      }`;
    const submission = await loadSubmission({ 'raft.ts': source });
    const raft = construct<{ result: unknown[]; array: unknown }>(submission);
    expect(raft.result).toEqual(['mine', 2, 3, 'function', 2, 5]);
    expect(raft.array).toBeInstanceOf(Array);
  });

  test('do not include the contract, whose classes are shared', async () => {
    const source = `import { ContractError } from '#contract';
      export class Raft { fail() { throw new ContractError('mine'); } }`;
    const raft = construct<{ fail(): void }>(await loadSubmission({ 'raft.ts': source }));
    expect(thrownBy(() => raft.fail())).toBeInstanceOf(ContractError);
  });

  test('Math cannot be changed', async () => {
    const { 'Math.max = Math.min': change } = await loadUses(['Math.max = Math.min']);
    expect(thrownBy(change!)).toBeInstanceOf(TypeError);
  });
});

describe('incarnations', () => {
  test('share no variable', async () => {
    const submission = await loadSubmission({
      'raft.ts': `import { next } from './counter.ts';
        export class Raft { next = next; assign() { try { setTimeout = () => 7; } catch {} return setTimeout(); } look() { return setTimeout(); } }`,
      'counter.ts': 'let count = 0; export const next = () => { count += 1; return count; };',
    });
    const [one, two] = [1, 2].map(() => construct<{ next(): number; assign(): number; look(): number }>(submission));
    expect([one!.next(), one!.next(), two!.next()]).toEqual([1, 2, 1]);
    expect(one!.assign()).toBe(7);
    expect(thrownBy(() => two!.look())).toBeInstanceOf(ContractError);
  });

  test('are refused where the code throws, does not end, or has no class', async () => {
    const failures = {
      'const now = Date.now();\nexport class Raft { now = now; }': 'raft.ts:1:18: Date is not available',
      'let n = 0;\nwhile (true) n++;\nexport class Raft {}': 'raft.ts:2:1: loading the file does not come to an end',
      'export const Raft = { a: 1 };': 'raft.ts must export Raft as a class',
      'export const Raft = () => 1;': 'raft.ts must export Raft as a class',
      'throw "x";\nexport class Raft {}': 'throws a value that is not an Error',
      'null!.x;\nexport class Raft {}': 'raft.ts:1:',
    };
    for (const [source, message] of Object.entries(failures)) {
      const submission = await loadSubmission({ 'raft.ts': source });
      const error = thrownBy(() => submission.newIncarnation());
      expect(error).toBeInstanceOf(LoadError);
      expect(error).toMatchObject({ code: 'broken', message: expect.stringContaining(message) });
      expect(submission.steps.count).toBe(0);
    }
  });
});

describe('the step meter', () => {
  const methods = {
    'while (true);': 'while',
    'for (;;) { try { this.go(); } catch {} }': 'for with catch',
    'do { try { throw 1 } finally { continue } } while (true)': 'do with finally',
    'for (const a of this.forever()) a;': 'for of',
    'for await (const a of this.forever()) a;': 'for await of',
    'for (;;) await 0;': 'await',
    'const again = async () => { await 0; return again(); }; await again();': 'a promise after another',
    '[1].sort.call({ get length() { for (;;); } });': 'a getter',
  };
  test.each(Object.entries(methods))('ends %s', async (body) => {
    const source = `export class Raft {
      go(): void {}
      *forever() { let n = 0; while (true) yield n++; }
      async hang() { ${body} }
    }`;
    const lastStep = new Int32Array(new SharedArrayBuffer(4));
    const submission = await loadSubmission({ 'raft.ts': source }, { stepLimit: 1_000, lastStep });
    const raft = construct<{ hang(): Promise<void>; go(): void }>(submission);
    const error = await raft.hang().catch((error: unknown) => error);
    expect(error).toBeInstanceOf(StepLimitExceeded);
    expect(submission.steps.exceeded).toEqual(submission.locate(error));
    expect(submission.describeStep(lastStep[0]!).file).toBe('raft.ts');
    expect(thrownBy(() => raft.go())).toBeInstanceOf(StepLimitExceeded);

    submission.steps.reset();
    expect(submission.steps.exceeded).toBeUndefined();
    raft.go();
    expect(submission.steps.count).toBe(1);
    expect(submission.describeStep(lastStep[0]!)).toEqual({ file: 'raft.ts', line: 2, column: 7 });
  });
});

describe('positions', () => {
  const files = {
    'raft.ts': `import { Log, type Entry } from './log/log.ts';
export class Raft {
  readonly log = new Log<Entry>();
  async later(): Promise<void> { await null; for (const a of [1]) this.log.fail(a); }
}
`,
    'log/log.ts': `import { ContractError } from '#contract';
/** Stripped. */
export interface Entry {
  readonly index: number;
}

type Both<T> =
  | T
  | undefined;

export class Log<T> {
  readonly entries: Both<T>[] = [];
  fail(a: number): void { for (const é of ['é'] as const) { const f = (): never => { throw new ContractError(é + a); }; f(); } }
  date = (): number => Date.now();
  missing(): unknown { return [1].map((n) => (this.entries[n] as unknown as { x: { y: 1 } }).x.y); }
}
`,
  };
  type Raft = { later(): Promise<void>; log: { fail(): void; date(): number; missing(): unknown } };

  test('are those of the second file, to the column', async () => {
    const submission = await loadSubmission(files);
    const { log } = construct<Raft>(submission);
    const lines = files['log/log.ts'].split('\n');
    const column = (line: number, text: string): number => lines[line - 1]!.indexOf(text) + 1;
    const place = (line: number, text: string) => ({ file: 'log/log.ts', line, column: column(line, text) });
    expect(submission.locate(thrownBy(() => log.fail()))).toEqual(place(13, 'new ContractError'));
    expect(submission.locate(thrownBy(() => log.date()))).toMatchObject({ line: 14, column: column(14, 'now()') });
    expect(submission.locate(thrownBy(() => log.missing()))).toMatchObject({ file: 'log/log.ts', line: 15 });
  });

  test('are found in async functions, also when only they are left', async () => {
    const submission = await loadSubmission({
      'raft.ts': `export class Raft {
  async later(kit: () => Promise<void>) {
    await kit();
  }
}`,
    });
    const raft = construct<{ later(kit: () => Promise<void>): Promise<void> }>(submission);
    const kit = async (): Promise<void> => {
      await null;
      throw new Error('of the kit');
    };
    const error = await raft.later(kit).catch((error: unknown) => error);
    expect(submission.locate(error)).toEqual({ file: 'raft.ts', line: 3, column: 5 });
  });

  test('do not exist for what is not an error of the student', async () => {
    const { prepareStackTrace } = Error;
    const submission = await loadSubmission(files);
    const hostile = {
      get stack(): string {
        throw new Error('hostile');
      },
    };
    for (const value of [new Error('of the kit'), 'text', undefined, null, { stack: 1 }, hostile]) {
      expect(submission.locate(value)).toBeUndefined();
    }
    expect(Error.prepareStackTrace).toBe(prepareStackTrace);
  });

  test('of all steps are inside the files', async () => {
    const submission = await loadSubmission(files);
    const described = [0, 1, 2, 3, 4, 5, 6].map((step) => submission.describeStep(step));
    expect(described.map(({ file, line }) => `${file}:${line}`).sort()).toEqual(
      ['log/log.ts:13', 'log/log.ts:13', 'log/log.ts:13', 'log/log.ts:14', 'log/log.ts:15', 'log/log.ts:15'].concat(
        'raft.ts:4',
      ),
    );
  });
});

test('the console is captured, in one line for each call', async () => {
  const lines: string[] = [];
  const source = `class Node { a = 1; get b() { throw 1; } }
    const circle: { self?: unknown } = {}; circle.self = circle;
    export class Raft { talk() {
      console.log('text', 1, 2n, null, undefined, true, Symbol('s'), 'a b');
      console.warn(['a', { b: [1, { c: { d: 1 } }] }], new Map([['k', new Set([1])]]), circle);
      console.error(new TypeError('oh'), new Node(), () => 1, function named() {}, new Uint8Array(2), /x/g);
      console.debug('x'.repeat(5_000), Date);
      console.info(Date, new Proxy({}, { getPrototypeOf() { throw 1; } }), { get late() { return 1; } });
      console.info(Array.from({ length: 30 }, (_, i) => i));
      console.assert(1 > 2, 'never');
    } }`;
  const submission = await loadSubmission(
    { 'raft.ts': source },
    { onConsole: (level, text) => lines.push(`${level} ${text}`) },
  );
  construct<{ talk(): void }>(submission).talk();
  expect(lines.map((line) => line.replace(/x{2000}\.\.\.$/, 'cut'))).toEqual([
    'info text 1 2n null undefined true Symbol(s) a b',
    'warn ["a", {b: [1, [Object]]}] Map {"k" => Set {1}} {self: [circular]}',
    'error [TypeError: oh] Node {a: 1} [function (anonymous)] [function named] Uint8Array (2 bytes) /x/g',
    'debug cut',
    'info [unreadable] [unreadable] {late: [getter]}',
    'info [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, ...]',
    'error Assertion failed: never',
  ]);
});

import { runInThisContext } from 'node:vm';
import { expect, test } from 'vitest';
import { instrument } from './instrument.ts';
import { withoutInsertions } from './position-map.ts';

/** Every syntactic form that gets a step, with what is easily broken around it. Its value is an async function. */
const FORMS = `'use strict'; (async () => {
  const seen = [];
  const see = (...values) => { seen.push(values.join()); return values.length; };
  for (let i = 0; i < 2; i++) see('for', i);
  for (let i = 0; i < 2; i++) { see('block', i); }
  for (let i = 0; i++ < 2;);
  for (const key in { a: 1, b: 2 }) see(key);
  for (const value of [1, 2]) if (value > 1) see('if', value); else see('else', value);
  for await (const value of [Promise.resolve(3)]) see(value);
  for (const a of [1, 2]) for (const b of [3]) while (see(a, b) < 2) break;
  let n = 2;
  while (n-- > 0) see(n);
  do see('do', n); while (n++ < 1);
  do { see('do block', n) } while (n++ < 3)
  outer: for (const a of [1, 2]) { for (;;) { if (a === 1) continue outer; break outer; } }
  if (n) for (const a of [1]) see(a)
  else see('never');
  const late = [];
  for (let i = 0; i < 2; i++) late.push(() => i);
  see(late.map((f) => f()));

  const object = () => ({ a: 1 }), sequence = () => (see('first'), 2), chain = a => b => c => a + b + c;
  const conditional = (a) => a ? 'yes' : 'no', assign = (a) => n = a, none = () => {}, array = () => [1, 2];
  const later = async (a) => await a, laterBlock = async (a) => { return await a; };
  const pattern = ({ a = (() => 5)() } = {}, ...[b = ((x) => x)(6)]) => a + b;
  see(JSON.stringify([object(), sequence(), chain(1)(2)(3), conditional(0), assign(7), none(), array(), pattern()]));
  see(await later(8), await laterBlock(9), object.name, chain.length, pattern.length);

  function declared() { 'use strict'; return this === undefined; }
  function* generate() { const got = yield 1; yield* [got, 2]; }
  async function* generateLater() { yield 1; yield Promise.resolve(2); }
  see(declared(), (function () { return 1 })(), function named() { return named.name }());
  const generator = generate();
  see(generator.next().value, generator.next('got').value, ...generator);
  for await (const value of generateLater()) see(value);

  class Base { constructor(a) { this.a = a; } }
  class Derived extends Base {
    static #count = 0;
    static { for (const a of [1, 2]) Derived.#count += a; }
    field = [1, 2].map((a) => a * 2);
    static made = () => Derived.#count;
    constructor(a) { super(a + 1); this.b = () => super.toString === Object.prototype.toString; }
    get double() { return this.a * 2; }
    set double(value) { this.a = value / 2; }
    #secret() { return 'secret'; }
    tell() { return this.#secret(); }
    static async *['computed' + 1]() { yield this.#count; }
    async later() { return await this.a; }
  }
  class Empty extends Derived {}
  const derived = new Empty(1);
  derived.double = 10;
  see(derived.double, derived.field, Derived.made(), derived.tell(), await derived.later(), derived.b());
  for await (const value of Derived.computed1()) see(value);
  const literal = { method() { return 1; }, get got() { return 2; }, async *['x']() {}, arrow: () => ({}).x, f: function () {} };
  see(literal.method(), literal.got, literal.arrow(), literal.f.name, \`\${[1].map((a) => \`<\${a}>\`)}\`);
  const caught = () => { try { throw new Error('x') } catch { return 'caught' } finally { see('finally') } };
  see(caught(), await (async () => { for await (const a of (function* () { yield 1 })()) return a; })());
  return seen;
})`;

interface Counting {
  __step?: (n: number) => void;
}

test('instrumented code does what it did', async () => {
  const { code, steps } = instrument(FORMS, '__step', (line, column) => ({ file: 'forms', line, column }));
  const taken = new Set<number>();
  const counting = globalThis as Counting;
  counting.__step = (n) => taken.add(n);
  try {
    const [plain, instrumented] = [FORMS, code].map((text) => runInThisContext(text) as () => Promise<string[]>);
    const expected = await plain!();
    expect(taken.size).toBe(0);
    expect(await instrumented!()).toEqual(expected);
    expect(expected.length).toBeGreaterThan(28);
  } finally {
    delete counting.__step;
  }
  // All but the few that nobody calls.
  expect(taken.size).toBeGreaterThan(steps.length - 5);
  expect(steps.length).toBeGreaterThan(60);
});

test('no line is added, and every place is found again', () => {
  const { code, insertions } = instrument(FORMS, '__step', (line, column) => ({ file: 'forms', line, column }));
  const before = FORMS.split('\n');
  const after = code.split('\n');
  expect(after.length).toBe(before.length);
  for (const [i, line] of after.entries()) {
    const found = words(line).map(([word, column]) => [word, withoutInsertions(insertions, i + 1, column)]);
    expect(found).toEqual(words(before[i]!));
  }
});

/** The words of a line with their columns; the step counter's name is none, because it begins with `_`. */
function words(line: string): [word: string, column: number][] {
  return [...line.matchAll(/\b[a-z]\w*/gi)].map((match) => [match[0], match.index]);
}

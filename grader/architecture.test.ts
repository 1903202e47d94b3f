import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const PICTURE = 'docs/design/architecture.md';
/** Packages of the kit that run anywhere: in a worker, under vitest, in a page. */
const PORTABLE = ['contract', 'kernel', 'checkers', 'scenario'];
const IMPORT = /(?:from\s+|import\s+|import\()'([^']+)'/g;

/** Every source file below a folder; tests and what only tests use are not part of the architecture. */
function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    return /\.tsx?$/.test(name) && !/\.test\.tsx?$|^toy-/.test(name) ? [path] : [];
  });
}

/** The part of the kit that a path belongs to: a folder of grader/, or a top-level one. */
function partOf(path: string): string {
  const [top, second] = relative(ROOT, path).split('/');
  return top === 'grader' ? second! : top!;
}

function resolveImport(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('#')) return join(ROOT, 'grader', specifier.slice(1));
  return specifier.startsWith('.') ? resolve(dirname(file), specifier) : undefined;
}

interface Import {
  readonly file: string;
  readonly from: string;
  readonly specifier: string;
  readonly to: string | undefined;
}

function importsBelow(folder: string): Import[] {
  return sources(join(ROOT, folder)).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(IMPORT)].map(([, specifier]) => {
      const target = resolveImport(file, specifier!);
      const to = target === undefined ? undefined : partOf(target);
      return { file: relative(ROOT, file), from: partOf(file), specifier: specifier!, to };
    }),
  );
}

const imports = ['grader', 'labs', 'skeleton', 'solutions'].flatMap(importsBelow);

/** Arrows between parts, each `from --> to`. */
function arrows(): Set<string> {
  return new Set(
    imports.filter(({ from, to }) => to !== undefined && to !== from).map(({ from, to }) => `${from} --> ${to}`),
  );
}

describe('the picture of the architecture', () => {
  test('shows exactly the imports that there are', () => {
    const drawn = readFileSync(join(ROOT, PICTURE), 'utf8').match(/^\s*\w+ --> \w+$/gm) ?? [];
    expect(drawn.map((line) => line.trim()).toSorted()).toEqual([...arrows()].toSorted());
  });

  test('has no cycle', () => {
    const edges = [...arrows()].map((arrow) => arrow.split(' --> ') as [string, string]);
    const reaches = (from: string, seen: readonly string[]): void => {
      expect(seen, `a cycle: ${[...seen, from].join(' -> ')}`).not.toContain(from);
      for (const [a, b] of edges) if (a === from) reaches(b, [...seen, from]);
    };
    for (const [from] of edges) reaches(from, []);
  });
});

describe('what may import what', () => {
  test('the portable parts import nothing of Node', () => {
    const bad = imports.filter(({ from, specifier }) => PORTABLE.includes(from) && specifier.startsWith('node:'));
    expect(bad).toEqual([]);
  });

  test('the portable parts touch no ambient clock, chance or console', () => {
    const ambient =
      /\b(Date\.now|new Date|Math\.random|performance\.|process\.|console\.|queueMicrotask|(?<![.#\w])set(Timeout|Interval|Immediate)\()/;
    // The contract only declares; its clock has methods of these names.
    for (const part of PORTABLE.filter((each) => each !== 'contract')) {
      for (const file of sources(join(ROOT, 'grader', part))) {
        const code = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
        expect(code.match(ambient)?.[0], relative(ROOT, file)).toBeUndefined();
      }
    }
  });

  test('what students write imports only the contract and its own files', () => {
    const bad = imports.filter(
      ({ file, to }) => file.startsWith('skeleton/') && to !== 'contract' && to !== 'skeleton',
    );
    expect(bad).toEqual([]);
  });

  // Entries of child processes have arguments and exit codes of their own.
  test('only the command line knows arguments, signals and exit codes', () => {
    const touching = sources(join(ROOT, 'grader')).filter(
      (file) =>
        !/\/(runner\/worker|author\/bench)\//.test(file) &&
        /process\.(argv|exit\b|exitCode|once\('SIG|on\('SIG)/.test(readFileSync(file, 'utf8')),
    );
    expect(touching.map((file) => partOf(file)).filter((part) => part !== 'cli')).toEqual([]);
  });
});

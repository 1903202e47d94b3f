import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TestDefinition } from '#scenario';
import { TABLE_NAMES } from './author/bench/table.ts';

/** What documents say of files, commands and tests is so. */

const ROOT = path.resolve(import.meta.dirname, '..');
const LABS = readdirSync(path.join(ROOT, 'labs')).filter((name) => /^lab\d+$/.test(name));
const README = 'README.md';

interface Document {
  /** From the root of the kit. */
  readonly file: string;
  readonly text: string;
}

/** Documents that are written by hand: `docs/reference/` is generated. */
const DOCUMENTS: readonly Document[] = [
  README,
  ...['docs', ...LABS.map((lab) => `labs/${lab}`)]
    .flatMap(documentsIn)
    .filter((file) => !file.startsWith('docs/reference/')),
].map((file) => ({ file, text: readFileSync(path.join(ROOT, file), 'utf8') }));

const HANDOUTS = LABS.map((lab) => ({
  lab,
  text: DOCUMENTS.find(({ file }) => file === `labs/${lab}/${README}`)!.text,
}));

function documentsIn(folder: string): string[] {
  const names = readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.md')).map((name) => path.posix.join(folder, ...name.split(path.sep)));
}

function withoutCode(text: string): string {
  return text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');
}

/** The anchors that GitHub gives to a document's headings. */
function anchorsOf(text: string): string[] {
  const headings = [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#+ (.*)$/gm)].map(([, words]) => words!);
  return headings.map((words) =>
    words
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** What is wrong with the links of a document. */
function deadLinks({ file, text }: Document): string[] {
  const targets = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
  return targets.filter((target) => {
    if (/^https?:/.test(target)) return false;
    const [name = '', anchor] = target.split('#');
    const to = name === '' ? file : path.join(path.dirname(file), name);
    if (!existsSync(path.join(ROOT, to))) return true;
    return anchor !== undefined && !anchorsOf(readFileSync(path.join(ROOT, to), 'utf8')).includes(anchor);
  });
}

test.for(DOCUMENTS.filter(({ text }) => text.includes('](')))('$file leads to what is there', (document) => {
  expect(deadLinks(document)).toEqual([]);
});

interface Lab {
  /** By file. */
  readonly suites: ReadonlyMap<string, readonly TestDefinition[]>;
  readonly tests: readonly TestDefinition[];
}

async function importLab(id: string): Promise<[string, Lab]> {
  const folder = path.join(ROOT, 'labs', id);
  const files = readdirSync(path.join(folder, 'suites')).filter((name) => name.endsWith('.ts'));
  const suites = await Promise.all(
    files.map(async (name) => {
      const { tests } = (await import(path.join(folder, 'suites', name))) as { tests: readonly TestDefinition[] };
      return [name, tests] as const;
    }),
  );
  return [id, { suites: new Map(suites), tests: suites.flatMap(([, tests]) => tests) }];
}

const labs = new Map(await Promise.all(LABS.map(importLab)));

function pointsOf(tests: readonly TestDefinition[]): number {
  return tests.reduce((sum, { points }) => sum + points, 0);
}

/** Whether `only=<text>` finds a test of the lab. */
function finds(lab: string, text: string): boolean {
  return labs
    .get(lab)!
    .tests.some(({ slug, title }) => `${lab}/${slug} ${title}`.toLowerCase().includes(text.toLowerCase()));
}

const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { scripts: object };

/** What is wrong with a command behind `npm run`, as far as names go. */
function faultIn(command: string, labOfDocument: string | undefined): string | undefined {
  const [script = '', ...words] = command.split(/\s+/);
  if (!Object.hasOwn(scripts, script)) return `there is no npm run ${script}`;
  // What a further suite has is not known here.
  if (words.some((word) => word.startsWith('suite='))) return undefined;
  let lab = labOfDocument;
  for (const word of words) {
    const [, named, test] = /^(lab\d+)(?:\/([\w-]+))?$/.exec(word) ?? [];
    if (named !== undefined && !labs.has(named)) return `there is no ${named}`;
    lab = named ?? lab;
    const text = test ?? /^only=([\w-]+)$/.exec(word)?.[1];
    if (text === undefined) continue;
    if (script === 'bench' && !TABLE_NAMES.some((name) => name === text)) return `there is no table ${text}`;
    if (script !== 'bench' && lab !== undefined && !finds(lab, text)) return `${lab} has no test ${text}`;
  }
  return undefined;
}

test.for(DOCUMENTS.filter(({ text }) => /npm run|only=/.test(text)))('$file names what there is', ({ file, text }) => {
  const lab = /^labs\/(lab\d+)\//.exec(file)?.[1];
  const commands = [...text.matchAll(/npm run ([^`\n#;|]+)/g)].map(([, words]) => words!.trim());
  const parts = [...text.matchAll(/`(only=[\w-]+)/g)].map(([, words]) => `grade ${words}`);
  expect([...commands, ...parts].flatMap((command) => faultIn(command, lab) ?? [])).toEqual([]);
});

describe.for(HANDOUTS)('the handout of $lab', ({ lab: id, text }) => {
  const lab = labs.get(id)!;

  test('names tests that there are', () => {
    const names = [...text.matchAll(/`([a-z0-9]+(?:-[a-z0-9]+)+)`/g)].map(([, name]) => name!);
    expect(names.filter((name) => !LABS.some((each) => finds(each, name)))).toEqual([]);
  });

  test('counts them right', () => {
    const counts = [...text.matchAll(/(\d+) tests, (\d+) points/g)].map(([words]) => words);
    expect(counts).toEqual(counts.map(() => `${lab.tests.length} tests, ${pointsOf(lab.tests)} points`));
  });

  test('gives the points of each suite, and leaves none out', () => {
    const rows = text.split('\n').filter((row) => /^\|.*\]\(suites\//.test(row));
    const told = rows.map((row) => {
      const files = [...row.matchAll(/\]\(suites\/([\w-]+\.ts)\)/g)].map(([, file]) => file!);
      return { files, points: Number(/\| *(\d+) *\|/.exec(row)?.[1]) };
    });
    const real = told.map(({ files }) => ({ files, points: pointsOf(files.flatMap((file) => lab.suites.get(file)!)) }));
    expect(told).toEqual(real);
    expect(told.flatMap(({ files }) => files).toSorted()).toEqual([...lab.suites.keys()].toSorted());
  });
});

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { UNLIMITED } from '#scenario';

/** Labs and submissions of a test, in a folder of their own outside of the kit. */
export interface Fixture {
  readonly root: string;
  /** Writes files; paths are relative to the root. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
  remove(): Promise<void>;
}

export async function createFixture(files: Readonly<Record<string, string>>): Promise<Fixture> {
  const root = await mkdtemp(path.join(tmpdir(), 'raftlab-'));
  const fixture: Fixture = {
    root,
    async write(more) {
      for (const [name, text] of Object.entries(more)) {
        const file = path.join(root, name);
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(file, text);
      }
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
  await fixture.write(files);
  return fixture;
}

/** A lab's manifest. */
export function labText(points: number, id = 'lab1'): string {
  const lab = { id, number: Number(id.slice(3)), title: `The ${id}`, points, paper: 'Raft §5.1', budgets: UNLIMITED };
  return `import type { LabDefinition } from '#scenario';\nexport const lab: LabDefinition = ${JSON.stringify(lab)};\n`;
}

/** One test of a suite, as source text. */
export interface TestText {
  readonly slug: string;
  readonly kind?: string;
  readonly points?: number;
  readonly runs?: number;
  readonly visibility?: string;
  /** Statements; `context` and `expect` are there. Default: one server runs for a second. */
  readonly run?: string;
}

/** A suite. A test's first draw of `env.random()` is the text's {@link draw}, by which {@link SERVER} knows what to do. */
export function suiteText(tests: readonly TestText[]): string {
  const texts = tests.map(({ slug, kind = 'rule', points = 1, runs = 1, visibility = 'visible', run = ALONE }) => {
    const data = {
      slug,
      title: `Test ${slug}`,
      kind,
      points,
      paper: 'Raft §5.2',
      sentence: 'It works.',
      runs,
      visibility,
    };
    return `{ ...${JSON.stringify(data)}, async run(context) { ${run} } },`;
  });
  return `import { expect, type TestDefinition } from '#scenario';
export const tests = [\n${texts.join('\n')}\n] as readonly TestDefinition[];\n`;
}

/** One server runs for a second. */
export const ALONE = 'await context.cluster({ size: 1 }).run(1_000);';

/** One server whose first random number is given. */
export function draw(number: number): string {
  return `await context.cluster({ size: 1, random: { n1: [${number}] } }).run(1_000);`;
}

/**
 * A server that never does anything, except at its start.
 *
 * @param start - statements of `start()`; `this.env` is there
 * @param head - declarations before the class
 */
export function serverText(start = '', head = ''): string {
  return `import { NotImplemented, type Env } from '#contract';
${head}
export class Raft {
  env: Env;
  constructor(env: Env) { this.env = env; }
  start(): void { ${start} }
  status() {
    const { bootstrap } = this.env;
    return { role: 'follower', currentTerm: 0, commitIndex: 0, lastApplied: 0, lastLogIndex: 0, configuration: bootstrap };
  }
  onRequestVote() {}
  onAppendEntries() {}
  onInstallSnapshot() {}
  onTimeoutNow() {}
  propose() { return { accepted: false }; }
  compact() {}
  changeMembership() { return { accepted: false }; }
  transferLeadership() { return { accepted: false }; }
}
`;
}

import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KIT_ROOT } from '../runner/kit.ts';

/** The way of an editor: vitest itself, one test, the code's own files. */

let folder: string;

beforeAll(async () => {
  // Inside the kit, where `#contract` means what it means to a student.
  await mkdir(path.join(KIT_ROOT, '.raftlab'), { recursive: true });
  folder = await mkdtemp(path.join(KIT_ROOT, '.raftlab', 'editor-'));
  const ours = /\.ts$|solutions$/;
  await cp(path.join(KIT_ROOT, 'solutions'), folder, { recursive: true, filter: (file) => ours.test(file) });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function runTests(...words: string[]): Promise<{ code: number | null; text: string }> {
  const vitest = path.join(KIT_ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const all = [vitest, 'run', '--config', 'vitest.labs.config.ts', ...words];
  const { VITEST: _, ...inherited } = process.env;
  const env = { ...inherited, RAFTLAB_IMPL: path.relative(KIT_ROOT, folder), RAFTLAB_MEMORY: folder, NO_COLOR: '1' };
  return new Promise((resolve) => {
    const child = spawn(process.execPath, all, { cwd: KIT_ROOT, env });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
    }
    child.on('close', (code) => resolve({ code, text }));
  });
}

/** Replaces a line of the code as it was, and puts `imports` before it all. */
async function plant(line: string, by: string, imports = ''): Promise<void> {
  const source = await readFile(path.join(KIT_ROOT, 'solutions', 'election.ts'), 'utf8');
  expect(source).toContain(line);
  await writeFile(path.join(folder, 'election.ts'), imports + source.replace(line, by));
}

/** The lines with which vitest lists tests. */
function listed(text: string): string[] {
  return text.split('\n').filter((line) => /^ +[✓↓×] [\w-]+: /.test(line));
}

test('one test of a lab runs on the code as it is, and is listed alone', async () => {
  const { code, text } = await runTests('lab1', '-t', 'asks-all-at-once');
  expect(text).toMatch(/1 passed \| \d+ skipped/);
  expect(listed(text)).toEqual([expect.stringMatching(/✓ asks-all-at-once: /)]);
  expect(code).toBe(0);
});

test('a test that waits for code is listed with the reason', async () => {
  const line = 'campaign(): void {';
  await plant(line, `${line}\n    throw new NotImplemented('lab 1');`, "import { NotImplemented } from '#contract';\n");
  const { code, text } = await runTests('lab1', '-t', 'asks-all-at-once');
  expect(listed(text)).toEqual([
    expect.stringMatching(/↓ asks-all-at-once: .*\[to do: .* NotImplemented\('lab 1'\)\]/),
  ]);
  expect(code).toBe(0);
});

test('a failure is told as the grader tells it, with the line that threw', async () => {
  const line = 'const free = raft.votedFor === null || raft.votedFor === args.candidateId;';
  await plant(line, `if (args.term > 0) throw new TypeError('planted');\n    ${line}`);
  const { code, text } = await runTests('lab1', '-t', 'votes-once-per-term');
  expect(code).toBe(1);
  expect(text).toMatch(/rule: Crash \(.*\): /);
  expect(text).toContain('replay: npm run replay lab1/votes-once-per-term seed=1 impl=');
  expect(text).toMatch(/❯ Election\.onRequestVote .*election\.ts:\d+:\d+\n[\s\S]*throw new TypeError\('planted'\)/);
  expect(text).not.toMatch(/❯ .*grader\/kernel/);
});

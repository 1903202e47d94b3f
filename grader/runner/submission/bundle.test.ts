import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { bundleSubmission } from './bundle.ts';
import { LoadError, type LoadErrorCode } from './load-error.ts';
import { writeSubmission } from './temporary-submission.ts';

const RAFT = 'export class Raft {}\n';

async function failure(files: Record<string, string>): Promise<LoadError> {
  const folder = await writeSubmission(files);
  const error = await bundleSubmission(folder).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(LoadError);
  return error as LoadError;
}

describe('what is absent', () => {
  const absent: LoadErrorCode = 'absent';

  test('a folder', async () => {
    const folder = path.join(await writeSubmission({}), 'nowhere');
    await expect(bundleSubmission(folder)).rejects.toMatchObject({
      code: absent,
      message: `there is no folder ${folder}`,
    });
  });

  test('raft.ts', async () => {
    const error = await failure({ 'log.ts': RAFT });
    expect(error.code).toBe(absent);
    expect(error.message).toMatch(/has no file raft\.ts$/);
  });
});

describe('what is refused', () => {
  const sources: [string, string, string][] = [
    [
      'a Node module',
      `import type { Env } from '#contract';\nimport * as fs from 'node:fs';\nfs.x;\n`,
      `raft.ts:2:21: 'node:fs' must not be imported: a submission imports only '#contract' and its own files, by relative paths`,
    ],
    ['a Node module by its short name', `import 'fs';\n`, `raft.ts:1:8: 'fs' must not be imported: `],
    ['a package', `export * from 'lodash';\n`, `raft.ts:1:15: 'lodash' must not be imported: `],
    ['another part of the kit', `import '#kernel';\n`, `raft.ts:1:8: '#kernel' must not be imported: `],
    ['an absolute path', `import '/etc/hosts';\n`, `raft.ts:1:8: '/etc/hosts' must not be imported: `],
    [
      'a file outside',
      `import '../outside.ts';\n`,
      `raft.ts:1:8: '../outside.ts' is outside the submission's folder: `,
    ],
    ['a file that is not there', `import './lgo.ts';\n`, `raft.ts:1:8: there is no file './lgo.ts' to import`],
    [
      'a dynamic import',
      `export const a = () => import('./log.ts');\n`,
      `raft.ts:1:31: import('./log.ts') runs too late`,
    ],
    ['a dynamic import of anything', `export const a = (b: string) => import(b);\n`, `raft.ts:1:33: import(...) runs`],
    ['require', `export const a = require('./log.ts');\n`, `raft.ts:1:26: require('./log.ts') is not available: `],
    [
      'require of anything',
      `export const a = (b: string) => require(b);\n`,
      `raft.ts:1:33: require is not available: `,
    ],
    ['await at the top', `await 0;\n`, `raft.ts:1:1: await is not available outside functions`],
    ['a syntax error', `const a = 1;\nlet é = 'é'; let = ;\n`, `raft.ts:2:20: Unexpected ";"`],
    ['a regular expression that is none', `export const a = /(/;\n`, `raft.ts:1:18: Invalid regular expression`],
  ];
  test.each(sources)('%s', async (_name, source, message) => {
    // Kept alive, because the bundler does not look at functions that nobody can reach.
    const keep = 'export class Raft { a = a }\n';
    const raft = source.includes('const a =') ? `${source}${keep}` : `${source}${RAFT}`;
    const error = await failure({ 'raft.ts': raft, 'log.ts': '', '../outside.ts': '' });
    expect(error.code).toBe('broken');
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('\n');
  });

  test('a link that leads outside', async () => {
    const folder = await writeSubmission({ 'raft.ts': `import './log.ts';\n${RAFT}`, '../outside.ts': '' });
    await symlink('../outside.ts', path.join(folder, 'log.ts'));
    await expect(bundleSubmission(folder)).rejects.toThrow(/^raft\.ts:1:8: '\.\/log\.ts' is outside the submission/);
  });

  test('an import in another file', async () => {
    const error = await failure({ 'raft.ts': `import './a/log.ts';\n${RAFT}`, 'a/log.ts': `\n  import 'os';\n` });
    expect(error.location).toEqual({ file: 'a/log.ts', line: 2, column: 10 });
  });

  test('a module without Raft', async () => {
    const error = await failure({
      'raft.ts': 'export class Raf {}\nexport const limit = 1;\nexport interface Raft {}\n',
    });
    expect(error.message).toBe('raft.ts exports Raf, limit; it must export class Raft');
  });

  test('a name that a file does not export', async () => {
    const raft = `import { first } from './log.ts';\nclass Raft { a = first }\nnew Raft();\n`;
    const error = await failure({ 'raft.ts': raft, 'log.ts': 'export const last = 1;\n' });
    expect(error.message).toBe('raft.ts:1:10: No matching export in "log.ts" for import "first"');
  });

  test('a module without exports', async () => {
    expect((await failure({ 'raft.ts': 'class Raft {}\n' })).message).toBe(
      'raft.ts exports nothing; it must export class Raft',
    );
  });
});

describe('a bundle', () => {
  const files = {
    'raft.ts': `import { size } from './log/log.ts';\nexport * from './server.ts';\nsize;\n`,
    'log/log.ts': `import '../effects.ts';\nexport const size = 1;\n`,
    'effects.ts': `console.log('loaded');\n`,
    'server.ts': `import { NotImplemented } from '#contract';\n${RAFT}throw new NotImplemented('lab 1');\n`,
    'package.json': '{ "sideEffects": false }',
    'tsconfig.json': '{ "compilerOptions": { "paths": { "#contract": ["./server.ts"] } } }',
  };

  test('is plain data, and lists the files in it', async () => {
    const bundle = await bundleSubmission(await writeSubmission(files));
    expect(structuredClone(bundle)).toEqual(bundle);
    expect(bundle.files).toEqual(['effects.ts', 'log/log.ts', 'raft.ts', 'server.ts']);
    expect(bundle.code).toContain('loaded');
  });

  test('has a hash of its files, wherever the folder is', async () => {
    const [one, two, other] = await Promise.all(
      [files, files, { ...files, 'effects.ts': '' }].map(async (all) => bundleSubmission(await writeSubmission(all))),
    );
    expect(one!.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(two!.sha256).toBe(one!.sha256);
    expect(other!.sha256).not.toBe(one!.sha256);
  });

  test('counts under a name that the student does not use', async () => {
    const source = 'export class Raft { __step(): number { return 1; } }\n';
    const bundle = await bundleSubmission(await writeSubmission({ 'raft.ts': source }));
    expect(bundle.stepName).toBe('__step_');
  });
});

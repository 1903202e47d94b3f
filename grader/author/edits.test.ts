import { describe, expect, test } from 'vitest';
import { applyEdits } from './edits.ts';
import { generateImplementation, generateSources } from './implementations.ts';

const sources = new Map([['raft.ts', 'let a = 1;\nlet b = 1;\n']]);

describe('edits', () => {
  test('build on each other and leave their base alone', () => {
    const edits = [
      { file: 'raft.ts', before: 'a = 1', after: 'a = $&2' },
      { file: 'raft.ts', before: '$&2', after: '3' },
    ];
    expect(applyEdits(sources, edits, 'sample').get('raft.ts')).toBe('let a = 3;\nlet b = 1;\n');
    expect(sources.get('raft.ts')).toContain('a = 1');
  });

  test.each([
    [{ file: 'raft.ts', before: '= 1', after: '' }, 'sample: this text must stand in raft.ts once, not 2 times:\n= 1'],
    [{ file: 'raft.ts', before: 'c', after: '' }, 'sample: this text must stand in raft.ts once, not 0 times:\nc'],
    [{ file: 'log.ts', before: '', after: '' }, 'sample: its base has no file log.ts'],
  ])('that do not fit name themselves (%#)', (edit, message) => {
    expect(() => applyEdits(sources, [edit], 'sample')).toThrow(message);
  });
});

describe('an implementation', () => {
  test('that is asked for twice is made once', async () => {
    const folder = await generateImplementation('mutant:lab1/two-votes');
    expect(folder).toMatch(/mutant-lab1-two-votes-[0-9a-f]{12}$/);
    expect(await generateImplementation('mutant:lab1/two-votes')).toBe(folder);
  });

  test('that stands in a folder is not made', async () => {
    expect(await generateSources('solutions')).toBeUndefined();
    expect(await generateSources('../my-raft')).toBeUndefined();
  });

  test('that does not exist is refused with what does', async () => {
    await expect(generateSources('mutant:lab1/no-such')).rejects.toThrow('mutant:lab1/two-votes');
    await expect(generateSources('variant:no-such')).rejects.toThrow('variant:pre-vote');
    await expect(generateSources('checkpoint:last')).rejects.toThrow('give the number of a lab');
  });
});

import { describe, expect, test } from 'vitest';
import { stageSource } from './stages.ts';

const stage = (source: string, lab: number): Promise<string> => stageSource(source, lab, 'sample.ts');

describe('a region of a later lab', () => {
  const source = `import { useful } from './useful.ts';
// until lab1
//| import { NotImplemented } from '#contract';
// end

// solution lab1
const SECRET = 42;
// end

/** Counts. */
export class Counter {
  // solution lab1
  private count = SECRET;

  /** Makes a counter. */
  constructor() {
    this.count = 1;
  }

  /** Adds. */
  // A remark.
  add(
    amount: number,
  ): number {
    // solution lab2
    useful(amount);
    // end
    this.count += amount;
    return this.count;
  }

  private get half(): number {
    return this.count / 2;
  }
  // end

  /** Says something. */
  say(): string {
    // until lab2
    //| return 'little';
    // end
    // solution lab2
    const words = 'much';
    return words;
    // end
  }

  /** Forgets. */
  forget(): void {
    // solution lab1
    this.count = 0;
    // end
    // solution lab2
    useful(0);
    // end
  }
}
`;

  test('keeps doc comments and signatures, and nothing else', async () => {
    expect(await stage(source, 0)).toBe(`import { useful } from './useful.ts';
import { NotImplemented } from '#contract';

/** Counts. */
export class Counter {
  /** Makes a counter. */
  constructor() {
    throw new NotImplemented('lab 1');
  }

  /** Adds. */
  // A remark.
  add(
    amount: number,
  ): number {
    throw new NotImplemented('lab 1');
  }

  private get half(): number {
    throw new NotImplemented('lab 1');
  }

  /** Says something. */
  say(): string {
    return 'little';
  }

  /** Forgets. */
  forget(): void {
    throw new NotImplemented('lab 1');
  }
}
`);
  });

  test('vanishes without a trace inside a function', async () => {
    const staged = await stage(source, 1);
    expect(staged).toContain('    this.count += amount;\n    return this.count;\n');
    expect(staged).toContain("  say(): string {\n    return 'little';\n  }\n");
    expect(staged).toContain('  forget(): void {\n    this.count = 0;\n  }\n');
    expect(staged).not.toContain('useful(');
    expect(staged).not.toContain('NotImplemented');
  });

  test('is there once its lab is done, and markers never are', async () => {
    const staged = await stage(source, 2);
    expect(staged).toContain("    const words = 'much';\n    return words;\n");
    expect(staged).not.toMatch(/\/\/ (solution|until|end)|\/\/\||little/);
  });
});

describe('a marker that stands wrong', () => {
  test.each([
    ['// solution lab1\nconst a = 1;\n', 'sample.ts:1: this marker has no "// end"'],
    ['const a = 1;\n// end\n', 'sample.ts:2: this "// end" closes nothing'],
    ['// solution lab2\n// solution lab1\n// end\n// end\n', 'sample.ts:2: solution lab1 inside solution lab2 never'],
    ['// until lab2\n// solution lab3\n// end\n// end\n', 'sample.ts:2: an until region holds no other'],
    ['// until lab2\nconst a = 1;\n// end\n', 'sample.ts:2: an until region holds lines that begin with //|'],
    ['//| const a = 1;\n', 'sample.ts:1: an until region holds lines that begin with //|'],
    ['// solution: lab 2\n', 'sample.ts:1: "// solution: lab 2" is nearly a marker'],
    ['function f() {\n  // solution lab1\n  return 1;\n}\n// end\n', 'sample.ts:2: this region cuts through'],
  ])('is an error with file and line (%#)', async (source, message) => {
    await expect(stage(source, 0)).rejects.toThrow(message);
  });
});

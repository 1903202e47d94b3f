import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Grading } from '#runner';
import { calibrate, isCalibrated } from './calibrate.ts';
import { boundaryLines, closingLines, storyLines, verdictLines } from './calibration-lines.ts';
import { toVariantVerdict, type Verdict } from './verdict.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'calibration-'));
});
afterEach(() => rm(folder, { recursive: true }));

const stateFile = (): string => path.join(folder, 'calibration.json');

async function run(only: string, signal = new AbortController().signal, stories = false) {
  const told: Verdict[] = [];
  const onVerdict = (verdict: Verdict): unknown => told.push(verdict);
  const options = { labs: ['lab1'], runs: 2, only, fresh: false, stories, stateFile: stateFile(), signal, onVerdict };
  return { calibration: await calibrate(options), told };
}

describe('a calibration', () => {
  test('tells how a mutant was caught, and remembers it', async () => {
    await writeFile(stateFile(), 'notes that cannot be read');
    const { calibration, told } = await run('two-votes');
    expect(told).toMatchObject([{ impl: 'mutant:lab1/two-votes', caught: true, named: true }]);
    expect(isCalibrated(calibration)).toBe(true);
    const notes = await readFile(stateFile(), 'utf8');
    await writeFile(stateFile(), notes.replace('"named": true', '"named": false'));
    expect((await run('two-votes')).told).toMatchObject([{ caught: true, named: false }]);
  });

  test('measures what a student would read of a mutant, if that is asked for', async () => {
    const { calibration } = await run('two-votes', undefined, true);
    expect(calibration.mutants[0]!.story!.lines).toBeGreaterThan(2);
    expect(storyLines(calibration)[0]).toMatch(
      /^smallest stories: median \d+ lines, longest \d+ \(mutant:lab1\/two-votes\)$/,
    );
  });

  test('passes a correct Raft, and measures it', async () => {
    const { calibration } = await run('variant:synchronous');
    expect(calibration.variants).toMatchObject([{ impl: 'variant:synchronous', alarms: [] }]);
    expect(calibration.variants[0]!.highest.timersMax).toBeGreaterThan(0);
  });

  test('forgives a slow Raft that it misses a limit of speed, and nothing else', () => {
    const failed = (id: string, kind: string) => {
      return { id, status: 'failed', runsDone: 1, reached: {}, failure: { kind, rule: id, seed: 1, message: '' } };
    };
    const tests = [failed('lab6/fast', 'budget'), failed('lab6/right', 'safety'), failed('lab6/small', 'budget')];
    const grading = { labs: [{ tests }] } as unknown as Grading;
    const name = { lab: 'lab6', impl: 'variant:slow', title: 'slow' };
    const { alarms } = toVariantVerdict(name, grading, ['lab6/fast', 'lab6/right']);
    expect(alarms.map(({ test }) => test)).toEqual(['lab6/right', 'lab6/small']);
  });

  test('that is interrupted is not calibrated', async () => {
    const { calibration, told } = await run('two-votes', AbortSignal.abort());
    expect(told).toEqual([]);
    expect(isCalibrated(calibration)).toBe(false);
  });

  test('refuses what there is not', async () => {
    await expect(run('no-such')).rejects.toThrow('no mutant and no variant has "no-such" in its name');
  });
});

describe('its lines', () => {
  const name = { lab: 'lab1', title: 'a title' };
  const found = { test: 'lab1/swarm', rule: 'ElectionSafety', seed: 9, runs: 9, message: 'two leaders' };
  const mutant = {
    kind: 'mutant',
    ...name,
    impl: 'mutant:lab1/a',
    caught: true,
    named: false,
    catches: [found],
    tests: 3,
  } as const;
  const survivor = { ...mutant, impl: 'mutant:lab1/b', caught: false, catches: [] };
  const alarm = {
    kind: 'variant',
    ...name,
    impl: 'variant:c',
    runs: 40,
    alarms: [found],
    highest: {},
    boundaries: [],
  } as const;

  test('name what is wrong in words', () => {
    expect(verdictLines(mutant).join('\n')).toMatch(
      /mutant:lab1\/a +caught\? +swarm +ElectionSafety +9 +9 \(1 of 3 tests\)/,
    );
    expect(verdictLines(survivor).join('\n')).toMatch(/mutant:lab1\/b +LIVES +\(0 of 3 tests\)/);
    expect(verdictLines(alarm).join('\n')).toMatch(/variant:c +ALARM +swarm .*\n +two leaders/);
    const closing = closingLines({ mutants: [mutant, survivor], variants: [alarm], interrupted: false }, 2_000);
    expect(closing).toEqual([
      '1 of 2 mutants caught; not caught: mutant:lab1/b',
      'caught, but not by a rule that should name the bug: mutant:lab1/a',
      '0 of 1 correct Rafts pass, 40 runs; false alarms: variant:c',
      'took 2 s',
    ]);
  });

  test('tell at how many boundaries a server died', () => {
    const boundaries = [{ test: 'lab3/dies-anywhere', runs: 8, deaths: 120, passed: true }];
    const variants = [alarm, { ...alarm, alarms: [], boundaries }];
    const [, title, ...rows] = boundaryLines({ mutants: [], variants, interrupted: false });
    expect(title).toContain('boundary between two effects');
    expect(rows).toEqual([expect.stringMatching(/variant:c +passes +dies-anywhere +120 deaths +8$/)]);
    expect(boundaryLines({ mutants: [mutant], variants: [alarm], interrupted: false })).toEqual([]);
  });
});

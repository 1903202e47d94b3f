import { expect, test } from 'vitest';
import { readGradeRequest, readWatchRequest } from './grade-request.ts';

const CALLER = { cwd: '/somewhere', environment: { RAFTLAB_MEMORY: '/memory' } };

test('all: grade goes on behind a failing seed, watch behind a failing test', () => {
  expect(readGradeRequest(['lab1'], CALLER).options).not.toHaveProperty('allSeeds');
  expect(readGradeRequest(['lab1', 'runs=1000', 'all'], CALLER).options).toMatchObject({ allSeeds: true, runs: 1000 });
  const watch = { failedFirst: true, typeCheck: 'late', memory: '/memory', labs: ['lab1'] };
  expect(readWatchRequest(['lab1'], CALLER).options).toMatchObject({ ...watch, stopAtFirst: true });
  expect(readWatchRequest(['lab1', 'all'], CALLER).options).toMatchObject({ ...watch, stopAtFirst: false });
});

test('watching writes no documents', () => {
  expect(() => readWatchRequest(['output=x'], CALLER)).toThrow('there is no option output');
});

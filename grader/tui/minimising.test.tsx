import { cleanup } from 'ink-testing-library';
import { afterEach, expect, test } from 'vitest';
import { eventsOf, MIXED_GRADING } from '../report/sample-gradings.ts';
import { open, settled } from './open-screen.tsx';

afterEach(cleanup);

test('of a failure that is being made smaller, how many runs were tried', async () => {
  const screen = open(80, 24);
  await settled(screen, 'loading the tests');
  const [planned] = eventsOf(MIXED_GRADING);
  const id = 'lab1/slow';
  screen.emit(planned!, { type: 'test-started', id }, { type: 'test-minimising', id, trials: 57 });
  const frame = await settled(screen, 'running: 0 of 8 tests done, minimising… 57 runs (lab1/slow)');
  expect(frame).toMatch(/▸ 5 lab1 elections end in large clusters +-\/6 {2}minimising/);
  screen.emit(...eventsOf(MIXED_GRADING).slice(1));
  expect(await settled(screen, 'q quit')).not.toContain('minimising');
});

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // A suite that an editor opens is a test file of its own beside the labs; the rest stands beside the code.
    include: ['grader/**/*.test.{ts,tsx}', 'labs/**/*.test.ts'],
    // Generous, as these machines may be slow; nothing that a test asserts depends on real time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});

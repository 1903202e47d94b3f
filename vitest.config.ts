import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['grader/**/*.test.{ts,tsx}', 'labs/**/*.test.ts'],
    // These test a student's code, for an editor: see vitest.labs.config.ts.
    exclude: [...configDefaults.exclude, 'labs/*/lab*.test.ts'],
    // Generous, as these machines may be slow; nothing that a test asserts depends on real time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});

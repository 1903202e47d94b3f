import { defineConfig } from 'vitest/config';

// The tests of the labs, on the code in skeleton/, one by one in an editor: see docs/students/debugging.md.
export default defineConfig({
  test: {
    include: ['labs/*/lab*.test.ts'],
    // Somebody may look at a breakpoint for as long as it takes.
    testTimeout: 0,
    hookTimeout: 0,
    // One process, so that a debugger finds it.
    fileParallelism: false,
  },
});

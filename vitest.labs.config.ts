import { defineConfig } from 'vitest/config';
import { DefaultReporter, type TestCase, type TestModuleState } from 'vitest/node';

/** Lists the tests that were chosen. Vitest's own list has all others, too, as skipped. */
class ChosenTests extends DefaultReporter {
  override renderSucceed = true;

  protected override printTestCase(moduleState: TestModuleState, test: TestCase): void {
    const result = test.result();
    // A test that is to do skips itself, and says why.
    if (result.state === 'skipped' && result.note === undefined) return;
    super.printTestCase(moduleState, test);
  }
}

// The tests of the labs, on the code in skeleton/, one by one in an editor: see docs/students/debugging.md.
export default defineConfig({
  test: {
    include: ['labs/*/lab*.test.ts'],
    reporters: [new ChosenTests()],
    // Somebody may look at a breakpoint for as long as it takes.
    testTimeout: 0,
    hookTimeout: 0,
    // One process, so that a debugger finds it.
    fileParallelism: false,
  },
});

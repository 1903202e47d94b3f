// For editors: run or debug one test of this lab with your own code. See docs/students/debugging.md.
import { defineLab } from '../../grader/editor/index.ts';

await defineLab(import.meta.dirname);

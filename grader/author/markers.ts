import { KitError } from '#runner';

/** A stretch of lines between a marker and its `// end`. Line numbers count from 0. */
export interface Region {
  /** `solution`: blanked in checkpoints before `lab`. `until`: present only in those. */
  readonly kind: 'solution' | 'until';
  readonly lab: number;
  /** The line of the marker. */
  readonly from: number;
  /** The line of its `// end`. */
  readonly to: number;
}

/**
 * The markers of a file are not as they should be.
 *
 * @param line - from 0
 */
export function markerError(file: string, line: number, message: string): KitError {
  return new KitError(`${file}:${line + 1}: ${message}`);
}

const MARKER = /^\s*\/\/ (solution|until) lab(\d+)$/;
const END = /^\s*\/\/ end$/;
const NEARLY = /^\s*\/\/\s*(solution|until)\s*:?\s*lab|^\s*\/\/\s*end\W*$/i;
const HELD_BACK = /^(\s*)\/\/\|(?: (.*))?$/;

/**
 * Finds the marked regions.
 *
 * @param file - for messages
 * @returns in the order of their ends: an inner region stands before the one around it
 * @throws {@link KitError} for a marker without its other half, or inside a region where it means nothing
 */
export function findRegions(lines: readonly string[], file: string): Region[] {
  const open: Omit<Region, 'to'>[] = [];
  const regions: Region[] = [];
  for (const [line, text] of lines.entries()) {
    const marker = MARKER.exec(text);
    if (marker !== null) {
      const region = { kind: marker[1] as Region['kind'], lab: Number(marker[2]), from: line };
      checkNesting(region, open.at(-1), file);
      open.push(region);
    } else if (END.test(text)) {
      const region = open.pop();
      if (region === undefined) throw markerError(file, line, 'this "// end" closes nothing');
      regions.push({ ...region, to: line });
    } else if (NEARLY.test(text)) {
      throw markerError(
        file,
        line,
        `"${text.trim()}" is nearly a marker: write // solution lab2, // until lab2 or // end`,
      );
    } else if ((open.at(-1)?.kind === 'until') !== HELD_BACK.test(text)) {
      throw markerError(file, line, 'an until region holds lines that begin with //| and they stand nowhere else');
    }
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) throw markerError(file, unclosed.from, 'this marker has no "// end"');
  return regions;
}

/** The code that a line of an until region holds back. */
export function heldBack(line: string): string {
  const [, indent = '', code = ''] = HELD_BACK.exec(line) ?? [];
  return code === '' ? '' : indent + code;
}

function checkNesting(inner: Omit<Region, 'to'>, outer: Omit<Region, 'to'> | undefined, file: string): void {
  if (outer === undefined) return;
  if (outer.kind === 'until') throw markerError(file, inner.from, 'an until region holds no other region');
  // Before its own lab the outer region is blank anyway, so that an inner one only tells of later labs.
  if (inner.lab <= outer.lab) {
    const names = `${inner.kind} lab${inner.lab} inside ${outer.kind} lab${outer.lab}`;
    throw markerError(file, inner.from, `${names} never has an effect of its own`);
  }
}

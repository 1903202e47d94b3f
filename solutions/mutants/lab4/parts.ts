import type { Mutant } from '../../../grader/author/edits.ts';

const NO_GAP = '    if (offset > this.collected.length) return false;\n';
const PLACE =
  '    if (offset + data.length > this.collected.length) this.collected = this.collected.slice(0, offset) + data;\n';
const EXPECT = ['SnapshotMatchesLog', 'parts-are-not-mixed-up'];

/** Mistakes about snapshots in several parts. */
export const parts: readonly Mutant[] = [
  {
    slug: 'part-offset-ignored',
    title: 'parts are put together as they come, without a look at their offsets',
    base: 'variant:asynchronous',
    edits: [{ file: 'incoming-snapshot.ts', before: NO_GAP + PLACE, after: '    this.collected += data;\n' }],
    expect: EXPECT,
  },
  {
    slug: 'part-gap-accepted',
    title: 'a part is taken although the one before it has not come',
    base: 'variant:asynchronous',
    edits: [{ file: 'incoming-snapshot.ts', before: NO_GAP, after: '' }],
    expect: EXPECT,
  },
  {
    slug: 'parts-of-two-snapshots',
    title: 'a part is added to whatever was begun, be it of another snapshot',
    base: 'variant:asynchronous',
    edits: [
      {
        file: 'incoming-snapshot.ts',
        before: '    if (source !== this.source) {\n      if (offset !== 0) return false;\n',
        after: '    if (offset === 0) {\n',
      },
    ],
    expect: EXPECT,
  },
  {
    slug: 'parts-left-over',
    title: 'a new snapshot begins behind what was left of another',
    base: 'variant:asynchronous',
    edits: [
      {
        file: 'incoming-snapshot.ts',
        before: "      this.source = source;\n      this.collected = '';",
        after: '      this.source = source;',
      },
    ],
    expect: EXPECT,
  },
  {
    slug: 'last-part-taken-as-whole',
    title: 'the last part is taken for the whole snapshot',
    base: 'checkpoint:4',
    edits: [
      {
        file: 'snapshots.ts',
        before: 'const whole = args.offset === 0 && args.done;',
        after: 'const whole = args.done;',
      },
    ],
    expect: EXPECT,
  },
  {
    slug: 'first-part-taken-as-whole',
    title: 'the first part is taken for the whole snapshot',
    base: 'variant:synchronous',
    edits: [{ file: 'raft.ts', before: '|| args.offset !== 0 || !args.done) {', after: '|| args.offset !== 0) {' }],
    expect: EXPECT,
  },
  {
    slug: 'overlap-appended',
    title: 'a part that begins before the end of the one before it is added behind that',
    base: 'variant:asynchronous',
    edits: [
      {
        file: 'incoming-snapshot.ts',
        before: 'this.collected.slice(0, offset) + data',
        after: 'this.collected + data',
      },
    ],
    expect: EXPECT,
  },
];

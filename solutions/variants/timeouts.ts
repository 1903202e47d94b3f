import type { Variant } from '../../grader/author/edits.ts';

const DRAW = 'timing.electionTimeoutMsMin + this.raft.env.random() * spreadMs,';

/** Variants in the law of the election timeout. All stay between the limits. */
export const timeouts: readonly Variant[] = [
  {
    slug: 'mostly-short-timeouts',
    title: 'draws short timeouts more often than long ones',
    labs: [1],
    base: 'solution',
    edits: [
      {
        file: 'election.ts',
        before: DRAW,
        after: 'timing.electionTimeoutMsMin + this.raft.env.random() ** 2 * spreadMs,',
      },
    ],
  },
  {
    slug: 'middling-timeouts',
    title: 'draws twice and takes the mean, so that most timeouts lie in the middle',
    labs: [1],
    base: 'solution',
    edits: [
      {
        file: 'election.ts',
        before: DRAW,
        after: 'timing.electionTimeoutMsMin + ((this.raft.env.random() + this.raft.env.random()) / 2) * spreadMs,',
      },
    ],
  },
  {
    slug: 'coarse-timeouts',
    title: 'draws whole multiples of 10 ms, so that draws of two servers are often equal',
    labs: [1],
    base: 'solution',
    edits: [
      {
        file: 'election.ts',
        before: DRAW,
        after: 'timing.electionTimeoutMsMin + Math.floor((this.raft.env.random() * spreadMs) / 10) * 10,',
      },
    ],
  },
  {
    slug: 'polled-deadline',
    title: 'looks every 5 ms whether the deadline has passed, in place of a timer for it',
    labs: [1],
    base: 'solution',
    edits: [
      {
        file: 'election.ts',
        before: 'private timer: Timer | undefined;',
        after: 'private timer: Timer | undefined;\n  private deadlineMs = 0;',
      },
      {
        file: 'election.ts',
        before: `    this.timer = clock.setTimeout(
      () => this.onTimeout(),
      ${DRAW}
    );
`,
        after: `    this.deadlineMs = clock.now() + timing.electionTimeoutMsMin + this.raft.env.random() * (spreadMs - 5);
    this.timer = clock.setInterval(() => {
      if (clock.now() >= this.deadlineMs) this.onTimeout();
    }, 5);
`,
      },
    ],
  },
  {
    slug: 'draws-while-waiting',
    title: 'compares the silence with a new draw at every tick, which makes it campaign rather early',
    labs: [1],
    base: 'variant:synchronous',
    edits: [
      { file: 'countdown.ts', before: '  private ticksLeft = 0;', after: '  private silentTicks = 0;' },
      {
        file: 'countdown.ts',
        before: `  restart(): void {
    const { electionTimeoutMsMin`,
        after: `  restart(): void {
    this.silentTicks = 0;
  }

  private draw(): number {
    const { electionTimeoutMsMin`,
      },
      {
        file: 'countdown.ts',
        before: 'this.ticksLeft = fewest + Math.floor(this.env.random() * (most - fewest + 1));',
        after: 'return fewest + Math.floor(this.env.random() * (most - fewest + 1));',
      },
      {
        file: 'countdown.ts',
        before: '    this.ticksLeft -= 1;\n    return this.ticksLeft <= 0;',
        after: '    this.silentTicks += 1;\n    return this.silentTicks >= this.draw();',
      },
    ],
  },
];

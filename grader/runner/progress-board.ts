/**
 * Memory that workers write and the main thread reads, so that something is known of a worker that no longer answers:
 * which task it is at, how many of the task's runs are done, and the last line of the submission that was counted. In the
 * other direction goes one number: the tasks that nobody wants any more.
 */
const HEADER = 2;
const SLOTS = 1_000;
const FIELDS = 3;

/** One worker's place in the board. */
export interface ProgressSlot {
  /** Begins a task. */
  begin(ticket: number): void;
  /** One more run of the task is done. */
  advance(): void;
  /** Nobody wants the rest of the task. */
  readonly cancelled: boolean;
  /** For the step counter. */
  readonly lastStep: Int32Array;
}

/** What is known of a task. */
export interface Progress {
  readonly runsDone: number;
  /** Number of the last step that was counted. */
  readonly lastStep: number;
}

export function createBoard(): SharedArrayBuffer {
  return new SharedArrayBuffer(4 * (HEADER + SLOTS * FIELDS));
}

/** Takes a slot that no other worker has. A board outlives its workers, because some of them have to be replaced. */
export function claimSlot(board: SharedArrayBuffer): ProgressSlot {
  const cells = new Int32Array(board);
  const slot = Atomics.add(cells, 0, 1) % SLOTS;
  const at = HEADER + slot * FIELDS;
  return {
    begin(ticket) {
      cells[at + 1] = 0;
      cells[at] = ticket;
    },
    advance() {
      cells[at + 1]! += 1;
    },
    get cancelled() {
      return cells[at]! <= Atomics.load(cells, 1);
    },
    lastStep: new Int32Array(board, 4 * (at + 2), 1),
  };
}

/** Asks workers to end the tasks up to this one. They do so behind the run that they are at. */
export function cancelTasks(board: SharedArrayBuffer, ticket: number): void {
  Atomics.store(new Int32Array(board), 1, ticket);
}

/** @returns `undefined` when no worker has begun the task */
export function readProgress(board: SharedArrayBuffer, ticket: number): Progress | undefined {
  const cells = new Int32Array(board);
  for (let at = HEADER; at < cells.length; at += FIELDS) {
    if (cells[at] === ticket) return { runsDone: cells[at + 1]!, lastStep: cells[at + 2]! };
  }
  return undefined;
}

/**
 * A process that holds the threads in which tests run. A thread that has to be ended costs one test and is replaced. But
 * code that asks for very much memory in one call makes the engine end the whole process, threads and all, and the process
 * that grades must survive that.
 */
import { Piscina } from 'piscina';
import { cancelTasks, createBoard, type Progress, readProgress } from '../progress-board.ts';
import type { Bundle } from '../submission/bundle.ts';
import {
  type CallEnd,
  EXIT_SPOILED,
  type HostCall,
  type HostCancel,
  type HostLoad,
  type HostMessage,
  type HostSetup,
} from './protocol.ts';

const PROGRESS_EVERY_MS = 100;
const YOUNG_HEAP_MB = 64;

const board = createBoard();
/** Calls that are under way, with what was last told of each. */
const calls = new Map<number, Progress | undefined>();
let setup: HostSetup;
let submission: Bundle;
let pool: Piscina;

process.on('message', (message: HostSetup | HostLoad | HostCancel | HostCall) => {
  if (message.type === 'setup') start(message);
  else if (message.type === 'load') submission = message.submission;
  else if (message.type === 'cancel') cancelTasks(board, Math.max(0, ...calls.keys()));
  else void handle(message);
});
// The process that grades has gone, or wants no more.
process.on('disconnect', () => process.exit());
// Ctrl-C reaches every process of a terminal. The one that grades decides what it means.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
setInterval(tellProgress, PROGRESS_EVERY_MS);

function start(message: HostSetup): void {
  setup = message;
  const { jobs, limits } = message;
  pool = new Piscina({
    minThreads: jobs,
    maxThreads: jobs,
    // A thread that waits for its next task turns its event loop meanwhile.
    atomics: 'disabled',
    recordTiming: false,
    workerHistogram: false,
    // Nearly all that a run allocates dies with it: with room for it, a tenth of the time goes that was spent on moving it.
    resourceLimits: { maxOldGenerationSizeMb: limits.heapMb, maxYoungGenerationSizeMb: YOUNG_HEAP_MB },
    execArgv: [],
    env: {},
    workerData: { board },
  });
  // A thread that dies without a task has nothing to tell; the pool replaces it.
  pool.on('error', () => undefined);
}

async function handle({ id, name, task }: HostCall): Promise<void> {
  calls.set(id, undefined);
  const end = await call(id, name, task);
  calls.delete(id);
  tell({ type: 'ended', id, end });
}

async function call(ticket: number, name: HostCall['name'], task: HostCall['task']): Promise<CallEnd<unknown>> {
  const watchdog = new AbortController();
  let runsDone = -1;
  const look = (): void => {
    const now = readProgress(board, ticket)?.runsDone ?? 0;
    if (now === runsDone) watchdog.abort();
    else timer = setTimeout(look, setup.limits.wallMs);
    runsDone = now;
  };
  let timer = setTimeout(look, 0);
  try {
    const options = { filename: setup.file, name, signal: watchdog.signal };
    return { type: 'answered', answer: await pool.run({ ...task, submission, ticket }, options) };
  } catch (error) {
    const progress = readProgress(board, ticket);
    if (watchdog.signal.aborted) return { type: 'stuck', why: 'time', progress };
    const { code, message, stack } = error as { code?: unknown; message?: unknown; stack?: unknown };
    if (code === 'ERR_WORKER_OUT_OF_MEMORY') return { type: 'stuck', why: 'memory', progress };
    // The thread was about to end when it got this task.
    if (message === `worker exited with code: ${EXIT_SPOILED}`) return call(ticket, name, task);
    return { type: 'threw', message: String(message ?? error), stack: String(stack ?? '') };
  } finally {
    clearTimeout(timer);
  }
}

/** What is not told in time is lost when this process dies. */
function tellProgress(): void {
  for (const [id, told] of calls) {
    const progress = readProgress(board, id);
    if (progress === undefined) continue;
    if (progress.runsDone === told?.runsDone && progress.lastStep === told.lastStep) continue;
    calls.set(id, progress);
    tell({ type: 'progress', id, progress });
  }
}

function tell(message: HostMessage): void {
  process.send?.(message);
}

import { type ChildProcess, fork } from 'node:child_process';
import type { Progress } from './progress-board.ts';
import type { Bundle } from './submission/bundle.ts';
import type { CallEnd, HostCall, HostCancel, HostLoad, HostMessage, HostSetup } from './worker/protocol.ts';

/** The process died under a call. */
export interface DeadHost {
  readonly type: 'died';
  /** The engine or the system ended it, as they do for want of memory; else it ended by itself. */
  readonly killed: boolean;
  readonly reason: string;
  /** How far the call had come, as far as was told. */
  readonly progress: Progress | undefined;
  /** No other call was under way. */
  readonly alone: boolean;
}

interface Waiting {
  readonly resolve: (end: CallEnd<unknown> | DeadHost) => void;
  readonly onProgress: ((progress: Progress) => void) | undefined;
  progress: Progress | undefined;
}

const COMPLAINT_CHARACTERS_MAX = 4_000;
/** Exit codes from here on stand for signals, and on Windows for errors of the system. */
const EXIT_BY_SIGNAL_MIN = 128;

/** The other end of `worker/host.ts`. */
export class Host {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  /** The end of what it wrote before it died. */
  #complaint = '';
  #calls = 0;
  #dead = false;

  /** @param signal - ends it */
  constructor(file: string, setup: HostSetup, signal: AbortSignal | undefined) {
    this.#child = fork(file, [], {
      // A compiler of this process has no business there.
      execArgv: [],
      env: { ...process.env, NODE_OPTIONS: '' },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint = (this.#complaint + text).slice(-COMPLAINT_CHARACTERS_MAX);
    });
    this.#child.on('message', (message: HostMessage) => this.#hear(message));
    this.#child.on('error', (error) => this.#bury(error.message, false));
    this.#child.on('close', (code, signal) => {
      this.#bury(signal ?? `exit code ${code}`, signal !== null || code! >= EXIT_BY_SIGNAL_MIN);
    });
    this.#child.send(setup);
    const end = (): void => this.end();
    signal?.addEventListener('abort', end, { once: true });
    this.#child.on('close', () => signal?.removeEventListener('abort', end));
    if (signal?.aborted) this.end();
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** The code that the calls from here on are about. */
  load(submission: Bundle): void {
    if (!this.#dead) this.#child.send({ type: 'load', submission } satisfies HostLoad, () => undefined);
  }

  /** @param onProgress - told now and then how far the call has come */
  call(
    name: HostCall['name'],
    task: HostCall['task'],
    onProgress?: (progress: Progress) => void,
  ): Promise<CallEnd<unknown> | DeadHost> {
    return new Promise((resolve) => {
      const id = ++this.#calls;
      this.#waiting.set(id, { resolve, onProgress, progress: undefined });
      // A process that has died shortly before is noticed when it is buried; then this call ends too.
      if (this.#dead) this.#bury('it is dead', false);
      else this.#child.send({ type: 'call', id, name, task } satisfies HostCall, () => undefined);
    });
  }

  /** Asks the calls that are under way to end soon. They do, unless one is stuck. */
  cancel(): void {
    if (!this.#dead) this.#child.send({ type: 'cancel' } satisfies HostCancel, () => undefined);
  }

  /** Ends the process at once, whatever its threads are doing. */
  end(): void {
    this.#child.kill('SIGKILL');
  }

  #hear(message: HostMessage): void {
    const waiting = this.#waiting.get(message.id);
    if (waiting === undefined) return;
    if (message.type === 'progress') {
      waiting.progress = message.progress;
      waiting.onProgress?.(message.progress);
      return;
    }
    this.#waiting.delete(message.id);
    waiting.resolve(message.end);
  }

  #bury(how: string, killed: boolean): void {
    this.#dead = true;
    const reason = `${how}${this.#complaint === '' ? '' : `: ${this.#complaint.trim().split('\n')[0]}`}`;
    const alone = this.#waiting.size === 1;
    for (const { resolve, progress } of this.#waiting.values()) {
      resolve({ type: 'died', killed, reason, progress, alone });
    }
    this.#waiting.clear();
  }
}

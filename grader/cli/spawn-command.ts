import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { KIT_ROOT } from '#runner';

/** Runs the command line as npm would, for tests. */

/** A command that has ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that is running. */
export interface Started {
  readonly child: ChildProcess;
  /** What it has written so far. */
  text(): string;
  readonly ended: Promise<Ended>;
}

/**
 * @param folder - where the command is typed; what it remembers goes to a folder inside
 * @param words - the command and its options
 */
export function startCommand(folder: string, words: readonly string[]): Started {
  const launch = path.join(KIT_ROOT, 'grader', 'cli', 'launch.mjs');
  const env = { ...process.env, INIT_CWD: folder, RAFTLAB_MEMORY: path.join(folder, '.raftlab'), NODE_OPTIONS: '' };
  const child = spawn(process.execPath, [launch, ...words], { cwd: KIT_ROOT, env });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  }
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => resolve({ code, ...texts }));
  });
  return { child, text: () => texts.stdout, ended };
}

import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { constants, setPriority } from 'node:os';
import path from 'node:path';
import { CACHE_FOLDER, KIT_ROOT } from './kit.ts';

/** A type check that is on its way. */
export interface TypeCheck {
  /** One line when the code does not type-check; `undefined` when it does, or when that could not be found out. */
  readonly typeErrors: Promise<string | undefined>;
  stop(): void;
}

/**
 * Type-checks a folder with the kit's compiler settings, in a process of its own and at the lowest priority, so that it
 * takes nothing from the tests.
 */
export function startTypeCheck(folder: string): TypeCheck {
  let child: ChildProcess | undefined;
  let stopped = false;
  const check = async (): Promise<string | undefined> => {
    const compiler = findCompiler();
    if (compiler === undefined) return undefined;
    const settings = await writeSettings(folder);
    if (stopped) return undefined;
    const compile = spawn(process.execPath, [compiler, '--project', settings, '--pretty', 'false'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child = compile;
    yieldToTests(compile);
    let output = '';
    compile.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    const ended = await new Promise<boolean>((resolve) => {
      compile.on('error', () => resolve(false));
      compile.on('close', (code) => resolve(code !== null));
    });
    return ended ? summarize(output) : undefined;
  };
  const stop = (): void => {
    stopped = true;
    child?.kill();
  };
  return { typeErrors: check().catch(() => undefined), stop };
}

/** The compiler is there for people who write code; a kit that only grades may stand without it. */
function findCompiler(): string | undefined {
  try {
    return createRequire(path.join(KIT_ROOT, 'package.json')).resolve('typescript/bin/tsc');
  } catch {
    return undefined;
  }
}

/** For a folder anywhere: the kit's settings, and the one import that a submission has. */
async function writeSettings(folder: string): Promise<string> {
  const settings = {
    extends: path.join(KIT_ROOT, 'tsconfig.json'),
    compilerOptions: {
      // Whatever package.json stands above the folder: the loader takes its files as modules.
      module: 'esnext',
      moduleResolution: 'bundler',
      typeRoots: [path.join(KIT_ROOT, 'node_modules', '@types')],
      paths: { '#contract': [path.join(KIT_ROOT, 'grader', 'contract', 'index.ts')] },
    },
    include: [path.join(folder, '**', '*.ts')],
    exclude: [path.join(folder, 'variants'), path.join(folder, 'mutants')],
  };
  const text = JSON.stringify(settings);
  const name = `types-${createHash('sha256').update(text).digest('hex').slice(0, 16)}.json`;
  await mkdir(CACHE_FOLDER, { recursive: true });
  const file = path.join(CACHE_FOLDER, name);
  await writeFile(file, text);
  return file;
}

function yieldToTests({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already, or the system does not let us.
  }
}

/** The compiler's first complaint, and how many there are. */
function summarize(output: string): string | undefined {
  const complaints = output.split('\n').filter((line) => / error TS\d+: /.test(line));
  const [first] = complaints;
  if (first === undefined) return undefined;
  const readable = first.trim().replace(/^(.*)\((\d+),(\d+)\): error TS\d+: /, '$1:$2:$3: ');
  return complaints.length === 1 ? readable : `${readable} (and ${complaints.length - 1} more)`;
}

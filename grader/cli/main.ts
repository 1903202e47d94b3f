import { EXIT, explainError } from './exit-codes.ts';
import { streamOutput } from './output.ts';
import { suggest } from './suggest.ts';
import type { Command, Surroundings } from './surroundings.ts';

/** Loaded when asked for, so that none costs the others time. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  author: async () => (await import('./commands/author.ts')).authorCommand,
  bench: async () => (await import('./commands/bench.ts')).benchCommand,
  calibrate: async () => (await import('./commands/calibrate.ts')).calibrateCommand,
  grade: async () => (await import('./commands/grade.ts')).gradeCommand,
  hint: async () => (await import('./commands/hint.ts')).hintCommand,
  replay: async () => (await import('./commands/replay.ts')).replayCommand,
  watch: async () => (await import('./commands/watch.ts')).watchCommand,
};

/** Named in `package.json` and not there yet. */
const LATER = ['handout', 'class'];

async function main([name = '', ...words]: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stderr, signal } = surroundings;
  try {
    if (LATER.includes(name)) {
      stderr.write(`${name} comes with a later version of the kit\n`);
      return EXIT.usage;
    }
    if (!Object.hasOwn(COMMANDS, name)) {
      const names = Object.keys(COMMANDS);
      const meant = suggest(name, names);
      stderr.write(
        `there is no command "${name}": ${meant === undefined ? `there are ${names.join(', ')}` : `did you mean ${meant}?`}\n`,
      );
      return EXIT.usage;
    }
    const command = await COMMANDS[name]!();
    return await command.run(words, surroundings);
  } catch (error) {
    if (signal.aborted) {
      stderr.write('interrupted before there was a verdict\n');
      return EXIT.interrupted;
    }
    const { code, message } = explainError(error);
    stderr.write(`${message}\n`);
    return code;
  }
}

/** The first asks to end and lets what is known be told; the second ends at once. */
function createInterrupt(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(EXIT.interrupted);
      controller.abort();
    });
  }
  return controller.signal;
}

const interrupt = createInterrupt();
const code = await main(process.argv.slice(2), {
  environment: process.env,
  platform: process.platform,
  // npm runs scripts in the folder of the package and tells where it was called.
  cwd: process.env.INIT_CWD ?? process.cwd(),
  stdout: streamOutput(process.stdout),
  stderr: streamOutput(process.stderr),
  isTerminal: process.stdout.isTTY === true,
  columns: process.stdout.columns,
  signal: interrupt,
  setVariable(name, value) {
    process.env[name] = value;
  },
});
process.exitCode = code;
// A screen that a signal found open would wait for a key; as the process exits, it puts the terminal back in order.
if (interrupt.aborted) process.exit();

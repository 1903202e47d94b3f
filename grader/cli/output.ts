import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '#runner';

/** A place for text. */
export interface Output {
  write(text: string): void;
  /** Waits until all is written. */
  close(): Promise<void>;
}

/** A stream that stays open. When its reader has gone (`| head`), what is written goes nowhere, and the command goes on. */
export function streamOutput(stream: NodeJS.WritableStream): Output {
  let open = true;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    open = false;
  });
  return {
    write(text) {
      if (open) stream.write(text);
    },
    close: async () => undefined,
  };
}

/**
 * A file, written from its beginning.
 *
 * @throws {@link UsageError} when there is no folder for it, or it is a folder itself: before any work is done in vain
 */
export async function fileOutput(file: string): Promise<Output> {
  const [folder, present] = await Promise.all([
    stat(path.dirname(file)).catch(() => undefined),
    stat(file).catch(() => undefined),
  ]);
  if (!folder?.isDirectory()) throw new UsageError(`output=${file}: there is no folder ${path.dirname(file)}`);
  if (present?.isDirectory()) throw new UsageError(`output=${file} is a folder: name a file in it`);
  const stream = createWriteStream(file);
  const closed = new Promise<void>((resolve, reject) => {
    stream.on('close', resolve);
    stream.on('error', (error) => reject(new UsageError(`output=${file} cannot be written: ${error.message}`)));
  });
  closed.catch(() => undefined);
  return {
    write: (text) => {
      stream.write(text);
    },
    close: () => {
      stream.end();
      return closed;
    },
  };
}

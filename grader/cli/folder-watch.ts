import { type FSWatcher, watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** An editor writes a file in several strokes, and saves several files one after the other. */
const QUIET_MS = 40;
/** What a submission can import. */
const SOURCE = /\.(ts|js|json)$/;

/** What a watched folder tells. */
export interface FolderListener {
  /** Something changes; more may follow. */
  readonly onStir: () => void;
  /** It has become quiet. @param names - what changed, relative to the folder, sorted */
  readonly onSettled: (names: readonly string[]) => void;
}

/** A folder that is being watched. */
export interface FolderWatch {
  close(): void;
}

/**
 * Watches the source files of a folder and of those inside. Each folder has a watcher of its own: the recursive one of Node 20
 * loses a file on Linux when an editor saves it by putting another in its place.
 */
export async function watchFolder(folder: string, { onStir, onSettled }: FolderListener): Promise<FolderWatch> {
  const watchers = new Map<string, FSWatcher>();
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const settle = async (): Promise<void> => {
    // Folders may have come or gone.
    await follow();
    if (closed || timer !== undefined) return;
    const names = [...changed].sort();
    changed.clear();
    onSettled(names);
  };
  const stir = (name: string): void => {
    if (closed) return;
    if (changed.size === 0) onStir();
    changed.add(name);
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = undefined;
      void settle();
    }, QUIET_MS);
  };
  /** Editors leave swap files, backups and drafts beside the file that they save. */
  const hear = async (file: string): Promise<void> => {
    const name = path.basename(file);
    if (name.startsWith('.')) return;
    if (SOURCE.test(name) || watchers.has(file) || (await isFolder(file))) stir(path.relative(folder, file));
  };
  const follow = async (): Promise<void> => {
    const present = new Set(await foldersBelow(folder));
    for (const [inner, watcher] of watchers) {
      if (present.has(inner)) continue;
      watcher.close();
      watchers.delete(inner);
    }
    for (const inner of present) {
      if (closed || watchers.has(inner)) continue;
      const watcher = watchOne(inner, (name) => void hear(path.join(inner, name)));
      if (watcher !== undefined) watchers.set(inner, watcher);
    }
  };

  await follow();
  return {
    close() {
      closed = true;
      clearTimeout(timer);
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}

/** A folder may go away between the look at it and the watch. */
function watchOne(folder: string, onName: (name: string) => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, (_, name) => onName(name ?? ''));
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}

function isFolder(file: string): Promise<boolean> {
  return stat(file).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
}

async function foldersBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const inner = entries.filter((entry) => entry.isDirectory() && !/^\.|^node_modules$/.test(entry.name));
  const below = await Promise.all(inner.map((entry) => foldersBelow(path.join(folder, entry.name))));
  return [folder, ...below.flat()];
}

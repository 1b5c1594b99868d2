import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identifyProcess, isRunning, parseIdentity } from '../src/runtime/process-identity.js';
import { dataFolderPath } from '../src/runtime/project-root.js';

export interface DataFolder {
  /** Absolute path. */
  readonly path: string;
  /** A path inside the folder. */
  file(name: string): string;
  /** Lets the next process in. */
  release(): void;
}

/**
 * Creates the folder when it is missing and takes it for this process alone. A lock whose process is gone is taken over.
 *
 * @throws Error naming the pid when another process has it
 */
export function openDataFolder(path: string = dataFolderPath()): DataFolder {
  mkdirSync(path, { recursive: true });
  const lock = join(path, 'lock');
  const mine = JSON.stringify(identifyProcess(process.pid));
  takeLock(path, lock, mine);
  return {
    path,
    file: (name) => join(path, name),
    release() {
      if (readLock(lock) === mine) rmSync(lock, { force: true });
    },
  };
}

/** `link` and `rename` are the atomic steps: of two processes that take over the same stale lock, one wins. */
function takeLock(path: string, lock: string, mine: string): void {
  const draft = `${lock}.${process.pid}`;
  writeFileSync(draft, mine);
  try {
    for (;;) {
      if (tryLink(draft, lock)) return;
      refuseIfHeld(path, readLock(lock));
      const aside = `${draft}.stale`;
      if (!tryRename(lock, aside)) continue;
      // Between the look and the move the lock may have become somebody's: then it goes back.
      const moved = readLock(aside);
      const holder = moved === undefined ? undefined : parseIdentity(moved);
      if (holder !== undefined && isRunning(holder)) tryLink(aside, lock);
      rmSync(aside, { force: true });
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

function refuseIfHeld(path: string, text: string | undefined): void {
  const holder = text === undefined ? undefined : parseIdentity(text);
  if (holder === undefined || !isRunning(holder)) return;
  throw new Error(
    `${path} is in use by process ${holder.pid}: stop that one first, or set MIMECAST_DATA_DIR to another folder`,
  );
}

function readLock(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function tryLink(from: string, to: string): boolean {
  return succeedsUnless('EEXIST', () => linkSync(from, to));
}

function tryRename(from: string, to: string): boolean {
  return succeedsUnless('ENOENT', () => renameSync(from, to));
}

function succeedsUnless(code: string, action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === code) return false;
    throw error;
  }
}

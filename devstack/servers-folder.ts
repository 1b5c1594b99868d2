import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { projectRoot } from '../src/runtime/project-root.js';

const PARTIAL = '.partial-';
/** No download takes that long: what is older was left by a process that was killed. */
const ABANDONED_MS = 60 * 60_000;

/** `MIMECAST_SERVERS_DIR`, or `.servers` in the project's root: where downloaded programs stay. */
export function serversFolder(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(env.MIMECAST_SERVERS_DIR || join(projectRoot(), '.servers'));
}

/**
 * Lets `fill` write into a fresh folder beside `target` and then puts it in place in one step, so that nobody ever
 * sees a half download. When another process was faster and `accept` likes its result, that one stays.
 *
 * @throws whatever `fill` throws; nothing is left behind then
 */
export async function fillFolder(
  target: string,
  fill: (folder: string) => Promise<void>,
  accept: () => Promise<boolean>,
): Promise<void> {
  const parent = join(target, '..');
  mkdirSync(parent, { recursive: true });
  removeAbandoned(parent);
  const partial = mkdtempSync(join(parent, PARTIAL));
  try {
    await fill(partial);
    if (moveTo(partial, target) || (await accept())) return;
    const broken = mkdtempSync(join(parent, PARTIAL));
    moveTo(target, join(broken, 'replaced'));
    moveTo(partial, target);
    rmSync(broken, { recursive: true, force: true });
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** False when something is in the way, or is gone already. */
function moveTo(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || code === 'ENOTEMPTY' || code === 'ENOENT') return false;
    throw error;
  }
}

function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(PARTIAL)) continue;
    const folder = join(parent, name);
    const { mtimeMs } = statSync(folder, { throwIfNoEntry: false }) ?? { mtimeMs: Number.POSITIVE_INFINITY };
    if (Date.now() - mtimeMs > ABANDONED_MS) rmSync(folder, { recursive: true, force: true });
  }
}

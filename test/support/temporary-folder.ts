import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifyProcess, isRunning, parseIdentity } from '../../src/runtime/process-identity.js';

const PREFIX = 'mimecast-test-';
const OWNER = 'owner.json';

/**
 * A fresh folder. Those of test runs that were killed before they could remove theirs are removed on the way.
 *
 * @param parent default: where the system keeps temporary files
 */
export function temporaryFolder(parent = tmpdir()): { path: string; remove(): void } {
  removeOrphans(parent);
  const path = mkdtempSync(join(parent, PREFIX));
  writeFileSync(join(path, OWNER), JSON.stringify(identifyProcess(process.pid)));
  // Servers that are being stopped may still write into it.
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 8, retryDelay: 100 }) };
}

function removeOrphans(parent: string): void {
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = join(parent, name);
    const owner = readOwner(folder);
    if (owner !== undefined && !isRunning(owner)) rmSync(folder, { recursive: true, force: true });
  }
}

/** Undefined for a folder that is being made just now. */
function readOwner(folder: string) {
  try {
    return parseIdentity(readFileSync(join(folder, OWNER), 'utf8'));
  } catch {
    return undefined;
  }
}

/** The keys of a machine for which none were set: made once, kept in the data folder, for their owner's eyes only. */

import { existsSync, linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Keyring } from '../secrets/keyring.js';

const FILE = 'secret-keys';

/** The path of the key file in a data folder, whether it is there or not. */
export function secretKeysFile(dataDir: string): string {
  return join(dataDir, FILE);
}

/** @returns the path of the key file in a data folder, made if it is not there; of several processes one makes it. */
export function ensureSecretKeys(dataDir: string): string {
  const file = secretKeysFile(dataDir);
  if (existsSync(file)) return file;
  mkdirSync(dataDir, { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${Keyring.newKey()}\n`, { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return file;
}

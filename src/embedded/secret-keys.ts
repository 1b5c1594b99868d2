/** The key that encrypts the client secrets of `npm start`: made once, kept beside the data, for its owner's eyes only. */

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Keyring } from '../secrets/keyring.js';

const FILE = 'secret-keys';

/** @returns the path of the key file in a data folder, made if it is not there. */
export function ensureSecretKeys(dataDir: string): string {
  const file = join(dataDir, FILE);
  if (!existsSync(file)) writeFileSync(file, `${Keyring.newKey()}\n`, { mode: 0o600, flag: 'wx' });
  return file;
}

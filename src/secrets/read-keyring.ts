/** Where a process's keys come from. */

import { readFileSync } from 'node:fs';
import { Keyring, SecretError } from './keyring.js';

/**
 * The keys of `MIMECAST_SECRET_KEYS`, else of the file that `MIMECAST_SECRET_KEYS_FILE` names.
 *
 * @returns `undefined` when neither is set.
 * @throws SecretError when what is set cannot be read.
 */
export function readKeyring(env: NodeJS.ProcessEnv = process.env): Keyring | undefined {
  const { MIMECAST_SECRET_KEYS: keys, MIMECAST_SECRET_KEYS_FILE: file } = env;
  if (keys) return Keyring.parse(keys);
  if (!file) return undefined;
  try {
    return Keyring.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    if (cause instanceof SecretError) throw cause;
    // The name is not shown: who mistakes the variable for the other one gives a key in its place.
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw new SecretError(`MIMECAST_SECRET_KEYS_FILE does not name a readable file (${code})`);
  }
}

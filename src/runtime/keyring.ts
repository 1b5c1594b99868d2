/** The keys that a program encrypts and decrypts client secrets with. */

import { dataFolderPath } from '../embedded/data-folder.js';
import { ensureSecretKeys } from '../embedded/secret-keys.js';
import { readKeyring } from '../secrets/environment.js';
import type { Keyring } from '../secrets/keyring.js';

/**
 * The keys that are set, else those of this machine's data folder, which all programs started from this folder share.
 *
 * @param onNotice hears when the machine's own keys are used: programs on other machines do not have them.
 * @throws SecretError when what is set cannot be read.
 */
export function keyringOf(env: NodeJS.ProcessEnv, onNotice: (text: string) => void = () => undefined): Keyring {
  const given = readKeyring(env);
  if (given !== undefined) return given;
  const file = ensureSecretKeys(dataFolderPath(env));
  onNotice(`MIMECAST_SECRET_KEYS is not set: client secrets are encrypted with the keys of this machine, ${file}`);
  const own = readKeyring({ MIMECAST_SECRET_KEYS_FILE: file });
  if (own === undefined) throw new Error(`${file} holds no keys`);
  return own;
}

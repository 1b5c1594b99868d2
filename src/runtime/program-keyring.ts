/** The keys that a program encrypts and decrypts client secrets with. */

import { existsSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { type Keyring, SecretError } from '../secrets/keyring.js';
import { readKeyring } from '../secrets/read-keyring.js';
import { isOnThisMachine, shownMongodbUri } from './mongodb-address.js';
import { dataFolderPath } from './project-root.js';
import { ensureSecretKeys, secretKeysFile } from './secret-keys.js';

/**
 * The keys that are set, else those of this machine's data folder, which all programs started from this folder share.
 *
 * @param onNotice hears when keys were made: programs on other machines do not have them.
 * @throws SecretError when what is set cannot be read; or when nothing is, and MongoDB is on another machine, or the
 * running stack was given keys of its own: what its programs have stored cannot be read with keys of this machine, nor
 * they read what these encrypt.
 */
export function keyringOf(env: NodeJS.ProcessEnv, onNotice?: (text: string) => void): Keyring {
  const keyring = keyringAtHand(env, onNotice);
  if (keyring !== undefined) return keyring;
  const own = secretKeysFile(dataFolderPath(env));
  const first = existsSync(own)
    ? `keys that this machine has used so far are in ${own}: MIMECAST_SECRET_KEYS_FILE takes a file`
    : 'create the first one with "npm run starter -- secret-key"';
  throw new SecretError(
    `MIMECAST_SECRET_KEYS is not set: set it to the keys of the workers that use ${shownMongodbUri(env.MONGODB_URI ?? '')} (${first})`,
  );
}

/** The same for what may not need keys at all: `undefined` in place of the second error. */
export function keyringAtHand(
  env: NodeJS.ProcessEnv,
  onNotice: (text: string) => void = () => undefined,
): Keyring | undefined {
  const given = readKeyring(env);
  if (given !== undefined) return given;
  if (env.MIMECAST_SECRET_KEYS_NEEDED === 'true') return undefined;
  if (env.MONGODB_URI && !isOnThisMachine(env.MONGODB_URI)) return undefined;
  const folder = dataFolderPath(env);
  const before = existsSync(folder) ? readdirSync(folder) : [];
  const file = ensureSecretKeys(folder);
  if (!before.includes(basename(file))) {
    onNotice(
      `MIMECAST_SECRET_KEYS is not set: client secrets are encrypted with a key that was made for this machine, ${file}`,
    );
  }
  return readKeyring({ MIMECAST_SECRET_KEYS_FILE: file });
}

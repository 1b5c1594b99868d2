/** The client secrets of sources: encrypted before they are stored, and masked wherever a configuration is shown. */

import { SECRET_MASK, type SourceConfig } from '../config/source-config.js';
import type { Keyring } from '../secrets/keyring.js';
import type { Collections } from '../store/collections.js';
import { RefusedError } from './errors.js';

/** The mistake of a mask where there is nothing that it could stand for. */
export const NO_SECRET_YET = `source.config.clientSecret: ${SECRET_MASK} stands for the stored secret, and there is none yet`;

export interface SealedConfig {
  /** With the secret masked. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Encrypted; absent when the stored one is kept. */
  readonly secret?: string;
}

/** @throws RefusedError when there is no key to encrypt with. */
export async function seal(config: SourceConfig, keyring: Keyring | undefined): Promise<SealedConfig> {
  const { clientSecret } = config;
  const masked = { ...config, clientSecret: SECRET_MASK };
  if (clientSecret === SECRET_MASK) return { config: masked };
  if (keyring === undefined) {
    throw new RefusedError(
      'MIMECAST_SECRET_KEYS is not set, so the client secret cannot be encrypted: ' +
        '"npm run starter -- secret-key" makes a key; give the same one to all programs',
    );
  }
  return { config: masked, secret: await keyring.encrypt(clientSecret) };
}

/**
 * Encrypts what is not, or not with the first key: sources saved before there was encryption, or before the keys were
 * replaced. Harmless beside others that do the same, and beside an update.
 */
export async function sealStored({ sources }: Collections, keyring: Keyring): Promise<void> {
  const prefix = new RegExp(`^${keyring.currentPrefix.replace('.', '[.]')}`);
  for await (const { _id, version, config, secret } of sources.find({ secret: { $not: prefix } })) {
    const { clientSecret } = config;
    const plain = secret === undefined ? String(clientSecret) : await keyring.decrypt(secret);
    const sealed = { secret: await keyring.encrypt(plain), 'config.clientSecret': SECRET_MASK };
    await sources.updateOne({ _id, version }, { $set: sealed });
  }
}

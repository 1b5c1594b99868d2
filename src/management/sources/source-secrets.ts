/** The secrets of sources: encrypted before they are stored, and masked wherever a configuration is shown. */

import { exportSecretOf, hasExportSecret, secretOf, secretPath, withoutSecrets } from '../../config/config-secrets.js';
import { SECRET_PLACEHOLDER, type SourceConfig } from '../../config/source-config.js';
import { type Keyring, SecretError } from '../../secrets/keyring.js';
import type { Collections } from '../../store/collections.js';
import { type SecretChange, sealSource, unsealedSources } from '../../store/sources.js';
import { RefusedError } from '../common/errors.js';

/** The mistake of a mask where there is nothing that it could stand for. */
export function noSecretYet(config: SourceConfig, path = secretPath(config)): string {
  return `source.config.${path}: ${SECRET_PLACEHOLDER} means the stored secret, and there is none yet`;
}

export interface SealedConfig {
  /** With the secret masked. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Encrypted; absent where the stored one is kept, or there is none. */
  readonly secrets: SecretChange;
}

/** @throws RefusedError when there is no key to encrypt with. */
export async function seal(config: SourceConfig, keyring: Keyring | undefined): Promise<SealedConfig> {
  const masked = withoutSecrets(config);
  const given = { secret: secretOf(config), exportSecret: exportSecretOf(config) };
  const dropped = hasExportSecret(config) ? {} : { exportSecret: null };
  const plain = Object.entries(given).flatMap(([name, text]) => (text === undefined ? [] : [{ name, text }]));
  if (plain.length === 0) return { config: masked, secrets: dropped };
  if (keyring === undefined) {
    throw new RefusedError(
      'MIMECAST_SECRET_KEYS is not set, so the secret cannot be encrypted: set it to the keys of the workers ' +
        '(create the first one with "npm run starter -- secret-key")',
    );
  }
  const sealed = await Promise.all(plain.map(async ({ name, text }) => [name, await keyring.encrypt(text)]));
  return { config: masked, secrets: { ...dropped, ...Object.fromEntries(sealed) } };
}

export interface SealingOptions {
  /** Also what was encrypted with another key than the first. */
  readonly rotating: boolean;
  /** Hears of a source whose secret cannot be had; the others go on. */
  readonly onError: (error: unknown) => void;
}

/**
 * Encrypts what is not: sources saved before there was encryption; and, after the keys were replaced, again with the first
 * one. Harmless beside others that do the same, and beside an update.
 */
export async function sealStored(
  collections: Collections,
  keyring: Keyring,
  { rotating, onError }: SealingOptions,
): Promise<void> {
  for await (const source of unsealedSources(collections, rotating ? keyring.currentPrefix : undefined)) {
    const { _id, config, secret, exportSecret } = source;
    const { clientSecret } = config;
    const plain = typeof clientSecret === 'string' && clientSecret !== SECRET_PLACEHOLDER ? clientSecret : undefined;
    try {
      const secrets = {
        ...(secret === undefined ? {} : { secret: await keyring.renewed(secret) }),
        ...(secret === undefined && plain !== undefined ? { secret: await keyring.encrypt(plain) } : {}),
        ...(exportSecret === undefined ? {} : { exportSecret: await keyring.renewed(exportSecret) }),
      };
      await sealSource(collections, source, secrets, SECRET_PLACEHOLDER);
    } catch (error) {
      if (!(error instanceof SecretError)) throw error;
      onError(new SecretError(`Source ${_id}: ${error.message}`));
    }
  }
}

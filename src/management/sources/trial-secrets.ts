/** The secrets with which a configuration is tried out: those in it, or the stored ones that its masks stand for. */

import {
  EXPORT_SECRET_PATH,
  exportSecretOf,
  hasExportSecret,
  secretOf,
  secretPath,
} from '../../config/config-secrets.js';
import { queueSettingsOf, queueUrlIn, SECRET_PLACEHOLDER, type SourceConfig } from '../../config/source-config.js';
import { isAwsHost } from '../../domain/hosts/aws-hosts.js';
import { isObject } from '../../domain/json.js';
import { type Keyring, SecretError } from '../../secrets/keyring.js';
import type { SourceDocument } from '../../store/sources.js';
import { noSecretYet } from './source-secrets.js';

/** `value` is `undefined` where the configuration has none: the credentials are those of the workers. */
export type FoundSecret = { readonly value: string | undefined } | { readonly mistake: string };

type Stored = Pick<SourceDocument, 'config' | 'secret' | 'exportSecret'> | null;

/** Of the source's own connection. A stored secret stands for the mask only where it is sent already: everybody else has to know it. */
export async function trialSecret(
  keyring: Keyring | undefined,
  config: SourceConfig,
  stored: Stored,
): Promise<FoundSecret> {
  const path = secretPath(config);
  const given = secretOf(config);
  if (path === undefined || given !== undefined) return { value: given };
  if (stored?.secret === undefined) return { mistake: noSecretYet(config) };
  if (!isOfSameKey(stored.config, config)) {
    const other =
      path === 'clientSecret'
        ? 'baseUrl or clientID'
        : 'endpoint, stsEndpoint or accessKeyId, or goes to another queue';
    return { mistake: secretOfAnother(path, other) };
  }
  return decrypted(keyring, path, stored.secret);
}

/** The same of the bucket of its export. */
export async function trialExportSecret(
  keyring: Keyring | undefined,
  config: SourceConfig,
  stored: Stored,
): Promise<FoundSecret> {
  const given = exportSecretOf(config);
  if (!hasExportSecret(config) || given !== undefined) return { value: given };
  if (stored?.exportSecret === undefined) return { mistake: noSecretYet(config, EXPORT_SECRET_PATH) };
  if (!isKeyOf(stored.config.export, config.export)) {
    return { mistake: secretOfAnother(EXPORT_SECRET_PATH, 'endpoint, stsEndpoint or accessKeyId') };
  }
  return decrypted(keyring, EXPORT_SECRET_PATH, stored.exportSecret);
}

async function decrypted(keyring: Keyring | undefined, path: string, sealed: string): Promise<FoundSecret> {
  try {
    return keyring === undefined ? { mistake: noKeys(path) } : { value: await keyring.decrypt(sealed) };
  } catch (error) {
    if (!(error instanceof SecretError)) throw error;
    return { mistake: `source.config.${path}: ${error.message}` };
  }
}

function isOfSameKey(
  stored: Readonly<Record<string, unknown>>,
  { collectionMethod, s3, baseUrl, clientID }: SourceConfig,
): boolean {
  if (collectionMethod !== 's3') return stored.baseUrl === baseUrl && stored.clientID === clientID;
  return isKeyOf(stored.s3, s3) && isOfSameQueue(stored.s3, s3);
}

function isKeyOf(stored: unknown, wanted: SourceConfig['s3'] | SourceConfig['export']): boolean {
  const keys = ['endpoint', 'accessKeyId', 'stsEndpoint'] as const;
  return isObject(stored) && keys.every((key) => stored[key] === wanted?.[key]);
}

/** A session token goes to the host of the queue, too, which is AWS's or the one that has it already. */
function isOfSameQueue(stored: unknown, s3: SourceConfig['s3']): boolean {
  const url = s3 === undefined ? undefined : queueSettingsOf(s3)?.url;
  if (url === undefined) return true;
  const { origin, hostname } = new URL(url);
  const known = queueUrlIn(stored)?.url;
  return isAwsHost(hostname) || (typeof known === 'string' && URL.parse(known)?.origin === origin);
}

const secretOfAnother = (path: string, other: string) =>
  `source.config.${path}: ${SECRET_PLACEHOLDER} means the stored secret, which belongs to another ${other}: enter the secret itself`;
const noKeys = (path: string) =>
  `source.config.${path}: the stored one cannot be read, since MIMECAST_SECRET_KEYS is not set`;

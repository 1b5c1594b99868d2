/** The secrets of a configuration: of its application, or of its bucket. They are stored apart from it, as one text. */

import { isObject, parseJson } from '../domain/json.js';
import { present } from '../domain/present.js';
import { SECRET_PLACEHOLDER, type SourceConfig } from './source-schema.js';

/** Of a key of a bucket, what is secret. */
export interface BucketSecrets {
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Where the secret stands; `undefined` when the configuration has none, as with the credentials of the machine. */
export function secretPath({ s3, collectionMethod }: SourceConfig): string | undefined {
  if (collectionMethod !== 's3') return 'clientSecret';
  return s3?.secretAccessKey === undefined ? undefined : 's3.secretAccessKey';
}

/** The text to encrypt; `undefined` when there is none, or the stored one is meant. */
export function secretOf({ s3, clientSecret, collectionMethod }: SourceConfig): string | undefined {
  if (collectionMethod !== 's3') return clientSecret === SECRET_PLACEHOLDER ? undefined : clientSecret;
  return bucketSecretOf(s3 ?? {});
}

/** The same of the bucket that it exports to: its secret is stored apart from the other one, since either may be replaced alone. */
export function exportSecretOf({ export: toBucket }: SourceConfig): string | undefined {
  return toBucket === undefined ? undefined : bucketSecretOf(toBucket);
}

/** Where the secret of an export stands. */
export const EXPORT_SECRET_PATH = 'export.secretAccessKey';

export function hasExportSecret({ export: toBucket }: SourceConfig): boolean {
  return toBucket?.secretAccessKey !== undefined;
}

/** The same of any bucket. */
export function bucketSecretOf({ secretAccessKey, sessionToken }: Partial<BucketSecrets>): string | undefined {
  if (secretAccessKey === undefined || secretAccessKey === SECRET_PLACEHOLDER) return undefined;
  return JSON.stringify({ secretAccessKey, ...present({ sessionToken }) });
}

/** The inverse of these two for a bucket. */
export function bucketSecretsIn(secret: string): BucketSecrets {
  const parsed = parseJson(secret);
  const { secretAccessKey, sessionToken } = isObject(parsed) ? parsed : {};
  if (typeof secretAccessKey !== 'string') throw new Error('The stored secret is not one of a bucket');
  return { secretAccessKey, ...(typeof sessionToken === 'string' ? { sessionToken } : {}) };
}

/** A configuration as it is stored and shown: its secrets masked, and without what has no meaning for its method. */
export function withoutSecrets(
  config: SourceConfig,
  mask = SECRET_PLACEHOLDER,
  exportMask = SECRET_PLACEHOLDER,
): Readonly<Record<string, unknown>> {
  const toBucket = config.export === undefined ? {} : { export: masked(config.export, exportMask) };
  if (config.collectionMethod !== 's3') return { ...config, clientSecret: mask, ...toBucket };
  const { baseUrl: _baseUrl, backfill: _backfill, lag: _lag, overlap: _overlap, s3 = {}, ...rest } = config;
  return { ...rest, s3: masked(s3, mask), ...toBucket };
}

function masked(bucket: Readonly<Record<string, unknown>>, mask: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(bucket).map(([key, value]) => [key, SECRETS.has(key) ? mask : value]));
}

const SECRETS: ReadonlySet<string> = new Set(['secretAccessKey', 'sessionToken']);

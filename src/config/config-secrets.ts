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
  const { secretAccessKey, sessionToken } = s3 ?? {};
  if (secretAccessKey === undefined || secretAccessKey === SECRET_PLACEHOLDER) return undefined;
  return JSON.stringify({ secretAccessKey, ...present({ sessionToken }) });
}

/** The inverse of `secretOf` for a bucket. */
export function bucketSecretsIn(secret: string): BucketSecrets {
  const parsed = parseJson(secret);
  const { secretAccessKey, sessionToken } = isObject(parsed) ? parsed : {};
  if (typeof secretAccessKey !== 'string') throw new Error('The stored secret is not one of a bucket');
  return { secretAccessKey, ...(typeof sessionToken === 'string' ? { sessionToken } : {}) };
}

/** A configuration as it is stored and shown: its secrets masked, and without what has no meaning for its method. */
export function withoutSecrets(config: SourceConfig, mask = SECRET_PLACEHOLDER): Readonly<Record<string, unknown>> {
  if (config.collectionMethod !== 's3') return { ...config, clientSecret: mask };
  const { baseUrl: _baseUrl, backfill: _backfill, lag: _lag, overlap: _overlap, s3, ...rest } = config;
  const hidden = Object.entries(s3 ?? {}).map(([key, value]) => [key, SECRETS.has(key) ? mask : value]);
  return { ...rest, s3: Object.fromEntries(hidden) };
}

const SECRETS: ReadonlySet<string> = new Set(['secretAccessKey', 'sessionToken']);

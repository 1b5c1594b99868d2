/** Tries out a configuration that is not saved: every mistake in it, and then its connections. */

import { bucketSecretsIn } from '../../config/config-secrets.js';
import {
  prefixesOf,
  queueSettingsOf,
  readPrefixesOf,
  type SourceConfig,
  WHOLE_BUCKET,
} from '../../config/source-config.js';
import { present } from '../../domain/present.js';
import { DatedPrefix } from '../../domain/streams/dated-prefix.js';
import { streamsOf } from '../../domain/streams/streams.js';
import { bucketOptionsOf } from '../../s3/bucket-settings.js';
import { storedSource } from '../../store/sources.js';
import { RefusedError } from '../common/errors.js';
import { type ConnectionResult, testBucket, testConnection, testExport } from './connection-test.js';
import type { SourceEditor, SourceEditorOptions } from './source-editor.js';
import { trialExportSecret, trialSecret } from './trial-secrets.js';

export interface TrialAccess extends Pick<SourceEditorOptions, 'collections' | 'allowInsecure' | 'keyring'> {
  readonly editor: SourceEditor;
}

export interface TrialRequest {
  readonly collectorId: number;
  /** Of the source that the configuration is to replace. */
  readonly id: number | undefined;
  readonly file: unknown;
}

export interface SourceTrial {
  readonly valid: boolean;
  readonly mistakes: readonly string[];
  /** Each is absent of a configuration that is invalid, and where the credentials are those of the workers. */
  readonly connection?: ConnectionResult;
  readonly export?: ConnectionResult;
}

export async function tryOut(access: TrialAccess, { collectorId, id, file }: TrialRequest): Promise<SourceTrial> {
  const { collections, editor, allowInsecure, keyring } = access;
  try {
    const config = editor.parse(file);
    const { name } = config;
    const holder = await storedSource(collections, { collectorId, name });
    const stored = id === undefined ? null : await storedSource(collections, { _id: id, collectorId });
    const secret = await trialSecret(keyring, config, stored);
    const exportSecret = await trialExportSecret(keyring, config, stored);
    const mistakes = [
      ...(holder === null || holder._id === id
        ? []
        : [`source.config.name: "${name}" is already the name of source ${holder._id}`]),
      ...('mistake' in secret ? [secret.mistake] : []),
      ...('mistake' in exportSecret ? [exportSecret.mistake] : []),
    ];
    if (mistakes.length > 0 || 'mistake' in secret || 'mistake' in exportSecret) return { valid: false, mistakes };
    const [connection, toBucket] = await Promise.all([
      connectionOf(config, secret.value, allowInsecure),
      exportConnectionOf(config, exportSecret.value, allowInsecure),
    ]);
    return { valid: true, mistakes, ...present({ connection, export: toBucket }) };
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return { valid: false, mistakes: error.mistakes.length > 0 ? error.mistakes : [error.message] };
  }
}

/** Without a secret, the credentials are those of the workers, and cannot be tried here. */
async function connectionOf(
  { collectionMethod, s3, baseUrl, clientID = '', dataCollection, siemTypes }: SourceConfig,
  secret: string | undefined,
  allowInsecure: boolean,
): Promise<ConnectionResult | undefined> {
  if (secret === undefined) return undefined;
  if (collectionMethod !== 's3' || s3 === undefined) {
    return testConnection({ baseUrl, clientId: clientID, clientSecret: secret, allowInsecure });
  }
  const { prefix, prefixes } = s3;
  const [first = ''] = readPrefixesOf(streamsOf(dataCollection, siemTypes), present({ prefix, prefixes })).values();
  const options = bucketOptionsOf(s3, async () => bucketSecretsIn(secret));
  const queue = queueSettingsOf(s3)?.url;
  return testBucket({ ...options, allowInsecure }, new DatedPrefix(first).head, { queue });
}

/** The same, of the bucket that it exports to. */
async function exportConnectionOf(
  { export: toBucket, dataCollection, siemTypes }: SourceConfig,
  secret: string | undefined,
  allowInsecure: boolean,
): Promise<ConnectionResult | undefined> {
  if (toBucket === undefined || secret === undefined) return undefined;
  const { prefix = '' } = toBucket;
  const [folder = ''] = prefixesOf(streamsOf(dataCollection, siemTypes)).values();
  const options = bucketOptionsOf(toBucket, async () => bucketSecretsIn(secret));
  const key = `${prefix === WHOLE_BUCKET ? '' : prefix}${folder}connection-test.json.gz`;
  return testExport({ ...options, allowInsecure }, key);
}

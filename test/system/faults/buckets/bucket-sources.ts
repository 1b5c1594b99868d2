/** The sources of a run with buckets: three that read them in different ways, and one that exports. */

import { DATA_COLLECTIONS } from '../../../../src/domain/streams/streams.js';
import { S3_KEYS, S3_REGION } from '../../../support/s3-server.js';
import type { FaultStack } from '../fault-stack.js';
import type { BucketServers } from './bucket-servers.js';
import { WRITTEN_SIEM_TYPES } from './writer.js';

/**
 * `compares`: reads a bucket by comparing alone. `queued`: reads the same bucket, by notifications. `exports`: reads the API, and
 * exports to another bucket. `returns`: reads that bucket.
 */
export const SOURCES = ['compares', 'queued', 'exports', 'returns'] as const;
export type SourceName = (typeof SOURCES)[number];

/** The least that a configuration takes: what was not announced is found so late. */
const COMPARE_EVERY = '1m';
const WRITTEN = { dataCollection: ['siem', 'auditEvent'], siemTypes: WRITTEN_SIEM_TYPES };
const EVERYTHING = { dataCollection: DATA_COLLECTIONS };

export function sourceFiles(
  { apiUrl }: Pick<FaultStack, 'apiUrl'>,
  { endpoint, queueUrl, logs, exported }: BucketServers,
  application: { readonly clientId: string; readonly clientSecret: string },
): Readonly<Record<SourceName, object>> {
  const store = { region: S3_REGION, endpoint };
  const read = (name: SourceName, what: object, s3: object) =>
    file({ name, ...what, collectionMethod: 's3', s3: { ...store, ...S3_KEYS.reader, ...s3 } });
  const queue = { url: queueUrl, compareEvery: COMPARE_EVERY };
  return {
    compares: read('compares', WRITTEN, { bucket: logs.name }),
    queued: read('queued', WRITTEN, { bucket: logs.name, queue }),
    exports: file({
      ...{ name: 'exports', ...EVERYTHING, baseUrl: apiUrl, backfill: '24h' },
      ...{ clientID: application.clientId, clientSecret: application.clientSecret },
      export: { ...store, ...S3_KEYS.writer, bucket: exported.name, interval: '1s' },
    }),
    returns: read('returns', EVERYTHING, { bucket: exported.name }),
  };
}

function file(config: object): object {
  const schemaRef = { type: 'Mimecast' };
  const source = { config: { pollInterval: '2s', ...config }, schemaRef, sourceType: 'Universal' };
  return { 'api.version': 'v1', source };
}

import { expect, test } from 'vitest';
import { ParsedConfigs } from '../../src/ingest/source/parsed-configs.js';

const BUCKET = { bucket: 'logs', region: 'eu-west-1' };
const KEYS = { accessKeyId: 'AKIA', secretAccessKey: '********' };

test.each([
  ['a bucket that is read with a role, and an export with keys', { s3: BUCKET, export: { ...BUCKET, ...KEYS } }],
  ['a bucket that is read with keys, and an export with a role', { s3: { ...BUCKET, ...KEYS }, export: BUCKET }],
])('stored secrets stand for their masks: %s', (_, buckets) => {
  const named = { ...buckets, export: { ...buckets.export, bucket: 'exported' } };
  const config = { name: 'a', dataCollection: 'siem', collectionMethod: 's3', ...named };
  const secret = 'secretAccessKey' in buckets.export ? { exportSecret: 'sealed' } : { secret: 'sealed' };
  const stored = { _id: 1, version: 1, config, ...secret } as Parameters<ParsedConfigs['of']>[0];
  expect(new ParsedConfigs(true).of(stored).config.export?.bucket).toBe('exported');
});

/** Objects of mixed records that begin with many that are nobody's: each of those is kept. */

import { expect, test } from 'vitest';
import { bucketSource, ndjson, siemRecord } from '../../support/bucket-source.js';
import { collectionsIn } from '../../support/raw-collections.js';
import { s3Server } from '../../support/s3-server.js';
import { testDatabase } from '../../support/test-database.js';

const server = s3Server();
const collections = collectionsIn(testDatabase().db);
const UNKNOWN = Array.from({ length: 1_500 }, (_, number) => ({ type: 'something new', number }));

test.each<[string, readonly object[]]>([
  ['records of another stream follow', [...UNKNOWN, siemRecord(1, 'av')]],
  ['records of the stream that keeps them follow', [...UNKNOWN, siemRecord(1)]],
  ['records of another stream come first', [siemRecord(1, 'av'), ...UNKNOWN]],
])('%s', async (_, records) => {
  const bucket = await server.newBucket();
  await bucket.put('all', ndjson(records));
  const source = await bucketSource(collections, {
    endpoint: server.endpoint,
    bucket: bucket.name,
    s3: { prefix: '/' },
  });
  await source.collect('receipt');
  await source.collect('av');
  expect(await source.quarantined()).toHaveLength(UNKNOWN.length);
  const stored = [...(await source.stored('receipt')), ...(await source.stored('av'))];
  expect(stored).toEqual([expect.objectContaining({ aggregateId: 'a1' })]);
});

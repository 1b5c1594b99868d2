/** A store may list in the order of bytes or in one of its own: both are collected from by the same code. */

import { describe, expect, test } from 'vitest';
import { bucketSource, ndjson, siemRecord, siemRecords } from '../../support/bucket-source.js';
import { motoServer } from '../../support/moto-server.js';
import { collectionsIn } from '../../support/raw-collections.js';
import { s3Server } from '../../support/s3-server.js';
import { testDatabase } from '../../support/test-database.js';

const collections = collectionsIn(testDatabase().db);

/** In the order of bytes. */
const KEYS = ['receipt/a b+c.json', 'receipt/a/Z.json', 'receipt/a/z.json', 'receipt/ab', 'receipt/é'];
const LATE = ['receipt/a b', 'receipt/a/', 'receipt/a/A.json'];

describe.each([
  ['moto, in the order of bytes', motoServer(), true],
  ['SeaweedFS, in an order of its own', s3Server(), false],
])('%s', (_, server, isByteOrder) => {
  test('keys are read once each, late ones too, whatever the order of the listing', async () => {
    const bucket = await server.newBucket();
    for (const [at, key] of KEYS.toReversed().entries()) await bucket.put(key, ndjson([siemRecord(at + 1)]));
    expect(isSorted(await bucket.keys())).toBe(isByteOrder);
    const source = await bucketSource(collections, { endpoint: server.endpoint, bucket: bucket.name });
    expect(await source.collect('receipt')).toMatchObject({ result: 'caughtUp', files: 5, counts: { stored: 5 } });
    for (const [at, key] of LATE.entries()) {
      await bucket.put(key, key.endsWith('/') ? '' : ndjson([siemRecord(at + 6)]));
    }
    expect(await source.collect('receipt')).toMatchObject({
      files: 2,
      counts: { stored: 2, duplicates: 0 },
      position: '7 objects read, 1 empty',
    });
    expect(await source.collect('receipt')).toMatchObject({ files: 0 });
    expect(await source.stored('receipt')).toEqual([...siemRecords(1, 6), siemRecord(8)]);
  });
});

function isSorted(keys: readonly string[]): boolean {
  return keys.every((key, at) => at === 0 || Buffer.compare(Buffer.from(keys[at - 1] ?? ''), Buffer.from(key)) < 0);
}

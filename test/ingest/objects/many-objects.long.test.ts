/** Thousands of objects on a real server, whose listing is in no order of bytes: read once, kept in short, and compared exactly. */

import { expect, test } from 'vitest';
import { bucketSource, ndjson, siemRecords } from '../../support/bucket-source.js';
import { collectionsIn, raw } from '../../support/raw-collections.js';
import { s3Server } from '../../support/s3-server.js';
import { testDatabase } from '../../support/test-database.js';

const server = s3Server();
const collections = collectionsIn(testDatabase().db);

const OBJECTS = 1_500;
const AT_ONCE = 50;

test('late keys, new versions and vanished objects are found among thousands that are folded', async () => {
  const bucket = await server.newBucket();
  const names = ['a b', 'a', 'A', 'é', 'z+'];
  const keyOf = (at: number) => `receipt/${at % 7}/${names[at % names.length]}/${at}`;
  const put = (key: string, record: number) => bucket.put(key, ndjson(siemRecords(record, record)));
  for (let at = 0; at < OBJECTS; at += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => put(keyOf(at + n), at + n)));
  }
  const foldPolicy = { afterMs: -86_400_000, atLeast: 100, together: 1_000 };
  const options = { endpoint: server.endpoint, bucket: bucket.name, foldPolicy, sliceMs: 1_000 };
  const source = await bucketSource(collections, options);
  const collect = async () => {
    let [files, stored] = [0, 0];
    for (;;) {
      const outcome = await source.collect('receipt');
      files += outcome.files;
      stored += outcome.counts.stored;
      if (outcome.result !== 'more') return { files, stored, position: outcome.position };
    }
  };
  expect(await collect()).toEqual({ files: OBJECTS, stored: OBJECTS, position: `${OBJECTS} objects read` });
  await collect();
  expect(await raw(collections).objects.countDocuments({ sourceId: source.id })).toBe(0);
  const folded = await raw(collections).folded.find({ sourceId: source.id }).toArray();
  expect(folded.reduce((sum, { count }) => sum + count, 0)).toBe(OBJECTS);

  for (const at of [3, 900, 1_400]) await put(keyOf(at), OBJECTS + at);
  for (const at of [5, 1_300]) await put(`${keyOf(at)}-late`, OBJECTS + at);
  for (const at of [7, 1_222]) await bucket.remove(keyOf(at));
  expect(await collect()).toEqual({ files: 5, stored: 5, position: `${OBJECTS} objects read` });
  expect(await collect()).toMatchObject({ files: 0, stored: 0 });
});

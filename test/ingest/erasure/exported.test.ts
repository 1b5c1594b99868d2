/** Exported objects that hold what was erased are named, by the keys that they have in the bucket. */

import { expect, test } from 'vitest';
import { Erasures } from '../../../src/management/erasure/erasures.js';
import { ndjson, siemRecord } from '../../support/bucket-source.js';
import { exportingSource } from '../../support/exporting-source.js';
import { collectionsIn } from '../../support/raw-collections.js';
import { s3Server } from '../../support/s3-server.js';
import { temporalConnection } from '../../support/temporal-connection.js';
import { testDatabase } from '../../support/test-database.js';

const server = s3Server();
const collections = collectionsIn(testDatabase().db);
const { client } = temporalConnection();
const erasures = new Erasures({ collections, client });

test('of two objects the one with the person is named', async () => {
  await collections.ensureIndexes();
  const bucket = await server.newBucket();
  const source = await exportingSource(collections, {
    ...{ endpoint: server.endpoint, bucket: bucket.name, export: { prefix: 'out/' } },
  });
  await source.slice();
  await source.store([ndjson([{ ...siemRecord(1), recipients: 'bob@example.com' }]).trimEnd()]);
  await source.slice();
  const [named] = [...(await bucket.objects()).keys()];
  await source.store([ndjson([{ ...siemRecord(2), recipients: 'eve@example.com' }]).trimEnd()]);
  await source.slice();
  expect((await bucket.objects()).size).toBe(2);

  const { id } = await erasures.preview({ addresses: ['bob@example.com'], reason: 'request 1' });
  await source.run(({ erase }) => erase(id));
  await erasures.confirm(id);
  await source.run(({ erase }) => erase(id));
  expect(await erasures.get(id)).toMatchObject({ state: 'Completed', exported: [`s3://${bucket.name}/${named}`] });
});

/** A server of a new version, whose indexes MongoDB is still building. */

import { expect, test } from 'vitest';
import { insertRecords } from '../../src/store/records.js';
import { apiServer } from '../support/api-server.js';
import { collectionsIn } from '../support/raw-collections.js';
import { storedDocument } from '../support/search-records.js';
import { temporalConnection } from '../support/temporal-connection.js';
import { testDatabase } from '../support/test-database.js';

const collections = collectionsIn(testDatabase().db);
const { client } = temporalConnection();
const { api } = apiServer({ collections, client: () => client });

test('a search that needs an index which is not there yet is answered 503, and later found', async () => {
  await insertRecords(collections, 'receipt', [storedDocument('receipt', { subject: 'a' }, 1, new Date())]);
  const search = () => api('POST', 'v1/search', { body: { query: '*' } });
  const early = await search();
  expect([early.status, early.headers.get('retry-after')]).toEqual([503, '5']);
  expect(early.json.message).toMatch(/indexes of the records are still being built/);
  await collections.ensureIndexes();
  expect((await search()).status).toBe(200);
});

/** Answers that go on for long end with the right to them, and with the server. */

import { beforeAll, expect, test } from 'vitest';
import { ApiKeyService } from '../../src/management/keys/api-key-service.js';
import { insertRecords } from '../../src/store/records.js';
import { apiServer, basic } from '../support/api-server.js';
import { collectionsIn } from '../support/raw-collections.js';
import { storedDocument } from '../support/search-records.js';
import { numbers } from '../support/store-fixtures.js';
import { temporalConnection } from '../support/temporal-connection.js';
import { testDatabase } from '../support/test-database.js';

const collections = collectionsIn(testDatabase().db);
const { client } = temporalConnection();
const { api, get } = apiServer({ collections, client: () => client, recheckMs: 50 });

const PATHS = [
  ['GET', 'events'],
  ['POST', 'search/follow'],
  ['POST', 'search/export'],
  ['GET', 'search/export'],
] as const;

beforeAll(async () => {
  await collections.ensureIndexes();
  // More than the buffers between server and reader hold.
  const subject = 'x'.repeat(400_000);
  const documents = numbers(100).map((n) => storedDocument('spam', { n, subject }, 1, new Date(n)));
  await insertRecords(collections, 'spam', documents);
});

async function opened(method: string, path: string, key: { readonly accessId: string; readonly accessKey: string }) {
  const headers = { 'content-type': 'application/json', authorization: basic(key.accessId, key.accessKey) };
  const init = method === 'POST' ? { method, headers, body: '{}' } : { method, headers };
  const response = await fetch(`${get().url}/api/v1/${path}`, init);
  expect(response.status).toBe(200);
  return response;
}

/** Nobody reads before; else an export would just be complete. */
const isCut = (response: Response) =>
  response.text().then(
    () => response.headers.get('content-type')?.startsWith('text/event-stream') === true,
    () => true,
  );

test.each(PATHS)('%s %s ends when its key is deleted', async (method, path) => {
  const key = await new ApiKeyService(collections).create({ role: 'viewer' });
  const response = await opened(method, path, key);
  expect((await api('DELETE', `v1/accessKeys/${key.accessId}`)).status).toBe(204);
  if (path.endsWith('export')) await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await isCut(response)).toBe(true);
});

test('all end with the server', async () => {
  const responses = await Promise.all(PATHS.map(([method, path]) => opened(method, path, get().viewer)));
  await get().app.close();
  expect(await Promise.all(responses.map(isCut))).toEqual([true, true, true, true]);
});

/** Answers that go on for long end with the right to them, and with the server. */

import { beforeAll, describe, expect, test } from 'vitest';
import { ApiKeyService, type NewKey } from '../../src/management/keys/api-key-service.js';
import { insertRecords } from '../../src/store/records.js';
import { type ApiServer, apiServer, basic } from '../support/api-server.js';
import { collectionsIn } from '../support/raw-collections.js';
import { storedDocument } from '../support/search-records.js';
import { numbers } from '../support/store-fixtures.js';
import { temporalConnection } from '../support/temporal-connection.js';
import { testDatabase } from '../support/test-database.js';

const { db } = testDatabase();
const collections = collectionsIn(db);
const { client } = temporalConnection();
const { get } = apiServer({ collections, client: () => client, recheckMs: 50 });
/** What ends here does so without a recheck. */
const { api, get: unchecked } = apiServer({ collections, client: () => client, recheckMs: 3_600_000 });

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

type Credentials = Readonly<Record<string, string>>;

async function opened({ url }: ApiServer, method: string, path: string, credentials: Credentials) {
  const headers = { 'content-type': 'application/json', ...credentials };
  const init = method === 'POST' ? { method, headers, body: '{}' } : { method, headers };
  const response = await fetch(`${url}/api/v1/${path}`, init);
  expect(response.status).toBe(200);
  return response;
}

const byKey = ({ accessId, accessKey }: NewKey) => ({ authorization: basic(accessId, accessKey) });

async function bySession({ url }: ApiServer, { accessId, accessKey }: NewKey): Promise<Credentials> {
  const response = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ accessId, accessKey }),
  });
  const { csrfToken } = (await response.json()) as { csrfToken: string };
  return { cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '', 'x-csrf-token': csrfToken };
}

const newKey = () => new ApiKeyService(collections).create({ role: 'viewer' });

const signOut = ({ url }: ApiServer, headers: Credentials) =>
  fetch(`${url}/api/v1/session`, { method: 'DELETE', headers });

/** Nobody reads before; else an export would just be complete. */
const isCut = (response: Response) =>
  response.text().then(
    () => response.headers.get('content-type')?.startsWith('text/event-stream') === true,
    () => true,
  );

describe.each(PATHS)('%s %s ends at once', (method, path) => {
  test('when its key is deleted', async () => {
    const key = await newKey();
    const response = await opened(unchecked(), method, path, byKey(key));
    expect((await api('DELETE', `v1/accessKeys/${key.accessId}`)).status).toBe(204);
    expect(await isCut(response)).toBe(true);
  });

  test('when the key is deleted that its session was made from', async () => {
    const key = await newKey();
    const response = await opened(unchecked(), method, path, await bySession(unchecked(), key));
    expect((await api('DELETE', `v1/accessKeys/${key.accessId}`)).status).toBe(204);
    expect(await isCut(response)).toBe(true);
  });

  test('when its session is signed out', async () => {
    const session = await bySession(unchecked(), await newKey());
    const response = await opened(unchecked(), method, path, session);
    expect((await signOut(unchecked(), session)).status).toBe(204);
    expect(await isCut(response)).toBe(true);
  });
});

test('signing out ends no answer of another session of the key', async () => {
  const key = await newKey();
  const [kept, ended] = [await bySession(unchecked(), key), await bySession(unchecked(), key)];
  const response = await opened(unchecked(), 'GET', 'events', kept);
  const other = await opened(unchecked(), 'GET', 'events', ended);
  await signOut(unchecked(), ended);
  expect(await isCut(other)).toBe(true);
  const reader = response.body?.getReader();
  expect((await reader?.read())?.done).toBe(false);
  await reader?.cancel();
});

test('an answer ends when its session expires', async () => {
  const key = await newKey();
  const session = await bySession(unchecked(), key);
  const stored = await db.collection('sessions').findOne({ accessId: key.accessId });
  const held = JSON.parse(String(stored?.session));
  expect(held.endsAt).toBeGreaterThanOrEqual(stored?.expiresAt.getTime());
  const endsAt = Date.now() + 2_000;
  const $set = { session: JSON.stringify({ ...held, endsAt }) };
  await db.collection('sessions').updateOne({ accessId: key.accessId }, { $set });
  expect(await isCut(await opened(unchecked(), 'GET', 'events', session))).toBe(true);
});

test.each<[what: string, end: (key: NewKey, session: Credentials) => Promise<unknown>]>([
  ['session', (_key, session) => signOut(unchecked(), session)],
  ['key', ({ accessId }) => new ApiKeyService(collections).remove(accessId)],
])('when another program ends the %s, the next recheck ends them', async (_what, end) => {
  const key = await newKey();
  const session = await bySession(unchecked(), key);
  const responses = await Promise.all(PATHS.map(([method, path]) => opened(get(), method, path, session)));
  await end(key, session);
  expect(await Promise.all(responses.map(isCut))).toEqual([true, true, true, true]);
});

test('all end with the server', async () => {
  const server = get();
  const responses = await Promise.all(
    PATHS.map(([method, path]) => opened(server, method, path, byKey(server.viewer))),
  );
  await server.app.close();
  expect(await Promise.all(responses.map(isCut))).toEqual([true, true, true, true]);
});

/** `/erasures`: for administrators; what is asked for is stored, and a worker does the rest. */

import { expect, test } from 'vitest';
import type { Erasure } from '../../src/domain/erasure/erasure.js';
import { apiServer } from '../support/api-server.js';
import { collectionsIn, raw } from '../support/raw-collections.js';
import { temporalConnection } from '../support/temporal-connection.js';
import { testDatabase } from '../support/test-database.js';

const { db } = testDatabase();
const collections = collectionsIn(db);
const { client } = temporalConnection();
const { api, get } = apiServer({ collections, client: () => client });

const WISH = { addresses: ['Bob@example.com', 'bob@example.com'], reason: 'request 17' };

test('one is begun, looked at, listed and canceled; the trail does not name the person', async () => {
  const begun = await api<Erasure>('POST', 'v1/erasures', { body: WISH });
  expect(begun.status).toBe(200);
  expect(begun.json).toMatchObject({ state: 'Counting', addresses: 1, reason: 'request 17', found: {}, exported: [] });
  const path = `v1/erasures/${begun.json.id}`;
  expect((await api('GET', path)).json).toMatchObject({ id: begun.json.id, state: 'Counting' });
  expect((await api('POST', `${path}/confirmation`)).json).toMatchObject({ code: 'erasure.state' });
  expect((await api('DELETE', path)).json).toMatchObject({ state: 'Canceled' });
  expect((await api('DELETE', path)).json).toMatchObject({ state: 'Canceled' });
  expect((await api('GET', 'v1/erasures')).json).toMatchObject({
    erasures: [{ id: begun.json.id, state: 'Canceled' }],
  });
  const trail = await raw(collections)
    .auditTrail.find({ action: /^erasure/ })
    .toArray();
  expect(trail.map(({ action, outcome }) => [action, outcome])).toEqual([
    ['erasure.preview', 'done'],
    ['erasure.confirm', 'failed'],
    ['erasure.cancel', 'done'],
  ]);
  expect(JSON.stringify([...trail, await db.collection('erasures').find().toArray()]).toLowerCase()).not.toContain(
    'bob@',
  );
});

test.each([
  ['POST', 'v1/erasures', WISH],
  ['GET', 'v1/erasures', undefined],
  ['GET', 'v1/erasures/1', undefined],
  ['POST', 'v1/erasures/1/confirmation', undefined],
  ['DELETE', 'v1/erasures/1', undefined],
])('%s %s is not for viewers', async (method, path, body) => {
  const { status } = await api(method, path, { key: get().viewer, ...(body === undefined ? {} : { body }) });
  expect(status).toBe(403);
});

test.each([
  [{ addresses: ['bob'], reason: 'x' }, 400, /\\"bob\\" is no e-mail address/],
  [{ addresses: [], reason: 'x' }, 400, /addresses/],
  [{ addresses: ['a@example.com'] }, 400, /reason/],
  [{ ...WISH, more: 1 }, 400, /more/],
])('%j is refused', async (body, status, message) => {
  const answer = await api('POST', 'v1/erasures', { body });
  expect(answer.status).toBe(status);
  expect(JSON.stringify(answer.json)).toMatch(message);
});

test('one that there is not is 404', async () => {
  expect((await api('GET', 'v1/erasures/4711')).status).toBe(404);
});

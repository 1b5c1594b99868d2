/** Watchlists: what only administrators see and do, and how one is changed. */

import { beforeAll, expect, test } from 'vitest';
import { storeBatch } from '../../src/ingest/slice/store-batch.js';
import { createSource } from '../../src/store/sources.js';
import { announceChange } from '../../src/store/watchlists.js';
import { apiAlone } from '../support/api-alone.js';
import { recordOf } from '../support/store-fixtures.js';

const { api, get, collections } = await apiAlone();
beforeAll(() => collections.ensureIndexes());

test('the address of a webhook may hold a secret: viewers see its host only', async () => {
  const webhook = 'http://127.0.0.1:9/hooks/secret?key=secret';
  const body = { name: 'C2', indicators: 'evil.com', webhook };
  const { status, json } = await api<{ id: string }>('POST', 'v1/watchlists', { body });
  expect({ status, json }).toMatchObject({ status: 200, json: { webhook } });
  const { viewer, admin } = get();
  for (const [key, shown] of [
    [viewer, '127.0.0.1:9'],
    [admin, webhook],
  ] as const) {
    expect((await api('GET', 'v1/watchlists', { key })).json).toMatchObject({ data: [{ webhook: shown }] });
    expect((await api('GET', `v1/watchlists/${json.id}`, { key })).json).toMatchObject({ webhook: shown });
  }
});

test('changed by its ETag: what is not given stays, null clears, and a stale tag is refused', async () => {
  const { viewer, admin } = get();
  const webhook = 'http://127.0.0.1:9/hook';
  const body = { name: 'changing', indicators: 'evil.com', origin: 'a feed', webhook };
  const created = await api<{ id: string; webhookSecret: string }>('POST', 'v1/watchlists', { body });
  const path = `v1/watchlists/${created.json.id}`;
  const read = await api('GET', path, { key: viewer });
  const etag = read.headers.get('etag') ?? '';
  expect(etag).toBe(created.headers.get('etag'));
  const patch = (change: object, tag?: string) =>
    api('PATCH', path, { body: change, ...(tag !== undefined && { headers: { 'if-match': tag } }) });

  const first = await patch({ owner: 'the SOC', indicators: 'other.com\nevil.com\njunk' }, etag);
  expect(first).toMatchObject({
    status: 200,
    json: { ...{ name: 'changing', owner: 'the SOC', origin: 'a feed', webhook, size: 2 }, notUnderstoodCount: 1 },
  });
  expect(first.json).not.toHaveProperty('webhookSecret');
  expect(await patch({ name: 'too late' }, etag)).toMatchObject({
    status: 412,
    json: { code: 'watchlist.etag.mismatch' },
  });
  const moved = await patch({ origin: null, webhook: `${webhook}/2` }, first.headers.get('etag') ?? '');
  expect(moved).toMatchObject({ status: 200, json: { webhook: `${webhook}/2`, webhookSecret: expect.any(String) } });
  expect(moved.json).not.toHaveProperty('origin');
  expect(moved.json.webhookSecret).not.toBe(created.json.webhookSecret);
  expect((await patch({ webhook: null })).json).not.toHaveProperty('webhook');
  expect((await api('GET', path)).json).toMatchObject({ indicators: ['evil.com', 'other.com'] });

  expect((await api('PATCH', path, { body: { name: 'x' }, key: viewer })).status).toBe(403);
  const trail = (await api<{ data: { action: string; actor: string; to: object }[] }>('GET', 'v1/auditTrail')).json;
  expect(trail.data.find(({ action }) => action === 'watchlist.update')).toMatchObject({
    actor: admin.accessId,
    to: { owner: 'the SOC', indicators: 2, hasWebhook: false },
  });
});

test.each<[string, object, number, string]>([
  ['nothing understood', { indicators: 'junk' }, 400, 'indicators: none was understood'],
  ['no name', { name: ' ' }, 400, 'name: must have'],
  ['no owner', { owner: ' ' }, 400, 'owner: must have'],
  ['a time that has passed', { expires: '2001-01-01T00:00:00Z' }, 400, 'must be in the future'],
  ['an address of another kind', { webhook: 'file:///etc/passwd' }, 400, 'webhook:'],
  ['the name of another', { name: 'another' }, 409, 'already a watchlist'],
  ['what cannot be changed', { createdAt: '2001-01-01T00:00:00Z' }, 400, 'createdAt'],
])('a change is refused: %s', async (name, body, status, message) => {
  if ((await api('GET', 'v1/watchlists/another')).status === 404)
    await api('POST', 'v1/watchlists', { body: { name: 'another', indicators: 'evil.com' } });
  const { json } = await api<{ id: string }>('POST', 'v1/watchlists', { body: { name, indicators: 'evil.com' } });
  const answer = await api('PATCH', `v1/watchlists/${json.id}`, { body });
  expect(answer).toMatchObject({ status, json: { message: expect.stringContaining(message) } });
});

interface Events {
  readonly data: readonly { readonly eventId: string }[];
  readonly next?: string;
}

test('hits are health events of their own: once each, of their source, and never unresolved', async () => {
  const made = await api<{ collector: { id: number } }>('POST', 'v1/collectors', {
    body: { collector: { name: 'hit' } },
  });
  const cid = made.json.collector.id;
  const [one, other] = await Promise.all(
    ['one', 'other'].map((name) => createSource(collections, cid, name, { name } as never)),
  );
  const list = await api<{ id: string }>('POST', 'v1/watchlists', { body: { name: 'hits', indicators: 'hit.com' } });
  await announceChange(collections);
  for (const _id of [one, one, other].flatMap((source) => source?._id ?? []).concat(987)) {
    const record = { ...recordOf({ n: _id, senderEnvelope: 'u@hit.com' }), _sourceId: _id, _receiptTime: new Date() };
    await storeBatch({ collections, writer: collections }, _id, 'receipt', [record], []);
  }
  const { viewer } = get();
  const of = async (path: string) => (await api<Events>('GET', `v1/${path}`, { key: viewer })).json;
  const hits = `collectors/${cid}/sources/${one?._id}/healthEvents/watchlistHits`;
  expect((await of(hits)).data).toEqual([
    expect.objectContaining({
      ...{ eventType: 'Watchlist-Hit', eventName: 'WatchlistHit', severityLevel: 'Warning' },
      details: expect.objectContaining({ indicator: 'hit.com', stream: 'receipt', sourceId: one?._id }),
      resourceIdentity: { id: list.json.id, name: 'hits', type: 'Watchlist' },
    }),
  ]);
  const first = await of('healthEvents/watchlistHits?limit=2');
  const rest = await of(`healthEvents/watchlistHits?limit=2&token=${first.next}`);
  expect(new Set([...first.data, ...rest.data].map(({ eventId }) => eventId)).size).toBe(3);
  expect(await of('healthEvents')).toEqual({ data: [] });
  expect((await api('GET', 'v1/healthEvents/watchlistHits?token=x')).status).toBe(400);
});

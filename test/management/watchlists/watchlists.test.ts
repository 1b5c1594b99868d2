/** Watchlists through the API, the command line and a worker: past, later records, webhook. */

import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { storeBatch } from '../../../src/ingest/slice/store-batch.js';
import { startWatchlist, startWatchlists } from '../../../src/management/watchlists/watchlist-workflows.js';
import { raiseHits, watchlistsToDeliver } from '../../../src/store/watchlist-hits.js';
import { insertWatchlist, unsearchedWatchlists } from '../../../src/store/watchlists.js';
import { apiServer } from '../../support/api-server.js';
import { e2eStack } from '../../support/e2e-stack.js';
import { serve } from '../../support/local-server.js';
import { runCli } from '../../support/run-cli.js';
import { recordOf } from '../../support/store-fixtures.js';
import { testKeyring } from '../../support/test-keyring.js';
import { until } from '../../support/until.js';

const { get: stack, collections } = e2eStack({ historyMs: 1, historyRate: 0, rate: 0 });
const { api, get } = apiServer({ collections, client: () => stack().client });

interface Events {
  readonly data: readonly {
    readonly eventId: string;
    readonly details: { readonly indicator: string; readonly isPast: boolean };
  }[];
}

const store = (n: number) => {
  const record = { ...recordOf({ n, senderIp: '203.0.113.7' }), _receiptTime: new Date() };
  return storeBatch({ collections, writer: collections }, 1, 'receipt', [record], []);
};
const hitsOf = async (id: string) =>
  (await api<Events>('GET', `v1/watchlists/${id}/hits`, { key: get().viewer })).json.data;

beforeAll(async () => {
  await collections.ensureIndexes();
  await stack().startWorker();
});

test('created, answered for the past, and for what comes later; listed, shown and deleted', async () => {
  await store(1);
  const body = { name: 'C2', indicators: '203[.]0[.]113[.]0/24\njunk', origin: 'a feed' };
  const created = await api<{ id: string }>('POST', 'v1/watchlists', { body });
  expect(created).toMatchObject({
    status: 200,
    json: { name: 'C2', owner: get().admin.accessId, origin: 'a feed', size: 1, notUnderstoodCount: 1 },
  });
  const { id } = created.json;
  await until(
    () => hitsOf(id),
    (hits) => hits.length === 1,
  );
  await store(2);
  expect((await hitsOf(id)).map(({ details }) => details.isPast)).toEqual([false, true]);
  await until(
    () => api('GET', 'v1/watchlists'),
    ({ json }) => (json.data as { isPastSearched: boolean }[])[0]?.isPastSearched === true,
  );
  expect((await api('GET', 'v1/watchlists/C2')).json).toMatchObject({
    id,
    hits: 2,
    indicators: ['203[.]0[.]113[.]0/24'],
  });
  expect((await api('POST', 'v1/watchlists', { body })).json).toMatchObject({
    status: 409,
    code: 'watchlist.name.taken',
  });
  const { viewer } = get();
  expect((await api('POST', 'v1/watchlists', { body, key: viewer })).status).toBe(403);
  expect((await api('DELETE', `v1/watchlists/${id}`, { key: viewer })).status).toBe(403);
  expect((await api('DELETE', `v1/watchlists/${id}`)).status).toBe(204);
  expect((await api('GET', `v1/watchlists/${id}/hits`)).json).toMatchObject({
    status: 404,
    code: 'watchlist.notfound',
  });
});

test.each<[string, object, string]>([
  ['nothing understood', { indicators: 'junk' }, 'indicators: none was understood'],
  ['too many', { indicators: Array.from({ length: 10_001 }, (_, at) => `a${at}.com`) }, 'at most 10,000 indicators'],
  [
    'too many ranges',
    { indicators: Array.from({ length: 500 }, (_, at) => `10.${at >> 1}.${at % 2}.0/25`) },
    'too many address ranges',
  ],
  [
    'too many characters',
    { indicators: Array.from({ length: 4_000 }, (_, at) => `https://a.com/${at}/${'x'.repeat(900)}`) },
    'at most 4000000 characters',
  ],
  ['a time that has passed', { indicators: 'a.com', expires: '2001-01-01T00:00:00Z' }, 'must be in the future'],
  ['no time', { indicators: 'a.com', expires: 'soon' }, 'is not a time'],
  ['an address with a password', { indicators: 'a.com', webhook: 'https://u:p@x.example/' }, 'contains credentials'],
  ['an address of another kind', { indicators: 'a.com', webhook: 'file:///etc/passwd' }, 'webhook:'],
])('refused: %s', async (_, more, message) => {
  const { status, json } = await api('POST', 'v1/watchlists', { body: { name: 'x', ...more } });
  expect({ status, json }).toMatchObject({ status: 400, json: { message: expect.stringContaining(message) } });
});

test('hits are sent to the webhook, signed, and again until they are accepted', async () => {
  const received: { readonly body: string; readonly signature: string }[] = [];
  let refusals = 2;
  const server = await serve(({ body, headers }, response) => {
    const refuse = refusals > 0;
    refusals -= 1;
    if (!refuse) received.push({ body: body.toString(), signature: String(headers['mimecast-source-signature']) });
    response.writeHead(refuse ? 400 : 200).end();
  });
  const body = { name: 'hooked', indicators: '203.0.113.7', webhook: `${server.url}/hook?token=hush` };
  const { json } = await api<{ id: string; webhookSecret: string }>('POST', 'v1/watchlists', { body });
  await until(
    () => received,
    (all) => all.length > 0,
  );
  await until(
    () => watchlistsToDeliver(collections),
    (pending) => pending.length === 0,
  );
  await store(3);
  // As the reconciler does in each of its rounds.
  await until(
    async () => {
      await startWatchlists({ client: stack().client, collections });
      return watchlistsToDeliver(collections);
    },
    (pending) => pending.length === 0,
  );
  const events = received.flatMap(({ body: sent }) => (JSON.parse(sent) as { events: Events['data'] }).events);
  expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(3);
  expect(events[0]).toMatchObject({ eventName: 'WatchlistHit', resourceIdentity: { name: 'hooked' } });
  for (const { body: sent, signature } of received) {
    const [, seconds, digest] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
    expect(createHmac('sha256', json.webhookSecret).update(`${seconds}.${sent}`).digest('hex')).toBe(digest);
  }
  expect(JSON.stringify((await api('GET', 'v1/watchlists/hooked')).json)).not.toContain(json.webhookSecret);
});

test('what is added to a list is answered for the past at once, though its webhook refuses', async () => {
  const server = await serve((_, response) => void response.writeHead(503).end());
  const body = { name: 'growing', indicators: '203.0.113.7', webhook: server.url };
  const { id } = (await api<{ id: string }>('POST', 'v1/watchlists', { body })).json;
  await until(
    () => api('GET', `v1/watchlists/${id}`),
    ({ json }) => json.webhookProblem !== undefined,
  );
  const before = (await hitsOf(id)).length;
  const indicators = '203.0.113.7\nlate.com';
  const record = { ...recordOf({ n: 77, senderEnvelope: 'u@late.com' }), _receiptTime: new Date() };
  await storeBatch({ collections, writer: collections }, 1, 'receipt', [record], []);
  expect((await api('PATCH', `v1/watchlists/${id}`, { body: { indicators } })).status).toBe(200);
  await until(
    () => hitsOf(id),
    (hits) => hits.length === before + 1,
  );
  expect((await api('DELETE', `v1/watchlists/${id}`)).status).toBe(204);
});

test('watchlist on the command line, on the store and behind a server', async () => {
  const { env, folder } = stack();
  const file = join(folder, 'list.txt');
  writeFileSync(file, 'evil.com\njunk\n203.0.113.7\n');
  const { admin, url } = get();
  const keys = { ...env, MIMECAST_ACCESS_ID: admin.accessId, MIMECAST_ACCESS_KEY: admin.accessKey };
  const created = await runCli(env, 'watchlist', 'create', 'typed', file);
  expect(created).toMatchObject({ code: 0, stdout: expect.stringContaining('with 2 indicators') });
  expect(created.stdout).toContain('Not understood, line 2: junk');
  await startWatchlists({ client: stack().client, collections });
  await until(
    () => hitsOf('typed'),
    (hits) => hits.length === 3,
  );
  expect((await runCli(env, 'watchlist', 'list')).stdout).toMatch(/typed +cli +2 +3/);
  writeFileSync(file, 'evil.com\n');
  const fewer = await runCli(env, 'watchlist', 'update', 'typed', file, '--owner', 'SOC', '--expires', '2100-01-01');
  expect(fewer).toMatchObject({ code: 0, stdout: expect.stringContaining('now with 1 indicator.') });
  expect(
    await runCli(keys, '--server', url, 'watchlist', 'update', 'typed', '--name', 'renamed', '--expires', 'never'),
  ).toMatchObject({ code: 0 });
  expect((await runCli(env, 'watchlist', 'list')).stdout).toMatch(/renamed +SOC +1 +3 +\S+ .*never/);
  const hits = await runCli(keys, '--server', url, 'watchlist', 'hits', 'renamed', '--json');
  expect(JSON.parse(hits.stdout)).toHaveLength(3);
  expect(await runCli(keys, '--server', url, 'watchlist', 'delete', 'renamed')).toMatchObject({ code: 0 });
  expect(await runCli(env, 'watchlist', 'show', 'typed')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no watchlist typed'),
  });
});

test('hits are sent while the search of the past still has trouble', async () => {
  let requests = 0;
  const server = await serve((_, response) => {
    requests += 1;
    response.writeHead(200).end();
  });
  // MongoDB refuses to look for this one.
  const indicator = { text: 'x', type: 'ip4' as const, keys: [{ $no: 1 } as unknown as string] };
  const webhook = { url: server.url, secret: await testKeyring.encrypt('hush') };
  const watchlist = await insertWatchlist(
    collections,
    { name: 'in trouble', owner: 'test', webhook, indicators: [indicator] },
    () => new Error('taken'),
  );
  const hit = { watchlistId: watchlist._id, hasWebhook: true, indicator, stream: 'receipt' as const, isPast: false };
  await raiseHits(collections, [{ ...hit, record: { ...recordOf({ n: 9 }), _sourceId: 1 } }]);
  await startWatchlist({ client: stack().client, collections }, watchlist._id);
  await until(
    () => watchlistsToDeliver(collections),
    (pending) => !pending.includes(watchlist._id),
  );
  expect(requests).toBe(1);
  expect(await unsearchedWatchlists(collections)).toContain(watchlist._id);
  expect((await api('DELETE', `v1/watchlists/${watchlist._id}`)).status).toBe(204);
});

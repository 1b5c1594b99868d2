/** Webhooks that do not answer, and their secrets. */

import { expect, test } from 'vitest';
import { deliverHits } from '../../../src/ingest/watchlists/deliver.js';
import { WatchlistService } from '../../../src/management/watchlists/watchlist-service.js';
import { sealWebhooks } from '../../../src/management/watchlists/webhook-secrets.js';
import { Keyring } from '../../../src/secrets/keyring.js';
import { raiseHits, watchlistsToDeliver } from '../../../src/store/watchlist-hits.js';
import { storedWatchlist } from '../../../src/store/watchlists.js';
import { serve } from '../../support/local-server.js';
import { collectionsIn } from '../../support/raw-collections.js';
import { recordOf } from '../../support/store-fixtures.js';
import { testDatabase } from '../../support/test-database.js';
import { TEST_KEYS, testKeyring } from '../../support/test-keyring.js';

const { db } = testDatabase();
const collections = collectionsIn(db);
const hits = db.collection('watchlist_hits');
const dependencies = { collections, keyring: testKeyring, allowInsecure: true };
const service = new WatchlistService(dependencies);
const { signal } = new AbortController();

const raise = async (watchlistId: string, n: number) => {
  const [indicator] = (await storedWatchlist(collections, watchlistId))?.indicators ?? [];
  if (indicator === undefined) throw new Error('no indicator');
  const record = { ...recordOf({ n }), _sourceId: 1 };
  await raiseHits(collections, [
    { watchlistId, hasWebhook: true, indicator, record, stream: 'receipt', isPast: false },
  ]);
};

test('a hit is given up a day after it was found; the watchlist says why, until hits are accepted', async () => {
  let status = 410;
  const server = await serve((_, response) => {
    response.writeHead(status).end();
  });
  const { id } = await service.create({ name: 'dead', indicators: 'evil.com', webhook: server.url });
  const deliver = () => deliverHits(dependencies, id, signal);
  await raise(id, 1);
  await expect(deliver()).rejects.toThrow('does not accept');
  expect(await service.get(id)).toMatchObject({ webhookProblem: expect.stringContaining('410'), hits: 1 });
  expect((await service.get(id)).undelivered).toBeUndefined();
  expect(await watchlistsToDeliver(collections)).toEqual([id]);

  await hits.updateMany({}, { $set: { foundAt: new Date(Date.now() - 25 * 3_600_000) } });
  await raise(id, 2);
  await expect(deliver()).rejects.toThrow();
  expect(await service.get(id)).toMatchObject({ undelivered: 1, hits: 2 });
  expect(await hits.countDocuments({ isPending: true })).toBe(1);

  status = 200;
  expect(await deliver()).toEqual({ isDone: true, hits: 1 });
  expect(await service.get(id)).not.toHaveProperty('webhookProblem');
  expect(await service.get(id)).toMatchObject({ undelivered: 1 });
});

test('secrets are encrypted again with the first key', async () => {
  const { id, webhookSecret } = await service.create({
    name: 'sealed',
    indicators: 'a.com',
    webhook: 'http://127.0.0.1/',
  });
  const rotated = Keyring.parse(`newer:${Buffer.alloc(32, 9).toString('base64')},${TEST_KEYS}`);
  const errors: unknown[] = [];
  await sealWebhooks(collections, rotated, (error) => errors.push(error));
  const secret = (await storedWatchlist(collections, id))?.webhook?.secret ?? '';
  expect(secret.startsWith(rotated.currentPrefix)).toBe(true);
  expect(await rotated.decrypt(secret)).toBe(webhookSecret);
  await sealWebhooks(collections, testKeyring, (error) => errors.push(error));
  expect(errors.map(String)).toEqual(expect.arrayContaining([expect.stringContaining(`Watchlist ${id}`)]));
});

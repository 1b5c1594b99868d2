/** A watchlist that is changed: what is added is answered for the past, what is removed raises no more hits. */

import { beforeEach, expect, test } from 'vitest';
import { storeBatch } from '../../../src/ingest/slice/store-batch.js';
import { searchPast } from '../../../src/ingest/watchlists/past.js';
import { WatchlistService } from '../../../src/management/watchlists/watchlist-service.js';
import { collectionsIn, RECORDS, raw, withMethods } from '../../support/raw-collections.js';
import { recordOf } from '../../support/store-fixtures.js';
import { testDatabase } from '../../support/test-database.js';

const { db } = testDatabase();
const collections = collectionsIn(db);
const lists = db.collection<{ readonly _id: string }>('watchlists');
const service = new WatchlistService({ collections, allowInsecure: true });
const signal = new AbortController().signal;

let n = 0;
const store = (senderEnvelope: string, at = new Date()) => {
  n += 1;
  const record = { ...recordOf({ n, senderEnvelope: `u@${senderEnvelope}` }), _receiptTime: at };
  return storeBatch({ collections, writer: collections }, 1, 'receipt', [record], []);
};
const LONG_AGO = new Date(0);
const search = (watchlistId: string, of = collections) =>
  searchPast({ collections: of, watchlistId, signal, until: Number.POSITIVE_INFINITY });
const hitsOf = async (id: string) => {
  const { items } = await service.hits(id, { limit: 100 });
  return items.map(({ details: { indicator, isPast } }) => `${indicator} ${isPast ? 'past' : 'later'}`).sort();
};

beforeEach(async () => {
  const all = [raw(collections).records('receipt'), db.collection('watchlist_hits'), lists];
  for (const each of all) await each.deleteMany({});
});

async function created(indicators: string, more = {}): Promise<string> {
  const { id } = await service.create({ name: 'list', indicators, ...more });
  await search(id);
  return id;
}

test('what is added is answered for the past; what is removed raises no more hits, and those that are there stay', async () => {
  await store('evil1.com', LONG_AGO);
  await store('evil2.com', LONG_AGO);
  const id = await created('evil1.com');
  await store('evil3.com');
  const changed = await service.update(id, { indicators: 'evil2.com\nevil3.com\njunk' });
  expect(changed).toMatchObject({ size: 2, isPastSearched: false, revision: 2, notUnderstoodCount: 1 });
  await store('evil1.com');
  expect(await hitsOf(id)).toEqual(['evil1.com past']);
  await search(id);
  expect(await hitsOf(id)).toEqual(['evil1.com past', 'evil2.com past', 'evil3.com past']);
  for (const domain of ['evil1.com', 'evil2.com', 'evil3.com']) await store(domain);
  const later = ['evil2.com later', 'evil3.com later'];
  expect(await hitsOf(id)).toEqual([...later, 'evil1.com past', 'evil2.com past', 'evil3.com past'].sort());
  expect(await service.get(id)).toMatchObject({ isPastSearched: true, indicators: ['evil2.com', 'evil3.com'] });
});

test('only what was added is searched for', async () => {
  const id = await created('evil1.com\nevil2.com');
  await store('evil1.com');
  await db.collection('watchlist_hits').deleteMany({});
  await service.update(id, { indicators: 'evil1.com\nevil2.com\nevil3.com' });
  await search(id);
  expect(await hitsOf(id)).toEqual([]);
});

test('a search of the past that was under way goes on with what it had not searched for', async () => {
  await store('evil1.com', LONG_AGO);
  await store('evil2.com', LONG_AGO);
  const { id } = await service.create({ name: 'list', indicators: 'evil1.com' });
  let isChanged = false;
  const changing = withMethods(collections, RECORDS, (records) => ({
    find: (...query: Parameters<typeof records.find>) => {
      isChanged = true;
      return records.find(...query);
    },
  }));
  // The change comes between its reading and its note, and the search must not take the note of the change for its own.
  const noting = withMethods(changing, /^watchlists$/, (watchlists) => ({
    updateOne: async (...update: Parameters<typeof watchlists.updateOne>) => {
      if (isChanged) {
        isChanged = false;
        await service.update(id, { indicators: 'evil1.com\nevil2.com' });
      }
      return watchlists.updateOne(...update);
    },
  }));
  expect(await search(id, noting)).toMatchObject({ isDone: false });
  expect(await service.get(id)).toMatchObject({ isPastSearched: false });
  expect(await search(id)).toMatchObject({ isDone: true });
  expect(await hitsOf(id)).toEqual(['evil1.com past', 'evil2.com past']);
});

test('one that had expired and is renewed is answered for the time in between', async () => {
  const id = await created('evil1.com', { expires: '2100-01-01T00:00:00Z' });
  await lists.updateOne({ _id: id }, { $set: { expiresAt: new Date(0) } });
  await service.update(id, { name: 'expired' });
  await store('evil1.com');
  expect(await search(id)).toMatchObject({ hits: 0 });
  await service.update(id, { expires: null });
  await search(id);
  expect(await hitsOf(id)).toEqual(['evil1.com later']);
  expect(await service.get('expired')).not.toHaveProperty('expires');
});

test('a change that another one has overtaken is refused', async () => {
  const id = await created('evil1.com');
  const slow = withMethods(collections, /^watchlists$/, (watchlists) => ({
    findOneAndUpdate: async (...update: Parameters<typeof watchlists.findOneAndUpdate>) => {
      await service.update(id, { name: 'quicker' });
      return watchlists.findOneAndUpdate(...update);
    },
  }));
  const overtaken = new WatchlistService({ collections: slow, allowInsecure: true }).update(id, { name: 'slower' });
  await expect(overtaken).rejects.toMatchObject({ status: 412, code: 'watchlist.etag.mismatch' });
  expect(await service.get(id)).toMatchObject({ name: 'quicker', revision: 2 });
});

import { beforeEach, expect, test } from 'vitest';
import type { QuarantinedRecord } from '../../src/domain/records/record.js';
import { contentDigest, identityOf } from '../../src/records/identity.js';
import { MAX_QUARANTINED_TEXT, quarantine, resolveQuarantined } from '../../src/store/quarantine.js';
import { collectionsIn, raw } from '../support/raw-collections.js';
import { numbers } from '../support/store-fixtures.js';
import { testDatabase } from '../support/test-database.js';

const { db } = testDatabase();
const collections = collectionsIn(db);
const { quarantine: collection } = raw(collections);

beforeEach(async () => {
  await collection.deleteMany({});
});

function unreadable(text: string, occurrence = 1): QuarantinedRecord {
  const id = identityOf(7, 'receipt', contentDigest(text), occurrence);
  return { id, reason: 'not JSON', place: '/f line 1', text, size: Buffer.byteLength(text) };
}

test('nothing', async () => {
  expect(await quarantine(collections, 7, 'receipt', [])).toBe(0);
});

test('keeps what could not be read, with its reason and place', async () => {
  expect(await quarantine(collections, 7, 'receipt', [unreadable('{"a":')])).toBe(1);
  expect(await collection.findOne()).toEqual({
    _id: unreadable('{"a":').id,
    sourceId: 7,
    stream: 'receipt',
    reason: 'not JSON',
    place: '/f line 1',
    text: '{"a":',
    size: 5,
    at: expect.any(Date),
  });
});

test('what is there already is neither counted nor changed', async () => {
  await quarantine(collections, 7, 'receipt', [unreadable('a')]);
  const kept = await collection.findOne();
  const again = [{ ...unreadable('a'), place: 'elsewhere' }, unreadable('b'), unreadable('a', 2)];
  expect(await quarantine(collections, 7, 'receipt', again)).toBe(2);
  expect(await quarantine(collections, 7, 'receipt', again)).toBe(0);
  expect(await collection.findOne({ _id: unreadable('a').id })).toEqual(kept);
});

test('twice in one batch is kept once', async () => {
  expect(await quarantine(collections, 7, 'receipt', [unreadable('a'), unreadable('a')])).toBe(1);
});

test('by several at once, each is kept once', async () => {
  const entries = numbers(200).map((n) => unreadable(`line ${n}`));
  const counts = await Promise.all(numbers(4).map(() => quarantine(collections, 7, 'receipt', entries)));
  expect(counts.reduce((sum, count) => sum + count)).toBe(200);
  expect(await collection.countDocuments()).toBe(200);
});

test('of a long text the beginning is kept, and its whole length', async () => {
  const text = '€'.repeat(MAX_QUARANTINED_TEXT + 1_000);
  await quarantine(collections, 7, 'receipt', [unreadable(text)]);
  const kept = await collection.findOne();
  expect(kept?.text).toBe('€'.repeat(MAX_QUARANTINED_TEXT));
  expect(kept?.size).toBe(3 * (MAX_QUARANTINED_TEXT + 1_000));
});

test('a thousand lines that cannot be read fit into one batch', async () => {
  const entries = numbers(1_000).map((n) => unreadable(`${n} ${'x'.repeat(4_000)}`));
  expect(await quarantine(collections, 7, 'receipt', entries)).toBe(1_000);
});

test('what was read well after all is marked once, and its entry stays', async () => {
  await quarantine(collections, 7, 'receipt', [unreadable('a'), unreadable('b'), unreadable('c')]);
  const { id: _id } = unreadable('a');
  const ids = [_id, unreadable('b').id, unreadable('none').id];
  expect(await resolveQuarantined(collections, [_id])).toBe(1);
  const [first] = await collection.find({ resolvedAt: { $exists: true } }).toArray();
  expect(first).toMatchObject({ _id, text: 'a', resolvedAt: expect.any(Date) });
  expect(await resolveQuarantined(collections, ids)).toBe(1);
  expect(await resolveQuarantined(collections, ids)).toBe(0);
  expect(await collection.findOne({ _id })).toEqual(first);
  expect(await collection.countDocuments({ resolvedAt: { $exists: false } })).toBe(1);
  await quarantine(collections, 7, 'receipt', [unreadable('a')]);
  expect(await collection.findOne({ _id })).toEqual(first);
});
